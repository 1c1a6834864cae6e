"""Signed payloads with something missing, or of an absurd kind: never a 500, nothing broken."""

import asyncio
import copy
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
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


@pytest.mark.parametrize(
    "kind",
    ["command", "message", "reply", "mention", "press", "form button", "form", "shortcut", "home",
     "archive", "joined", "left", "person", "revoked"],
)  # fmt: skip
async def test_no_entry_of_a_payload_can_be_so_odd_that_the_bot_breaks(
    quick: Room, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    await quick.start()
    await quick.press(ANA, "Ask everything")
    payload = (await genuine(quick))[kind]
    odd = list(variants(payload))
    caplog.set_level(logging.ERROR)
    # Bolt warns of requests that nobody takes, and quotes them: not even that can be printed.
    caplog.set_level(logging.ERROR, "slack_bolt.AsyncApp")
    caplog.clear()
    for at in range(0, len(odd), 16):
        some = odd[at : at + 16]
        answers = await asyncio.gather(*(send(quick, kind, it) for it in some))
        pairs = zip(some, answers, strict=True)
        assert [json.dumps(it) for it, answer in pairs if answer.status >= 500] == []
    await quick.settle()
    assert {it.getMessage() for it in caplog.records} <= {"slack_revoked"}
    assert (await send(quick, kind, payload)).status == 200, "the real one still is taken"
    await quick.type(BEN, "/readiness help")
    assert "walks a team" in quick.told(BEN)[-1]
