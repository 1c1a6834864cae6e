"""The Web API's conversations.* methods."""

import re
from collections.abc import Iterable

from bot.playground import payloads
from bot.playground.arguments import (
    channel_argument,
    flag,
    joined_channel,
    needed,
    optional,
    page,
)
from bot.playground.core import Core
from bot.playground.errors import SlackError, invalid
from bot.playground.membership import joined
from bot.playground.render import channel_json, message_json
from bot.playground.values import Json
from bot.playground.world import BOT, Message

_STAMP = re.compile(r"\d+(\.\d+)?")


def open_(core: Core, arguments: Json) -> Json:
    """conversations.open, for one person or a conversation that exists."""
    if arguments.get("channel"):
        return {"channel": {"id": channel_argument(core, arguments).id}}
    users = needed(arguments, "users").split(",")
    if len(users) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    user = core.world.users.get(users[0])
    if user is None:
        raise SlackError("user_not_found")
    if user.deleted:
        raise SlackError("user_disabled")
    if user.is_bot:
        raise SlackError("cannot_dm_bot")
    already = core.world.dm(user.id) is not None
    channel = core.world.open_dm(user.id)
    extra = {"no_op": True, "already_open": True} if already else {}
    shown = channel_json(channel) if flag(arguments, "return_im") else {"id": channel.id}
    return {**extra, "channel": shown}


def info(core: Core, arguments: Json) -> Json:
    """conversations.info."""
    channel = channel_argument(core, arguments)
    shown = channel_json(channel)
    if flag(arguments, "include_num_members"):
        shown["num_members"] = len(channel.members)
    return {"channel": shown}


def join(core: Core, arguments: Json) -> Json:
    """conversations.join."""
    channel = channel_argument(core, arguments)
    if channel.is_dm:
        raise SlackError("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise SlackError("is_archived")
    if BOT in channel.members:
        return {"channel": channel_json(channel), "warning": "already_in_channel"}
    joined(core, channel, BOT)
    event = payloads.joined_event(core, BOT, channel)
    core.courier.later(core.courier.event(event))
    return {"channel": channel_json(channel)}


def history(core: Core, arguments: Json) -> Json:
    """conversations.history: roots, newest first."""
    channel = joined_channel(core, arguments)
    roots = [m for m in core.world.public(channel.id) if not m.is_reply]
    found = _within(roots, arguments)
    return _messages(core, found[::-1], arguments)


def replies(core: Core, arguments: Json) -> Json:
    """conversations.replies: the root, then its replies, oldest first."""
    channel = joined_channel(core, arguments)
    root = core.world.find(channel.id, needed(arguments, "ts"))
    if root is None or root.ephemeral_to is not None:
        raise SlackError("thread_not_found")
    under = [] if root.is_reply else core.world.replies(channel.id, root.ts)
    return _messages(core, [root, *_within(under, arguments)], arguments)


def _within(messages: Iterable[Message], arguments: Json) -> list[Message]:
    oldest, latest = _bound(arguments, "oldest"), _bound(arguments, "latest")
    if flag(arguments, "inclusive"):
        return [m for m in messages if _later(m.ts, oldest, 0) and _later(latest, m.ts, 0)]
    return [m for m in messages if _later(m.ts, oldest, 1) and _later(latest, m.ts, 1)]


def _bound(arguments: Json, name: str) -> str | None:
    value = arguments.get(name)
    if value in (None, "", "now"):
        return None
    if not _STAMP.fullmatch(str(value)):
        raise invalid(f"invalid {name}", f"/{name}")
    return str(value)


def _later(one: str | None, other: str | None, micros: int) -> bool:
    """Whether one timestamp is at least so much after the other; an open bound always is."""
    if one is None or other is None:
        return True
    return _micros(one) >= _micros(other) + micros


def _micros(ts: str) -> int:
    seconds, _, fraction = ts.partition(".")
    return int(seconds) * 1_000_000 + int(fraction.ljust(6, "0")[:6])


def _messages(core: Core, found: list[Message], arguments: Json) -> Json:
    shown, cursor = page(found, arguments)
    metadata = flag(arguments, "include_all_metadata")
    body: Json = {
        "messages": [message_json(core.world, m, metadata=metadata) for m in shown],
        "has_more": bool(cursor),
    }
    return {**body, "response_metadata": {"next_cursor": cursor}} if cursor else body


def members(core: Core, arguments: Json) -> Json:
    """conversations.members."""
    channel = channel_argument(core, arguments)
    shown, cursor = page(sorted(channel.members), arguments)
    return {"members": shown, "response_metadata": {"next_cursor": cursor}}


def list_(core: Core, arguments: Json) -> Json:
    """conversations.list: public channels, direct conversations when `types` asks for im."""
    types = (optional(arguments, "types") or "public_channel").split(",")
    found = [
        channel_json(channel)
        for channel in core.world.channels.values()
        if ("im" if channel.is_dm else "public_channel") in types
        and not (channel.is_archived and flag(arguments, "exclude_archived"))
    ]
    shown, cursor = page(found, arguments)
    return {"channels": shown, "response_metadata": {"next_cursor": cursor}}


METHODS = {
    "conversations.open": open_,
    "conversations.info": info,
    "conversations.join": join,
    "conversations.history": history,
    "conversations.replies": replies,
    "conversations.members": members,
    "conversations.list": list_,
}
