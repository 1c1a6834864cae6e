"""What people enter into elements: how it is named in payloads, checked, and kept."""

import re
from collections.abc import Iterable
from typing import Any

from bot.playground.blocks import elements_of
from bot.playground.objects import options_of
from bot.playground.values import Json
from bot.playground.world import World

VALUE_KEYS = {
    "static_select": "selected_option",
    "multi_static_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "radio_buttons": "selected_option",
    "checkboxes": "selected_options",
    "overflow": "selected_option",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "plain_text_input": "value",
    "url_text_input": "value",
    "email_text_input": "value",
    "number_input": "value",
}
"""Under which key an element of a type reports what was entered. A button enters nothing."""

_PATTERNS = {"selected_date": r"\d{4}-\d{2}-\d{2}", "selected_time": r"\d{2}:\d{2}"}


class BadChoice(Exception):
    """The person cannot have entered this: it is not offered."""


def find_element(blocks: Iterable[Json], block_id: str, action_id: str) -> tuple[Json, Json] | None:
    """The block and its element with these ids."""
    for block in blocks:
        if block["block_id"] == block_id:
            for element in elements_of(block):
                if element["action_id"] == action_id:
                    return block, element
    return None


def entered(world: World, element: Json, raw: Any) -> Json:
    """The state entry for what a person chose or typed.

    `raw` is an option or its value, a list of these, an id, a date, a text, or the finished
    entry. Raises BadChoice.
    """
    kind = element["type"]
    key = VALUE_KEYS[kind]
    if isinstance(raw, dict) and key in raw:
        raw = raw[key]
    if key.endswith("s"):
        return {"type": kind, key: [_single(world, element, key[:-1], each) for each in raw or []]}
    if raw is None or raw == "":
        return {"type": kind, key: None}
    return {"type": kind, key: _single(world, element, key, raw)}


def _single(world: World, element: Json, key: str, raw: Any) -> Any:
    if key == "selected_option":
        return _option(element, raw)
    if not isinstance(raw, str):
        raise BadChoice(f"{key} must be a string")
    offered = {
        "selected_user": world.users.keys(),
        "selected_conversation": world.channels.keys(),
        "selected_channel": world.channels.keys(),
    }
    if key in offered and raw not in offered[key]:
        raise BadChoice(f"there is no {raw}")
    if key in _PATTERNS and not re.fullmatch(_PATTERNS[key], raw):
        raise BadChoice(f"{key} cannot be {raw}")
    return raw


def _option(element: Json, raw: Any) -> Json:
    wanted = raw.get("value") if isinstance(raw, dict) else raw
    for option in options_of(element):
        if option["value"] == wanted:
            return dict(option)
    raise BadChoice(f"{wanted!r} is not an option")


def initial(element: Json) -> Json:
    """The state entry before anybody touches the element."""
    key = VALUE_KEYS[element["type"]]
    name = "initial_value" if key == "value" else key.replace("selected_", "initial_")
    nothing: list[str] | None = [] if key.endswith("s") else None
    return {"type": element["type"], key: element.get(name, nothing)}


def values(world: World, user: str, container: str, blocks: Iterable[Json]) -> Json:
    """`state.values` of a message or view for one person."""
    kept = world.states.get((user, container), {})
    found: Json = {}
    for block in blocks:
        for element in elements_of(block):
            if element["type"] in VALUE_KEYS and element["type"] != "overflow":
                entry = kept.get(block["block_id"], {}).get(element["action_id"])
                entries = found.setdefault(block["block_id"], {})
                fits = entry is not None and entry["type"] == element["type"]
                entries[element["action_id"]] = entry if fits else initial(element)
    return found


def keep(world: World, user: str, container: str, place: tuple[str, str], entry: Json) -> None:
    """Remembers what a person entered at (block_id, action_id)."""
    world.states[user, container][place[0]][place[1]] = entry
