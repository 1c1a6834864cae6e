"""Messages come, change and go: stored, shown in the pages, announced to the app."""

from dataclasses import replace

from bot.playground import payloads
from bot.playground.core import Core
from bot.playground.pagejson import page_message
from bot.playground.values import Json
from bot.playground.world import BOT, Channel, Message


def add(core: Core, message: Message) -> list[Json]:
    """Stores and shows a message. Gives the events the app is due: it sees public ones only."""
    core.world.put(message)
    _tell(core, message, "message")
    _root_counts(core, message)
    channel = core.world.channels[message.channel]
    if message.ephemeral_to is not None or BOT not in channel.members:
        return []
    events = [payloads.message_event(core, message)]
    if f"<@{BOT}>" in message.text and not channel.is_dm and not message.by_bot:
        events.append(payloads.mention_event(core, message))
    return events


def add_by_bot(core: Core, message: Message) -> None:
    """Stores and shows the app's own message; the app hears of it too, behind the scenes."""
    for event in add(core, message):
        core.courier.later(core.courier.event(event))


def change(core: Core, message: Message) -> None:
    """Puts a new version in place."""
    core.world.put(message)
    _tell(core, message, "message_changed")


def remove(core: Core, message: Message) -> None:
    """Takes a message away; a root with replies leaves a tombstone."""
    if core.world.replies(message.channel, message.ts):
        change(core, replace(message, text="", blocks=(), metadata=None, deleted=True))
        return
    core.world.drop(message)
    users = readers(core.world.channels[message.channel], message)
    gone = {"type": "message_deleted", "channel": message.channel, "ts": message.ts}
    core.live.tell(users, gone)
    _root_counts(core, message)


def readers(channel: Channel, message: Message) -> set[str]:
    """Who sees the message."""
    return {message.ephemeral_to} if message.ephemeral_to else set(channel.members)


def notice(core: Core, user: str, text: str, level: str = "error") -> None:
    """Tells one person's pages something that is not a message."""
    core.live.tell({user}, {"type": "notice", "text": text, "level": level})


def _root_counts(core: Core, message: Message) -> None:
    if message.is_reply and message.thread_ts and message.ephemeral_to is None:
        root = core.world.find(message.channel, message.thread_ts)
        if root is not None:
            _tell(core, root, "message_changed")


def _tell(core: Core, message: Message, kind: str) -> None:
    channel = core.world.channels[message.channel]
    shown = page_message(core.world, message)
    event = {"type": kind, "channel": channel.id, "message": shown}
    core.live.tell(readers(channel, message), event)
