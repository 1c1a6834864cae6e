"""The browser's side: what the page asks for, does, and is told as it happens."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from aiohttp import WSMsgType, web

from bot.playground import clicks, clockbar, forms, payloads, people
from bot.playground.core import Core, Outcome
from bot.playground.live import Subscription
from bot.playground.membership import joined, left, set_archived
from bot.playground.pagejson import page_message, page_state, page_user
from bot.playground.people import Refused
from bot.playground.values import Json
from bot.playground.world import BOT

LEAVE, QUIET = timedelta(days=7), timedelta(days=1)
Endpoint = Callable[[Core, Json], Awaitable[Json]]


def _outcome(outcome: Outcome) -> Json:
    found = {key: value for key, value in asdict(outcome).items() if value}
    return {"ok": outcome.ok, **found}


async def state(core: Core, asked: Json) -> Json:
    """Everything to begin with."""
    shown = page_state(core, people.person(core, asked["user"]))
    return {**shown, "clock": await clockbar.clock_json(core)}


async def messages(core: Core, asked: Json) -> Json:
    """A channel's roots, oldest first."""
    user = people.person(core, asked["user"])
    channel = people.place(core, user, asked["channel"])
    seen = core.world.seen_by(channel.id, user.id)
    return {"messages": [page_message(core.world, m) for m in seen if not m.is_reply]}


async def thread(core: Core, asked: Json) -> Json:
    """A root and its replies, oldest first."""
    user = people.person(core, asked["user"])
    channel = people.place(core, user, asked["channel"])
    ts = asked["ts"]
    seen = core.world.seen_by(channel.id, user.id)
    found = [m for m in seen if ts in {m.ts, m.thread_ts}]
    if not found:
        raise Refused("message_not_found")
    return {"messages": [page_message(core.world, m) for m in found]}


async def send(core: Core, asked: Json) -> Json:
    """Says something, or runs a command. The app hears of a message behind the scenes."""
    who, where, text = asked["user"], asked["channel"], str(asked["text"])
    thread_ts = asked.get("thread_ts") or None
    if text.lstrip().startswith("/"):
        return _outcome(await people.command(core, who, where, text, thread_ts))
    message, events = people.say(core, who, where, text, thread_ts)
    for event in events:
        core.courier.later(core.courier.event(event))
    return _outcome(Outcome(ts=message.ts))


async def action(core: Core, asked: Json) -> Json:
    """Uses an element."""
    chosen = asked["selected"] if "selected" in asked else asked.get("value")
    where = (asked["block_id"], asked["action_id"])
    if asked.get("view_id"):
        found = await clicks.click_view(core, asked["user"], asked["view_id"], where, chosen)
    else:
        at = (asked["channel"], asked["message_ts"])
        found = await clicks.click_message(core, asked["user"], at, where, chosen)
    return _outcome(found)


async def view_submit(core: Core, asked: Json) -> Json:
    """Sends a form."""
    entries = asked.get("values") or {}
    if not isinstance(entries, dict):
        raise Refused("invalid values")
    return _outcome(await forms.submit(core, asked["user"], asked["view_id"], entries))


async def view_close(core: Core, asked: Json) -> Json:
    """Puts a form away."""
    return _outcome(await forms.close(core, asked["user"], asked["view_id"]))


async def shortcut(core: Core, asked: Json) -> Json:
    """Chooses a message shortcut."""
    at = (asked["channel"], asked["message_ts"])
    return _outcome(await clicks.shortcut(core, asked["user"], asked["callback_id"], *at))


async def home(core: Core, asked: Json) -> Json:
    """Opens App Home."""
    user = people.person(core, asked["user"])
    event = payloads.home_opened_event(core, user.id)
    core.courier.later(core.courier.event(event))
    return {"ok": True}


async def faults(core: Core, asked: Json) -> Json:
    """Switches faults."""
    try:
        core.faults.switch(asked)
    except ValueError as bad:
        raise Refused(f"invalid_arguments: {bad}") from None
    shown = core.faults.as_json()
    core.live.tell(None, {"type": "faults", "faults": shown})
    return {"ok": True, "faults": shown}


async def archive(core: Core, asked: Json) -> Json:
    """Archives a channel, or takes it back."""
    channel = core.world.channel_named(asked["channel"])
    if channel is None or channel.is_dm:
        raise Refused("channel_not_found")
    set_archived(core, channel, archived=asked.get("archived") is not False)
    by = str(asked.get("user") or next(iter(core.world.users)))
    event = payloads.archive_event(core, channel, by)
    core.courier.later(core.courier.event(event))
    return {"ok": True}


async def absence(core: Core, asked: Json) -> Json:
    """Sets whether a person is on leave (for a week), or not to be disturbed (until tomorrow)."""
    user, now = people.person(core, asked["user"]), core.clock()
    changed = replace(
        user,
        away_until=now + LEAVE if asked.get("away") is True else None,
        quiet_until=now + QUIET if asked.get("quiet") is True else None,
    )
    core.world.users[user.id] = changed
    if changed.away_until != user.away_until:
        event = payloads.user_change_event(core, changed)
        core.courier.later(core.courier.event(event))
    core.live.tell(None, {"type": "user", "user": page_user(changed, now)})
    return {"ok": True}


async def bot_member(core: Core, asked: Json) -> Json:
    """Takes the bot into a channel, or out of it."""
    channel = core.world.channel_named(asked["channel"])
    if channel is None or channel.is_dm:
        raise Refused("channel_not_found")
    by = str(asked.get("user") or next(iter(core.world.users)))
    if asked.get("member") is not False:
        joined(core, channel, BOT)
        event = payloads.joined_event(core, BOT, channel)
    else:
        left(core, channel, BOT)
        event = payloads.left_event(core, channel, by)
    core.courier.later(core.courier.event(event))
    return {"ok": True}


async def sent(core: Core, _asked: Json) -> Json:
    """Every Web API call so far."""
    return {
        "calls": [
            {
                "method": call.method,
                "arguments": call.arguments,
                "result": call.result,
                "time": call.at.isoformat(),
                "answered": call.answered,
            }
            for call in core.calls
        ]
    }


QUERIES: dict[str, Endpoint] = {
    "state": state,
    "messages": messages,
    "thread": thread,
    "sent": sent,
    "clock": clockbar.clock,
}
DEEDS: dict[str, Endpoint] = {
    "send": send,
    "action": action,
    "view_submit": view_submit,
    "view_close": view_close,
    "shortcut": shortcut,
    "home": home,
    "faults": faults,
    "archive": archive,
    "bot_member": bot_member,
    "absence": absence,
    "clock": clockbar.put_forward,
}


_STRINGS = {
    "user",
    "channel",
    "ts",
    "thread_ts",
    "message_ts",
    "view_id",
    "block_id",
    "action_id",
    "callback_id",
}


def _check(asked: Json) -> None:
    for name in _STRINGS & asked.keys():
        if not isinstance(asked[name], str | None):
            raise Refused(f"invalid {name}")


async def answer(core: Core, endpoint: Endpoint, asked: Json) -> web.Response:
    """Runs an endpoint; what goes wrong is JSON too."""
    try:
        _check(asked)
        return web.json_response(await endpoint(core, asked))
    except Refused as refused:
        return web.json_response({"ok": False, "error": str(refused)}, status=400)
    except KeyError as lacking:
        error = f"missing {lacking.args[0]}"
        return web.json_response({"ok": False, "error": error}, status=400)


async def body_of(request: web.Request) -> Json:
    """The JSON object that was posted; {} when it is none."""
    try:
        found: Any = json.loads(await request.text())
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


async def live(core: Core, request: web.Request) -> web.StreamResponse:
    """Tells one page what happens until it goes away."""
    user = request.query.get("user", "")
    if user not in core.world.users:
        return web.json_response({"ok": False, "error": "user_not_found"}, status=400)
    socket = web.WebSocketResponse(heartbeat=20)
    await socket.prepare(request)
    subscription = core.live.open(user)
    telling = asyncio.create_task(_tell(socket, subscription))
    try:
        async for message in socket:
            if message.type is WSMsgType.ERROR:
                break
    finally:
        core.live.close(subscription)
        telling.cancel()
    return socket


async def _tell(socket: web.WebSocketResponse, subscription: Subscription) -> None:
    while (event := await subscription.queue.get()) is not None:
        await socket.send_json(event)
    await socket.close()
