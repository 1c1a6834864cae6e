"""Block Kit's composition objects: texts, options, confirmation dialogs."""

from typing import Any

from bot.playground import limits
from bot.playground.schema import (
    Check,
    Report,
    boolean,
    by_type,
    integer,
    listing,
    one_of,
    shape,
    string,
    unique,
)


def plain(most: int) -> Check:
    """A plain_text object."""
    return by_type({"plain_text": _plain_shape(most)})


def text(most: int) -> Check:
    """A plain_text or mrkdwn object."""
    return by_type({"plain_text": _plain_shape(most), "mrkdwn": _mrkdwn_shape(most)})


def _plain_shape(most: int) -> Check:
    return shape({"type": one_of("plain_text"), "text": string(most)}, {"emoji": boolean})


def _mrkdwn_shape(most: int) -> Check:
    return shape({"type": one_of("mrkdwn"), "text": string(most)}, {"verbatim": boolean})


CONFIRM: Check = shape(
    {"title": plain(limits.CONFIRM_TITLE), "text": text(limits.CONFIRM_TEXT)},
    {
        "confirm": plain(limits.CONFIRM_BUTTON),
        "deny": plain(limits.CONFIRM_BUTTON),
        "style": one_of("primary", "danger"),
    },
)

OPTION: Check = shape(
    {"text": plain(limits.OPTION_TEXT), "value": string(limits.OPTION_VALUE)},
    {"description": plain(limits.OPTION_DESCRIPTION)},
)
"""An option of a select menu: plain text only."""

CHOICE: Check = shape(
    {"text": text(limits.OPTION_TEXT), "value": string(limits.OPTION_VALUE)},
    {"description": text(limits.OPTION_DESCRIPTION)},
)
"""An option of radio buttons and checkboxes: mrkdwn is allowed."""

OVERFLOW_OPTION: Check = shape(
    {"text": plain(limits.OPTION_TEXT), "value": string(limits.OPTION_VALUE)},
    {"description": plain(limits.OPTION_DESCRIPTION), "url": string(limits.URL)},
)

OPTION_GROUP: Check = shape(
    {
        "label": plain(limits.OPTION_TEXT),
        "options": listing(OPTION, limits.OPTIONS),
    }
)

DISPATCH: Check = shape(
    {},
    {"trigger_actions_on": listing(one_of("on_enter_pressed", "on_character_entered"), 2)},
)

ONE_OR_MORE: Check = integer(1, limits.OPTIONS)


def options_of(element: Any) -> list[Any]:
    """The options a person can choose from, those in groups included."""
    found = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        found += group.get("options") or []
    return found


def _value(option: Any) -> Any:
    return option.get("value") if isinstance(option, dict) else None


def distinct_options(report: Report, pointer: str, element: Any) -> None:
    """Options are told apart by their value."""
    check = unique(_value, lambda value: f"option value {value} is not unique")
    check(report, f"{pointer}/options", options_of(element))


def initial_is_offered(report: Report, pointer: str, element: Any) -> None:
    """What is chosen at first is one of the options, to the letter."""
    chosen = list(element.get("initial_options") or [])
    if "initial_option" in element:
        chosen.append(element["initial_option"])
    name = "initial_option" if "initial_option" in element else "initial_options"
    offered = options_of(element)
    for option in chosen:
        if option not in offered:
            report.add(f"{pointer}/{name}", "must match an option in the list of options")
