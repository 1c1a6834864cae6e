"""Forms as Adaptive Cards: they stand in the place of the card whose button opened them.

Only who pressed sees a form: it is the answer to the press, and so is the card that follows it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, assert_never

from bot.teams.adaptive import FAINT, body, execute, header, heading, paragraph, whole
from bot.teams.dialect import CONTROL, Runs
from bot.teams.mentions import letters
from conversations.actions import pack
from conversations.cards import (
    Choose,
    ChooseChannel,
    ChooseDate,
    ChoosePerson,
    Field,
    Form,
    Option,
    Write,
)

Json = dict[str, Any]
FORM, BACK = "form:", "back:"  # what the verbs of Save and Cancel begin with; then the action
SOMEBODY = "somebody"  # whose name has no letters
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
CANCEL = "Cancel"
CHOOSE, FILL_IN = "Choose one.", "Please fill this in."  # said by the client, before it sends
WRONG: Json = {"size": "Small", "color": "Attention", "weight": "Bolder"}


def form(
    it: Form, values: Mapping[str, str] | None = None, errors: Mapping[str, str] | None = None
) -> Json:
    """The form as a card.

    `values` by field id replace what is known: what somebody typed that could not be taken.
    `errors`, plain words by field id, stand below their fields; those of no field above `Save`.
    Raises ValueError for a form that asks for a channel, which no client of Teams lets choose.
    """
    values, errors = values or {}, errors or {}
    ids = {field.id for field in it.fields}
    items = [header([heading(it.title)]), *body(it.intro)]
    for field in it.fields:
        items += _field(field, values.get(field.id), errors.get(field.id))
    items += [line for key, words in errors.items() if key not in ids for line in _wrong(words)]
    packed = pack(it.action)
    save = {"type": "Action.Execute", "title": it.submit, "verb": FORM + packed}
    cancel = execute(BACK + packed, title=CANCEL)
    buttons = [save | {"style": "positive"}, cancel]
    return whole(it.title, [*items, {"type": "ActionSet", "spacing": "Large", "actions": buttons}])


def entered(data: Any) -> dict[str, str]:
    """What was entered, by field id; fields left empty are missing, as is all that is no text."""
    given = data if isinstance(data, dict) else {}
    return {key: value for key, value in given.items() if isinstance(value, str) and value}


def _field(it: Field, value: str | None, wrong: str | None) -> list[Json]:
    match it:
        case Choose():
            shown = _choose(it, value)
        case Write():
            shown = _write(it, value)
        case ChooseChannel():
            raise ValueError(f"Teams has no picker of channels: {it.id}")
        case ChoosePerson():
            shown = _choose_person(it, value)
        case ChooseDate():
            chosen = value or it.chosen
            shown = (
                {"type": "Input.Date"}
                | ({"value": chosen} if chosen and ISO_DATE.fullmatch(chosen) else {})
                | _needed(optional=it.optional, words=CHOOSE)
            )
        case _:
            assert_never(it)
    return [
        {"id": it.id, "label": it.label, "spacing": "Medium", **shown},
        *(_below(it.hint, FAINT) if it.hint else ()),
        *(_wrong(wrong) if wrong else ()),
    ]


def _wrong(words: str) -> list[Json]:
    """Why what was entered could not be taken."""
    return _below(words, WRONG)


def _below(words: str, style: Json) -> list[Json]:
    return [line | {"spacing": "Small"} for line in paragraph(Runs().escape(words), **style)]


def _needed(*, optional: bool, words: str) -> Json:
    return {} if optional else {"isRequired": True, "errorMessage": words}


def _choose_person(it: ChoosePerson, value: str | None) -> Json:
    """Those who are known from the review: a search in the whole directory needs the Graph."""
    options = tuple(Option(one.value, letters(one.label) or SOMEBODY) for one in it.options)
    as_menu = Choose(it.id, it.label, options, it.chosen, compact=True, optional=it.optional)
    return _choose(as_menu, value)


def _choose(it: Choose, value: str | None) -> Json:
    choices = [{"title": option.label, "value": option.value} for option in it.options]
    known = {option.value for option in it.options}
    chosen = value if value in known else it.chosen
    return (
        {
            "type": "Input.ChoiceSet",
            "style": "compact" if it.compact else "expanded",
            "choices": choices,
            "wrap": True,
        }
        | ({"value": chosen} if chosen in known else {})
        | _needed(optional=it.optional, words=CHOOSE)
    )


def _write(it: Write, value: str | None) -> Json:
    """A client counts UTF-16 code units: what is there already has to fit."""
    text = CONTROL.sub("", it.value if value is None else value)[: it.longest]
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return (
        {"type": "Input.Text", "maxLength": max(it.longest, units)}
        | ({"isMultiline": True} if it.lines else {})
        | ({"value": text} if text else {})
        | ({"placeholder": it.example} if it.example else {})
        | _needed(optional=it.optional, words=FILL_IN)
    )
