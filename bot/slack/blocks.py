"""Cards and forms as Block Kit. Plain dicts: slack_sdk's models cost 25 times as much."""

from __future__ import annotations

from typing import Any, assert_never

from bot.slack.dialect import Mrkdwn
from conversations.actions import pack
from conversations.cards import (
    Button,
    Buttons,
    Card,
    Choose,
    ChooseChannel,
    ChooseDate,
    ChoosePerson,
    Confirm,
    Divider,
    Element,
    Faint,
    Field,
    Form,
    Heading,
    Mention,
    Option,
    Text,
    Write,
)

Json = dict[str, Any]
FORM = "form"  # callback id of every modal; what it is for stands in its private metadata
PERSON = "slack:"  # what the ids of our people begin with
VALUE = "value"  # action id of every form field
DIALECT = Mrkdwn()


def message(card: Card) -> Json:
    """`text` for notifications and screen readers, `blocks` for the eye."""
    return {"text": card.summary, "blocks": blocks(card.elements)}


def home(card: Card) -> Json:
    """The App Home view."""
    return {"type": "home", "blocks": blocks(card.elements)}


def modal(form: Form) -> Json:
    """The modal of a form; the packed action travels in `private_metadata`."""
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": pack(form.action),
        "title": plain(form.title),
        "submit": plain(form.submit),
        "close": plain("Cancel"),
        "blocks": [*blocks(form.intro), *(field(it) for it in form.fields)],
    }


def blocks(elements: tuple[Element, ...]) -> list[Json]:
    """One block an element."""
    return [_block(element, at) for at, element in enumerate(elements)]


def _block(element: Element, at: int) -> Json:
    match element:
        case Heading(text):
            return {"type": "header", "text": plain(text)}
        case Text(text, button):
            section: Json = {"type": "section", "text": mrkdwn(text)}
            return section | ({"accessory": _button(button, at, 0)} if button else {})
        case Faint(text):
            return {"type": "context", "elements": [mrkdwn(text)]}
        case Mention(lead, people):
            names = " ".join(DIALECT.mention(person) for person, _ in people)
            return {"type": "section", "text": mrkdwn(f"{DIALECT.escape(lead)} {names}")}
        case Buttons(buttons):
            row = [_button(button, at, index) for index, button in enumerate(buttons)]
            return {"type": "actions", "elements": row}
        case Divider():
            return {"type": "divider"}
        case _:
            assert_never(element)


def _button(button: Button, at: int, index: int) -> Json:
    """The payload is the value; the action id is the same, which makes it unique and stable.

    A link has no payload, yet Slack reports its press: its place in the card tells it apart.
    """
    payload = pack(button.action) if button.action else f"open|{at}|{index}"
    return (
        {
            "type": "button",
            "text": plain(button.label),
            "action_id": payload,
            "value": payload,
        }
        | ({"url": button.url} if button.url else {})
        | ({"style": button.style} if button.style != "default" else {})
        | ({"confirm": _confirm(button.confirm)} if button.confirm else {})
        | ({"accessibility_label": button.hint} if button.hint else {})
    )


def _confirm(confirm: Confirm) -> Json:
    return {
        "title": plain(confirm.title),
        "text": plain(confirm.text),
        "confirm": plain(confirm.yes),
        "deny": plain(confirm.no),
    }


def field(it: Field) -> Json:
    """An input block; its id is the field's."""
    block: Json = {
        "type": "input",
        "block_id": it.id,
        "label": plain(it.label),
        "element": _input(it),
    }
    if not isinstance(it, ChooseChannel):
        block["optional"] = it.optional
        if it.hint:
            block["hint"] = plain(it.hint)
    return block


def _input(it: Field) -> Json:
    match it:
        case Choose():
            options = [_option(option) for option in it.options]
            chosen = [one for one in options if one["value"] == it.chosen]
            kind = "static_select" if it.compact else "radio_buttons"
            element: Json = {"type": kind, "action_id": VALUE, "options": options}
            return element | ({"initial_option": chosen[0]} if chosen else {})
        case Write():
            element = {
                "type": "plain_text_input",
                "action_id": VALUE,
                "multiline": it.lines,
                "max_length": it.longest,
            }
            if it.value:
                element["initial_value"] = it.value
            if it.example:
                element["placeholder"] = plain(it.example)
            return element
        case ChooseChannel():
            element = {
                "type": "conversations_select",
                "action_id": VALUE,
                "default_to_current_conversation": True,
                "filter": {"include": ["public", "private"]},
            }
            return element | ({"initial_conversation": it.chosen} if it.chosen else {})
        case ChoosePerson():
            element = {"type": "users_select", "action_id": VALUE}
            return element | ({"initial_user": _bare(it.chosen)} if it.chosen else {})
        case ChooseDate():
            element = {"type": "datepicker", "action_id": VALUE}
            return element | ({"initial_date": it.chosen} if it.chosen else {})
        case _:
            assert_never(it)


def _bare(person: str) -> str:
    return person.removeprefix(PERSON)


def _option(option: Option) -> Json:
    return {"text": plain(option.label), "value": option.value}


def plain(text: str) -> Json:
    """A text that Slack never parses."""
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    """A text in Slack's dialect. `verbatim` keeps bare addresses and #names from coming alive."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def values(state: Json) -> dict[str, str]:
    """What was entered, by field id; fields left empty are missing."""
    found = {}
    for block_id, actions in (state.get("values") or {}).items():
        entry = actions.get(VALUE, {})
        option = entry.get("selected_option") or {}
        value = entry.get("value") or option.get("value")
        value = value or entry.get("selected_conversation") or entry.get("selected_date")
        if isinstance(user := entry.get("selected_user"), str) and user:
            value = f"{PERSON}{user}"
        if isinstance(value, str):
            found[block_id] = value
    return found
