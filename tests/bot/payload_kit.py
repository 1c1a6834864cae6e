"""Payloads of every kind that Slack sends, and what they look like with something wrong."""

import copy
from collections.abc import Iterator
from typing import Any

from bot_kit import ANA, BEN, Room
from raw_kit import Answered, post_command, post_json, post_payload, press_payload

from bot.playground import payloads
from bot.slack.manifest import SHORTCUT

ABSURD: tuple[Any, ...] = (None, 7, [], {"a": 1}, "\u0000\ud800", True)
GONE = object()


def variants(payload: Any) -> Iterator[Any]:
    """The payload with each of its entries missing, then replaced by each absurd value."""
    for path in paths(payload):
        for value in (GONE, *ABSURD):
            changed = copy.deepcopy(payload)
            within = changed
            for key in path[:-1]:
                within = within[key]
            if value is GONE:
                del within[path[-1]]
            else:
                within[path[-1]] = value
            yield changed


def paths(value: Any, depth: int = 5) -> Iterator[tuple[Any, ...]]:
    """The way to every entry; the blocks of messages are left out, since nobody reads them."""
    entries = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in entries:
        yield (key,)
        if depth and isinstance(inner, dict | list) and key not in {"blocks", "authorizations"}:
            yield from ((key, *rest) for rest in paths(inner, depth - 1))


async def genuine(room: Room) -> dict[str, Any]:
    """A payload of every kind that a listener takes."""
    core = room.workspace.core
    ana, channel = core.world.users[ANA], core.world.channels["C0SEARCH"]
    await room.press(BEN, "N/A", check="1.2")
    form = payloads.view_submission(core, core.world.users[BEN], room.workspace.view(BEN))
    form["view"]["state"] = {"values": {"reason": {"value": {"value": "no prompts"}}}}
    form["view"]["blocks"] = [{"type": "input", "block_id": "reason"}]
    talk = str((await room.type(BEN, "@Readiness status")).ts)
    reply = (await room.reply(BEN, "hm"), room.workspace.events[-1])[1]
    message = room.workspace.message(talk)
    return {
        "command": payloads.command(core, ana, channel, "/readiness", "status"),
        "message": payloads.message_event(core, message),
        "reply": {**reply, "event": {**reply["event"], "text": "2 yes"}},
        "mention": payloads.mention_event(core, message),
        "press": press_payload(room, ANA, *room.button("Met", check="1.3")),
        "form button": press_payload(room, ANA, *room.button("N/A", check="1.3")),
        "form": form,
        "shortcut": payloads.message_shortcut(core, ana, message, SHORTCUT),
        "home": payloads.home_opened_event(core, ANA),
        "archive": payloads.archive_event(core, channel, ANA),
        "joined": payloads.joined_event(core, ANA, channel),
        "left": payloads.left_event(core, channel, ANA),
        "person": payloads.user_change_event(core, ana),
        "revoked": payloads.plain_event(core, "tokens_revoked", tokens={"bot": ["U0BOT"]}),
    }


async def send(room: Room, kind: str, payload: Any) -> Answered:
    if kind == "command":
        fields = {key: it for key, it in payload.items() if isinstance(it, str | int)}
        return await post_command(
            room, {key: str(it).encode("utf-8", "replace") for key, it in fields.items()}
        )
    interactive = kind in {"press", "form button", "form", "shortcut"}
    return await (post_payload if interactive else post_json)(room, payload)
