"""Cards as Adaptive Cards 1.5. Plain dicts; text only as runs, which no client parses.

Source: adaptivecards.io, "Schema Explorer"; learn.microsoft.com, "Universal Actions".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, assert_never

from bot.teams import mentions
from bot.teams.dialect import LINES, Inline, Runs, plain, runs
from conversations import labels
from conversations.actions import Give, pack
from conversations.cards import (
    Button,
    Buttons,
    Card,
    Confirm,
    Divider,
    Element,
    Faint,
    Heading,
    Mention,
    Text,
)

Json = dict[str, Any]
CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
VERSION = "1.5"
DO = "do"  # what the payload is called in the data of Action.Submit
STYLES: dict[str, Json] = {
    "default": {},
    "primary": {"style": "positive"},
    "danger": {"style": "destructive"},
}
FAINT: Json = {"size": "Small", "isSubtle": True}
# Lines that begin with squares get them in a column of their own, so that texts stand in line:
# one square takes its own width, a progress line's seven take this, at every client's font.
_SQUARE = f"(?:{'|'.join(labels.SQUARES.values())})"
_LIGHT = f"(?:{'|'.join(labels.LIGHTS.values())})"
LEAD = re.compile(f"({_SQUARE}+) +(?=\\S)")
SEVEN_SQUARES = "116px"
ROW = re.compile(f"(?:{_SQUARE}|{_LIGHT}) |{Runs().code('')[:-1]}")  # lines of a list begin so
SSML = re.compile("[<>&]")


def message(card: Card) -> Json:
    """The message of a card. `summary` is for notifications; `text` would be shown beside it."""
    attachment = {"contentType": CONTENT_TYPE, "content": adaptive(card)}
    return {"type": "message", "summary": plain(card.summary), "attachments": [attachment]}


def adaptive(card: Card) -> Json:
    """The card itself, as it stands in a message or answers a press."""
    made = whole(plain(card.summary), body(card.elements))
    for element in card.elements:
        if isinstance(element, Mention):
            made["msteams"]["entities"] = mentions.entities(element.people)
    return made


def whole(summary: str, items: list[Json]) -> Json:
    """A card of these items. The summary, plain, stands in for it where it cannot be shown."""
    return {
        "type": "AdaptiveCard",
        "version": VERSION,
        "fallbackText": summary,
        "speak": SSML.sub(" ", summary),
        "msteams": {"width": "Full"},
        "body": items,
    }


def body(elements: tuple[Element, ...]) -> list[Json]:
    """The card's items: what it is about on a ground of its own, then a block for each thing."""
    count = _title_length(elements)
    rest = elements[count:]
    items = []
    if count:
        items.append(header([item for element in elements[:count] for item in _items(element)]))
        rest = rest[1:] if rest[:1] == (Divider(),) else rest
    return [*items, *_blocks(rest)]


def _title_length(elements: tuple[Element, ...]) -> int:
    """How many elements at the beginning say what the card is about."""
    match elements:
        case (Heading(), Text(button=None), *_):
            return 2
        case (Heading(), *_) | (Text(button=None), Divider(), *_):
            return 1
        case _:
            return 0


def header(items: list[Json]) -> Json:
    """Items on the ground that tells a title from what follows."""
    return {"type": "Container", "style": "emphasis", "bleed": True, "items": items}


def _blocks(elements: tuple[Element, ...]) -> Iterator[Json]:
    """Items in order; a text and the buttons that answer it are one, a divider a line above."""
    line: Json = {}
    at = 0
    while at < len(elements):
        if isinstance(elements[at], Divider):
            line = {"separator": True, "spacing": "Large"}
            at += 1
            continue
        count = _together(elements[at : at + 3])
        first, *more = _thing(elements[at : at + count])
        at += count
        yield {**first, **line} if line else first
        yield from more
        line = {}


def _together(elements: tuple[Element, ...]) -> int:
    """How many of these, from the first on, are one thing."""
    match elements:
        case (Text(button=None), Buttons(), *_):
            return 2
        case (Text(button=None), Faint(), Buttons((Button(action=Give()), *_))):
            return 3  # a check, a faint line about it, and its verdicts
        case _:
            return 1


@lru_cache(LINES)
def _thing(elements: tuple[Element, ...]) -> tuple[Json, ...]:
    """The items of one thing. They are shared, so nobody may change them."""
    match elements:
        case (Text(text), Buttons() as buttons):
            return (_asking(text, buttons),)
        case (Text(text), Faint(about), Buttons() as buttons):
            return (_asking(text, buttons, paragraph(about, **FAINT)),)
        case _:
            return tuple(_items(elements[0]))


def _items(element: Element) -> list[Json]:
    match element:
        case Heading(text):
            return [heading(text)]
        case Text(text, button):
            return [_with_button(text, button)] if button else _lines(text)
        case Faint(text):
            return paragraph(text, **FAINT)
        case Mention(lead, people):
            return [mentions.line(lead, people)]
        case Buttons(buttons):
            return [_actions(*buttons) | {"spacing": "Medium"}]
        case Divider():
            return []
        case _:
            assert_never(element)


def heading(text: str) -> Json:
    """A title, plain text."""
    return _rich([{"type": "TextRun", "text": text, "size": "Large", "weight": "Bolder"}])


def paragraph(text: str, **style: Any) -> list[Json]:
    """A text in the dialect, a block a line: a run swallows line ends."""
    return [
        _rich([_styled(run, style) for run in runs(line)]) | _close(number)
        for number, line in enumerate(text.split("\n"))
    ]


def _lines(text: str) -> list[Json]:
    """A block a line. Rows of a list stand further apart than lines that belong together."""
    lines = text.split("\n")
    rows = [ROW.match(line) is not None for line in lines]
    return [
        _line(line) | ({"spacing": "Small" if rows[at] or rows[at - 1] else "None"} if at else {})
        for at, line in enumerate(lines)
    ]


def _line(line: str) -> Json:
    lead = LEAD.match(line)
    return _led(lead, line) if lead else _rich(runs(line))


def _lead(text: str) -> re.Match[str] | None:
    """The squares at the beginning of a text of one line."""
    return None if "\n" in text else LEAD.match(text)


def _led(lead: re.Match[str], line: str, *below: Json) -> Json:
    """The squares, and beside them the rest of the line with what belongs to it."""
    squares, text = lead[1], _rich(runs(line[lead.end() :]))
    if len(squares) > 1:
        run = {"type": "TextRun", "text": squares, "size": "Small"}
        return _row(_column(_rich([run]), width=SEVEN_SQUARES), _column(text, *below))
    return _row(
        _column(_rich([squares]), width="auto", verticalContentAlignment="Top"),
        _column(text, *below),
    )


def _asking(text: str, buttons: Buttons, about: list[Json] | None = None) -> Json:
    """A text, what there is about it, and the buttons below."""
    lead, press = _lead(text), _actions(*buttons.buttons)
    faint = [line | {"spacing": "None"} for line in about or ()]
    if lead:
        return _led(lead, text, *faint, press) | {"spacing": "Medium"}
    return {"type": "Container", "spacing": "Medium", "items": [*_lines(text), *faint, press]}


def _with_button(text: str, button: Button) -> Json:
    """A text with a button at its right: an answered check and `Change`."""
    lead = _lead(text)
    lines = [_led(lead, text)] if lead else paragraph(text)
    centred = {"verticalContentAlignment": "Center"}
    return _row(_column(*lines, **centred), _column(_actions(button), width="auto", **centred))


def _actions(*buttons: Button) -> Json:
    return {"type": "ActionSet", "spacing": "Small", "actions": [_action(it) for it in buttons]}


def _action(button: Button) -> Json:
    """A button. `verb` is its payload; what is typed somewhere on the card is not sent along."""
    shown: Json = {"title": button.label, **STYLES[button.style]}
    if button.hint:
        shown["tooltip"] = button.hint
    if button.url:
        return {"type": "Action.OpenUrl", "url": button.url, **shown}
    if button.confirm:
        return {"type": "Action.ShowCard", **shown, "card": _question(button.confirm, button)}
    return _press(_payload(button), **shown)


def _press(verb: str, **shown: Any) -> Json:
    """A button of a card. A client that does not know Action.Execute sends a message instead."""
    fallback = {"type": "Action.Submit", "title": shown["title"], "data": {DO: verb}}
    return execute(verb, **shown, fallback=fallback)


def execute(verb: str, **shown: Any) -> Json:
    """A button whose press comes back to us, without what was typed on the card."""
    return {"type": "Action.Execute", "verb": verb, "associatedInputs": "none", **shown}


def _question(ask: Confirm, button: Button) -> Json:
    """What is asked before: opens below the button, and closes when it is pressed again."""
    style = STYLES["danger" if button.style == "danger" else "primary"]
    return {
        "type": "AdaptiveCard",
        "body": paragraph(ask.text),
        "actions": [_press(_payload(button), title=ask.yes, **style)],
    }


def _payload(button: Button) -> str:
    if button.action is None:
        raise ValueError(f"a button without action or url: {button.label}")
    return pack(button.action)


def _rich(inlines: list[Inline]) -> Json:
    return {"type": "RichTextBlock", "inlines": inlines}


def _styled(run: Inline, style: Json) -> Inline:
    if not style:
        return run
    return (run if isinstance(run, dict) else {"type": "TextRun", "text": run}) | style


def _close(number: int) -> Json:
    """Lines of one text stand close to each other."""
    return {"spacing": "None"} if number else {}


def _row(*columns: Json) -> Json:
    return {"type": "ColumnSet", "columns": list(columns)}


def _column(*items: Json, width: str = "stretch", **more: Any) -> Json:
    return {"type": "Column", "width": width, "spacing": "Small", "items": list(items), **more}
