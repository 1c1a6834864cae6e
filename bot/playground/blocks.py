"""Block Kit's blocks, and whole messages and views checked as strictly as Slack checks them."""

import json
from collections.abc import Iterator
from typing import Any

from bot.playground import limits
from bot.playground.elements import ACCESSORY, IN_ACTIONS, IN_CONTEXT, IN_INPUT, is_interactive
from bot.playground.errors import SlackError
from bot.playground.objects import plain, text
from bot.playground.schema import (
    ANYTHING,
    Check,
    Report,
    boolean,
    both,
    by_type,
    listing,
    needs_one,
    one_of,
    shape,
    string,
    unique,
)
from bot.playground.values import Ids, Json

_DISTINCT_ACTIONS = unique(
    lambda element: element.get("action_id") if isinstance(element, dict) else None,
    lambda found: f'`action_id` "{found}" already exists',
)
_DISTINCT_BLOCKS = unique(
    lambda block: block.get("block_id") if isinstance(block, dict) else None,
    lambda found: f'`block_id` "{found}" already exists',
)


def _block(required: dict[str, Check], optional: dict[str, Check] | None = None) -> Check:
    every = {"block_id": string(limits.ID), **(optional or {})}
    return shape({"type": ANYTHING, **required}, every)


BLOCKS: dict[str, Check] = {
    "header": _block({"text": plain(limits.HEADER)}),
    "divider": _block({}),
    "section": shape(
        {"type": ANYTHING},
        {
            "block_id": string(limits.ID),
            "text": text(limits.TEXT_OBJECT),
            "fields": listing(text(limits.FIELD), limits.FIELDS),
            "accessory": ACCESSORY,
            "expand": boolean,
        },
        needs_one("text", "fields"),
    ),
    "actions": _block(
        {"elements": both(listing(IN_ACTIONS, limits.ACTIONS_ELEMENTS), _DISTINCT_ACTIONS)}
    ),
    "context": _block({"elements": listing(IN_CONTEXT, limits.CONTEXT_ELEMENTS)}),
    "input": _block(
        {"label": plain(limits.LABEL), "element": IN_INPUT},
        {"hint": plain(limits.HINT), "optional": boolean, "dispatch_action": boolean},
    ),
    "image": _block(
        {"image_url": string(limits.IMAGE_URL), "alt_text": string(limits.ALT_TEXT)},
        {"title": plain(limits.IMAGE_TITLE)},
    ),
    "rich_text": _block({"elements": listing(ANYTHING, limits.MESSAGE_BLOCKS)}),
}


def _blocks(most: int, least: int = 0) -> Check:
    return both(listing(by_type(BLOCKS), most, least), _DISTINCT_BLOCKS)


def _input_needs_submit(report: Report, pointer: str, view: Any) -> None:
    if "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        report.add(pointer, "missing required field: submit (the view holds an input block)")


_EVERY_VIEW: dict[str, Check] = {
    "private_metadata": string(limits.PRIVATE_METADATA, least=0),
    "callback_id": string(limits.ID, least=0),
    "external_id": string(limits.ID, least=0),
}
_MODAL = shape(
    {
        "type": one_of("modal"),
        "title": plain(limits.MODAL_TITLE),
        "blocks": _blocks(limits.VIEW_BLOCKS),
    },
    {
        "submit": plain(limits.MODAL_BUTTON),
        "close": plain(limits.MODAL_BUTTON),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
        "submit_disabled": boolean,
        **_EVERY_VIEW,
    },
    _input_needs_submit,
)
_HOME = shape({"type": one_of("home"), "blocks": _blocks(limits.VIEW_BLOCKS)}, _EVERY_VIEW)


def parsed(value: Any) -> Any:
    """A value as sent in JSON, or decoded from the string that stands for it in a form.

    Raises ValueError for a string that is no JSON.
    """
    return json.loads(value) if isinstance(value, str) else json.loads(json.dumps(value))


def message_blocks(value: Any, ids: Ids) -> list[Json]:
    """The blocks of a message, checked, with the ids Slack adds.

    Raises SlackError: invalid_blocks_format, invalid_blocks, msg_blocks_too_long.
    """
    try:
        blocks = parsed(value)
    except ValueError:
        raise SlackError("invalid_blocks_format") from None
    report = Report()
    _blocks(limits.MESSAGE_BLOCKS)(report, "/blocks", blocks)
    if report.problems:
        raise SlackError("invalid_blocks", report.problems)
    if sum(map(len, texts(blocks))) > limits.BLOCK_TEXT:
        raise SlackError("msg_blocks_too_long")
    return with_ids(blocks, ids)


def view(value: Any, kind: str, ids: Ids) -> Json:
    """A view of the kind "modal" or "home", checked, with the ids Slack adds.

    Raises SlackError: invalid_arguments, view_too_large.
    """
    try:
        found = parsed(value)
    except ValueError:
        raise SlackError("invalid_arguments", ["[ERROR] invalid view JSON"]) from None
    if len(json.dumps(found).encode()) > limits.VIEW_BYTES:
        raise SlackError("view_too_large")
    report = Report()
    by_type({kind: _MODAL if kind == "modal" else _HOME})(report, "/view", found)
    if report.problems:
        raise SlackError("invalid_arguments", report.problems)
    found["blocks"] = with_ids(found["blocks"], ids)
    return dict(found)


def with_ids(blocks: list[Json], ids: Ids) -> list[Json]:
    """The blocks, each block and interactive element given an id where the app gave none."""
    for block in blocks:
        block.setdefault("block_id", ids.new("b"))
        for element in elements_of(block):
            element.setdefault("action_id", ids.new("a"))
    return blocks


def elements_of(block: Json) -> Iterator[Json]:
    """The interactive elements of one block."""
    held = block.get("elements") if block["type"] == "actions" else None
    candidates = [*(held or []), block.get("accessory"), block.get("element")]
    yield from (each for each in candidates if each and is_interactive(each))


def texts(value: Any) -> Iterator[str]:
    """Every string shown as text, however deep."""
    if isinstance(value, list):
        for entry in value:
            yield from texts(entry)
    elif isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value["text"]
        for entry in value.values():
            yield from texts(entry)
