"""The Web API's chat.* methods."""

from dataclasses import replace

from bot.playground import posts
from bot.playground.arguments import (
    channel_argument,
    content,
    joined_channel,
    metadata,
    needed,
    optional,
    writable_channel,
)
from bot.playground.core import Core
from bot.playground.errors import SlackError
from bot.playground.render import message_json
from bot.playground.values import Json
from bot.playground.world import BOT, Channel, Message


def _thread_root(core: Core, channel: Channel, arguments: Json) -> str | None:
    ts = optional(arguments, "thread_ts")
    if ts is None:
        return None
    root = core.world.find(channel.id, ts)
    if root is None or root.ephemeral_to is not None:
        raise SlackError("thread_not_found")
    if root.is_reply:
        raise SlackError("cannot_reply_to_message")
    return ts


def post_message(core: Core, arguments: Json) -> Json:
    """chat.postMessage."""
    channel = writable_channel(core, arguments)
    text, blocks = content(core, arguments)
    message = Message(
        ts=core.world.stamps.new(),
        channel=channel.id,
        user=BOT,
        text=text,
        blocks=tuple(blocks),
        thread_ts=_thread_root(core, channel, arguments),
        metadata=metadata(arguments),
    )
    posts.add_by_bot(core, message)
    shown = message_json(core.world, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": shown}


def update(core: Core, arguments: Json) -> Json:
    """chat.update. Text without blocks deletes the blocks; blocks without text keep the text."""
    message = _own_message(core, arguments, "cant_update_message")
    text, blocks = content(core, arguments)
    changed = replace(
        message,
        text=text or message.text,
        blocks=tuple(blocks),
        metadata=metadata(arguments) or message.metadata,
        edited_ts=core.world.stamps.new(),
    )
    posts.change(core, changed)
    shown = message_json(core.world, changed, metadata=True)
    return {"channel": message.channel, "ts": message.ts, "text": changed.text, "message": shown}


def delete(core: Core, arguments: Json) -> Json:
    """chat.delete."""
    message = _own_message(core, arguments, "cant_delete_message")
    posts.remove(core, message)
    return {"channel": message.channel, "ts": message.ts}


def _own_message(core: Core, arguments: Json, otherwise: str) -> Message:
    channel = channel_argument(core, arguments)
    message = core.world.find(channel.id, needed(arguments, "ts"))
    if message is None or message.ephemeral_to is not None or message.deleted:
        raise SlackError("message_not_found")
    if message.user != BOT:
        raise SlackError(otherwise)
    if channel.is_archived:
        raise SlackError("is_archived")
    return message


def post_ephemeral(core: Core, arguments: Json) -> Json:
    """chat.postEphemeral."""
    channel = channel_argument(core, arguments)
    user = needed(arguments, "user")
    if channel.is_archived:
        raise SlackError("is_archived")
    joined_channel(core, arguments)
    if user not in core.world.users:
        raise SlackError("user_not_found")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    text, blocks = content(core, arguments)
    message = Message(
        ts=core.world.stamps.new(),
        channel=channel.id,
        user=BOT,
        text=text,
        blocks=tuple(blocks),
        thread_ts=_thread_root(core, channel, arguments),
        ephemeral_to=user,
    )
    posts.add_by_bot(core, message)
    return {"message_ts": message.ts}


def get_permalink(core: Core, arguments: Json) -> Json:
    """chat.getPermalink."""
    channel = channel_argument(core, arguments)
    message = core.world.find(channel.id, needed(arguments, "message_ts"))
    if message is None or message.ephemeral_to is not None:
        raise SlackError("message_not_found")
    link = f"{core.base_url}archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


METHODS = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
    "chat.getPermalink": get_permalink,
}
