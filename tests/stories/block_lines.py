"""Block Kit as plain lines, the way a person would read it aloud."""

import html
import re
from collections.abc import Iterable, Iterator
from typing import Any

from stage import label, link

Json = dict[str, Any]
LINK = re.compile(r"<(https?://[^|>]*)\|([^>]*)>")
MENTION = re.compile(r"<@([A-Z0-9]+)>")
MARKS = re.compile(r"(?<![\w*_`])([*_`])(?=\S)([^\n]+?)(?<=\S)\1(?![\w*_`])")


def read(blocks: Iterable[Json]) -> Iterator[str]:
    """A message, or a page."""
    for block in blocks:
        match block["type"]:
            case "header":
                yield f"# {plain(block['text'])}"
            case "section":
                *above, last = plain(block["text"]).split("\n")
                yield from above
                yield f"{last}  {_row([block['accessory']])}" if "accessory" in block else last
            case "context":
                yield from (f"~ {plain(it)}" for it in block["elements"])
            case "actions":
                yield _row(block["elements"])


def read_form(view: Json) -> Iterator[str]:
    """A modal; what is filled in already stands behind the field's name."""
    yield f"# {plain(view['title'])}"
    yield from read(view["blocks"])
    for block in view["blocks"]:
        if block["type"] == "input":
            yield _field(block)
            if "hint" in block:
                yield f"~ {plain(block['hint'])}"
    yield label([(plain(view["submit"]), False), (plain(view["close"]), False)])


def _field(block: Json) -> str:
    element, name = block["element"], plain(block["label"])
    if "options" not in element:
        return f"{name}{'' if block['optional'] else ' *'}: {element.get('initial_value', '')!r}"
    chosen = element.get("initial_option")
    texts = [
        f"({plain(it['text'])})" if it == chosen else plain(it["text"]) for it in element["options"]
    ]
    return f"{name}: {' / '.join(texts)}"


def plain(text: Json) -> str:
    """A text without its marks."""
    if text["type"] == "plain_text":
        return str(text["text"])
    linked = LINK.sub(lambda it: link(it[2], it[1]), text["text"])
    return html.unescape(_unmarked(MENTION.sub(r"@\1", linked)))


def _unmarked(text: str) -> str:
    found = MARKS.sub(r"\2", text)
    return found if found == text else _unmarked(found)


def _row(elements: Iterable[Json]) -> str:
    return label([(plain(it["text"]), "confirm" in it) for it in elements])
