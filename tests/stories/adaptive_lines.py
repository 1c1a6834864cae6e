"""Adaptive Cards as plain lines, the way a person would read them aloud."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from stage import label, link

Json = dict[str, Any]
MENTION = re.compile("<at>(.*?)</at>")
SQUARES = re.compile("[⬛⬜🟥🟨🟩🟪➖]+")


def read(card: Json) -> Iterator[str]:
    """A card, or a form: what is filled in already stands behind the field's name."""
    for item in card["body"]:
        yield from _item(item)


def wrong(card: Json) -> tuple[str, ...]:
    """What a form says is wrong with what was entered."""
    return tuple(it.removeprefix("! ") for it in read(card) if it.startswith("! "))


def _item(item: Json) -> Iterator[str]:
    match item["type"]:
        case "RichTextBlock":
            yield _text(item)
        case "TextBlock":  # a mention, which only this can hold
            yield MENTION.sub(r"@\1", item["text"])
        case "ActionSet":
            actions = item["actions"]
            yield label([(it["title"], it["type"] == "Action.ShowCard") for it in actions])
        case "Container":
            for inner in item["items"]:
                yield from _item(inner)
        case "ColumnSet":
            yield from _columns(item["columns"])
        case kind if kind.startswith("Input."):
            yield _field(item)
        case kind:
            raise AssertionError(f"nobody can read {kind} aloud")


def _columns(columns: Iterable[Json]) -> list[str]:
    """Columns in one line: squares stand before the text, a button behind it."""
    found: list[str] = []
    for column in columns:
        lines = [line for item in column["items"] for line in _item(item)]
        if not found:
            found = lines
        elif SQUARES.fullmatch(found[-1]):
            gap = "  " if len(found[-1]) > 1 else " "
            found = [*found[:-1], f"{found[-1]}{gap}{lines[0]}", *lines[1:]]
        else:
            found = [*found[:-1], f"{found[-1]}  {' '.join(lines)}"]
    return found


def _text(block: Json) -> str:
    runs = [it if isinstance(it, dict) else {"text": it} for it in block["inlines"]]
    text = "".join(map(_run, runs)).replace("\u00a0", " ")
    if not text:
        return text
    style = runs[0]
    if style.get("size") == "Large":
        return f"# {text}"
    if style.get("color") == "Attention":
        return f"! {text}"
    return f"~ {text}" if style.get("isSubtle") else text


def _run(run: Json) -> str:
    return link(run["text"], run["selectAction"]["url"]) if "selectAction" in run else run["text"]


def _field(it: Json) -> str:
    if it["type"] == "Input.ChoiceSet":
        texts = [
            f"({one['title']})" if one["value"] == it.get("value") else one["title"]
            for one in it["choices"]
        ]
        return f"{it['label']}: {' / '.join(texts)}"
    return f"{it['label']}{' *' if it.get('isRequired') else ''}: {it.get('value', '')!r}"
