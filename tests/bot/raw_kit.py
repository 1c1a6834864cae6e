"""Requests that Slack's own client would not make: odd presses, and raw HTTP at the bot's door."""

import json
import time
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession
from bot_kit import Room

from bot.playground import payloads
from bot.playground.link import Ack, Delivery
from bot.playground.outbound import sign
from bot.playground.world import Message

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def press_payload(room: Room, person: str, message: Message, value: str) -> dict[str, Any]:
    """The payload of a press on something that looks like one of our buttons."""
    core = room.workspace.core
    action = {
        "type": "button",
        "action_id": value,
        "value": value,
        "block_id": "b1",
        "action_ts": core.world.stamps.new(),
    }
    return payloads.message_click(core, core.world.users[person], message, action)


async def send_press(room: Room, person: str, message: Message, value: str) -> Ack:
    """Presses it, also where no such button is any more."""
    body = press_payload(room, person, message, value)
    return await room.workspace.core.courier.ask(Delivery("interactive", body))


async def press(room: Room, person: str, message: Message, value: str) -> Ack:
    """The same, and waits until everything that follows has left."""
    ack = await send_press(room, person, message, value)
    await room.settle()
    return ack


@dataclass
class Answered:
    """What the bot answered over HTTP."""

    status: int
    text: str


async def post(
    room: Room,
    body: bytes,
    content_type: str = JSON,
    *,
    secret: str | None = None,
    headers: dict[str, str] | None = None,
    age: int = 0,
) -> Answered:
    """Posts raw bytes to the bot, signed as Slack signs them, `age` seconds ago.

    `headers` prevail; an empty one is left out.
    """
    stamp = int(time.time()) - age
    signed = {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": str(stamp),
        "X-Slack-Signature": sign(secret or room.workspace.app.signing_secret, stamp, body),
    }
    kept = {key: it for key, it in (signed | (headers or {})).items() if it}
    url = f"http://127.0.0.1:{room.bot.port}/slack/events"
    async with (
        ClientSession() as session,
        session.post(url, data=BytesIO(body), headers=kept) as answer,
    ):
        return Answered(answer.status, await answer.text())


async def post_json(room: Room, payload: Any, **options: Any) -> Answered:
    """Posts an event."""
    return await post(room, json.dumps(payload).encode(), **options)


async def post_payload(room: Room, payload: Any) -> Answered:
    """Posts a press, a form or a shortcut."""
    return await post(room, urlencode({"payload": json.dumps(payload)}).encode(), FORM)


async def post_command(room: Room, fields: dict[str, Any]) -> Answered:
    """Posts a slash command."""
    return await post(room, urlencode(fields).encode(), FORM)
