"""Block Kit's elements, and which block may hold which."""

import re
from typing import Any

from bot.playground import limits
from bot.playground.objects import (
    CHOICE,
    CONFIRM,
    DISPATCH,
    ONE_OR_MORE,
    OPTION,
    OPTION_GROUP,
    OVERFLOW_OPTION,
    distinct_options,
    initial_is_offered,
    plain,
    text,
)
from bot.playground.schema import (
    ANYTHING,
    Check,
    Report,
    boolean,
    by_type,
    integer,
    listing,
    needs_one,
    one_of,
    shape,
    string,
)
from bot.playground.values import Json

_ID = string(limits.ID)
_EVERY_ELEMENT: dict[str, Check] = {"action_id": _ID, "confirm": CONFIRM, "focus_on_load": boolean}
_PLACEHOLDER: dict[str, Check] = {"placeholder": plain(limits.PLACEHOLDER)}


def _matching(pattern: str, example: str) -> Check:
    def check(report: Report, pointer: str, value: Any) -> None:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            report.add(pointer, f"must look like {example}")

    return check


def _element(required: Json, optional: Json, *rules: Check) -> Check:
    return shape({"type": ANYTHING, **required}, {**_EVERY_ELEMENT, **optional}, *rules)


def _menu(optional: Json, *rules: Check) -> Check:
    return _element({}, {**_PLACEHOLDER, **optional}, *rules)


def _static(initial: str, initial_check: Check, **more: Check) -> Check:
    return _menu(
        {
            "options": listing(OPTION, limits.OPTIONS),
            "option_groups": listing(OPTION_GROUP, limits.OPTION_GROUPS),
            initial: initial_check,
            **more,
        },
        needs_one("options", "option_groups"),
        distinct_options,
        initial_is_offered,
    )


def _choices(initial: str, initial_check: Check) -> Check:
    return _element(
        {"options": listing(CHOICE, limits.CHOICES)},
        {initial: initial_check},
        distinct_options,
        initial_is_offered,
    )


def _typed(**more: Check) -> Check:
    optional = {
        "initial_value": string(limits.INPUT_LENGTH, least=0),
        "dispatch_action_config": DISPATCH,
    }
    return _menu({**optional, **more})


_IDS = listing(_ID, limits.OPTIONS, least=0)
_NUMBER = _matching(r"-?\d+(\.\d+)?", '"12" or "12.5"')

ELEMENTS: dict[str, Check] = {
    "button": shape(
        {"type": ANYTHING, "text": plain(limits.BUTTON_TEXT)},
        {
            "action_id": _ID,
            "url": string(limits.URL),
            "value": string(limits.BUTTON_VALUE),
            "style": one_of("primary", "danger"),
            "confirm": CONFIRM,
            "accessibility_label": string(limits.ACCESSIBILITY_LABEL),
        },
    ),
    "static_select": _static("initial_option", OPTION),
    "multi_static_select": _static(
        "initial_options", listing(OPTION, limits.OPTIONS), max_selected_items=ONE_OR_MORE
    ),
    "users_select": _menu({"initial_user": _ID}),
    "multi_users_select": _menu({"initial_users": _IDS, "max_selected_items": ONE_OR_MORE}),
    "conversations_select": _menu(
        {
            "initial_conversation": _ID,
            "default_to_current_conversation": boolean,
            "filter": ANYTHING,
            "response_url_enabled": boolean,
        }
    ),
    "channels_select": _menu({"initial_channel": _ID, "response_url_enabled": boolean}),
    "radio_buttons": _choices("initial_option", CHOICE),
    "checkboxes": _choices("initial_options", listing(CHOICE, limits.CHOICES)),
    "overflow": shape(
        {"type": ANYTHING, "options": listing(OVERFLOW_OPTION, limits.OVERFLOW)},
        {"action_id": _ID, "confirm": CONFIRM},
        distinct_options,
    ),
    "datepicker": _menu({"initial_date": _matching(r"\d{4}-\d{2}-\d{2}", '"2026-01-31"')}),
    "timepicker": _menu(
        {"initial_time": _matching(r"\d{2}:\d{2}", '"09:30"'), "timezone": string(100)}
    ),
    "plain_text_input": _typed(
        multiline=boolean,
        min_length=integer(0, limits.INPUT_LENGTH),
        max_length=integer(1, limits.INPUT_LENGTH),
    ),
    "url_text_input": _typed(),
    "email_text_input": _typed(),
    "number_input": shape(
        {"type": ANYTHING, "is_decimal_allowed": boolean},
        {
            "action_id": _ID,
            "focus_on_load": boolean,
            "dispatch_action_config": DISPATCH,
            "initial_value": _NUMBER,
            "min_value": _NUMBER,
            "max_value": _NUMBER,
            **_PLACEHOLDER,
        },
    ),
    "image": shape(
        {
            "type": ANYTHING,
            "image_url": string(limits.IMAGE_URL),
            "alt_text": string(limits.ALT_TEXT),
        }
    ),
}

_MENUS = ("static_select", "users_select", "conversations_select", "channels_select")
_MULTI_MENUS = ("multi_static_select", "multi_users_select")
_PICKERS = ("radio_buttons", "checkboxes", "datepicker", "timepicker")
_TYPED = ("plain_text_input", "url_text_input", "email_text_input", "number_input")


def _only(*names: str) -> Check:
    return by_type({name: ELEMENTS[name] for name in names})


ACCESSORY = _only("button", "overflow", "image", *_MENUS, *_MULTI_MENUS, *_PICKERS)
IN_ACTIONS = _only("button", "overflow", *_MENUS, *_PICKERS)
IN_INPUT = _only(*_MENUS, *_MULTI_MENUS, *_PICKERS, *_TYPED)

_CONTEXT_TEXT = text(limits.TEXT_OBJECT)
IN_CONTEXT = by_type(
    {"image": ELEMENTS["image"], "plain_text": _CONTEXT_TEXT, "mrkdwn": _CONTEXT_TEXT}
)


def is_interactive(element: Json) -> bool:
    """Whether the element needs an action_id."""
    return element["type"] in ELEMENTS and element["type"] != "image"
