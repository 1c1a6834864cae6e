"""What a person types: messages, and slash commands with the app's answer."""

import html
import re

from bot.playground import payloads, posts
from bot.playground.core import Command, Core, Outcome
from bot.playground.errors import SlackError
from bot.playground.limits import MESSAGE_TEXT
from bot.playground.link import Delivery
from bot.playground.membership import joined
from bot.playground.responses import answer_command
from bot.playground.tickets import ResponseUrl
from bot.playground.values import Json
from bot.playground.world import BOT, Channel, Message, User, World

_MENTION = re.compile(r"(?<![\w.])@([\w.-]+)")
_LINK = re.compile(r"https?://[^\s<>|]*[^\s<>|.,;:!?)\]'\"]")


class Refused(Exception):
    """A gesture that Slack's own client does not let a person make; the argument is a code."""


def person(core: Core, user_id: str) -> User:
    """A person who may act here. Raises Refused."""
    user = core.world.users.get(user_id)
    if user is None or user.is_bot:
        raise Refused("user_not_found")
    if user.deleted:
        raise Refused("user_deactivated")
    return user


def place(core: Core, user: User, name: str) -> Channel:
    """A channel the person is in. Raises Refused."""
    channel = core.world.channel_named(name)
    if channel is None or user.id not in channel.members:
        raise Refused("channel_not_found")
    return channel


def visible_message(core: Core, user: User, channel: Channel, ts: str) -> Message:
    """A message the person sees. Raises Refused."""
    found = core.world.find(channel.id, ts)
    if found is None or found.deleted or found.ephemeral_to not in {None, user.id}:
        raise Refused("message_not_found")
    return found


def escape(text: str) -> str:
    """Typed text with the three characters escaped that Slack escapes."""
    return html.escape(text, quote=False)


def typed(world: World, text: str, *, named: bool = False) -> str:
    """Typed text as Slack stores it: escaped, links as `<https://…>`, known names as mentions.

    `named` gives it as commands get it: mentions as `<@U…|name>`, links as typed.
    """
    names = {user.real_name.split()[0].casefold(): user.id for user in world.users.values()}
    names |= {user.name.casefold(): user.id for user in world.users.values()}

    def mention(match: re.Match[str]) -> str:
        bare = match[1].rstrip(".-")
        user = names.get(bare.casefold())
        if user is None:
            return match[0]
        label = f"|{world.users[user].name}" if named else ""
        return f"<@{user}{label}>{match[1][len(bare) :]}"

    if named:
        return _MENTION.sub(mention, escape(text))
    return "".join(
        f"<{escape(part)}>" if number % 2 else _MENTION.sub(mention, escape(part))
        for number, part in enumerate(_parts(text))
    )


def _parts(text: str) -> list[str]:
    """The text cut at its links: every other part is one."""
    parts, end = [], 0
    for link in _LINK.finditer(text):
        parts += [text[end : link.start()], link[0]]
        end = link.end()
    return [*parts, text[end:]]


def say(
    core: Core, user_id: str, channel_id: str, text: str, thread_ts: str | None = None
) -> tuple[Message, list[Json]]:
    """Posts what a person typed; gives the message and the events the app is due.

    Raises Refused.
    """
    user = person(core, user_id)
    channel = place(core, user, channel_id)
    if channel.is_archived:
        raise Refused("is_archived")
    if not text.strip():
        raise Refused("no_text")
    if len(text) > MESSAGE_TEXT:
        raise Refused("msg_too_long")
    if thread_ts is not None:
        root = visible_message(core, user, channel, thread_ts)
        thread_ts = root.thread_ts or root.ts
    message = Message(
        ts=core.world.stamps.new(),
        channel=channel.id,
        user=user.id,
        text=typed(core.world, text.strip()),
        thread_ts=thread_ts,
        client_msg_id=core.ids.new("client-"),
    )
    events = posts.add(core, message)
    if f"<@{BOT}>" in message.text and BOT not in channel.members:
        posts.notice(core, user.id, "@Readiness is not in this channel. Use /invite.", "info")
    return message, events


async def command(
    core: Core, user_id: str, channel_id: str, line: str, thread_ts: str | None = None
) -> Outcome:
    """Runs a line that begins with "/". Raises Refused."""
    user = person(core, user_id)
    channel = place(core, user, channel_id)
    name, _, text = line.strip().partition(" ")
    if thread_ts is not None:
        return _refuse(core, user, f"{name} is not supported in threads. Sorry!", "in_thread")
    if channel.is_archived:
        raise Refused("is_archived")
    if name == "/invite":
        return await _invite(core, user, channel)
    declared = next((each for each in core.app.commands if each.command == name), None)
    if declared is None:
        return _refuse(core, user, f"{name} is not a valid command.", "unknown_command")
    return await _run(core, user, channel, declared, text.strip())


async def _run(core: Core, user: User, channel: Channel, declared: Command, text: str) -> Outcome:
    sent = typed(core.world, text, named=True) if declared.should_escape else escape(text)
    payload = payloads.command(core, user, channel, declared.command, sent)
    ack = await core.courier.ask(Delivery("slash_commands", payload))
    if ack.error is not None:
        code = ack.error if ack.error == "operation_timeout" else "dispatch_failed"
        text = f'{declared.command} failed with the error "{code}"'
        return _refuse(core, user, text, code)
    permission = ResponseUrl(user.id, channel.id, core.clock())
    try:
        answer = answer_command(core, permission, ack.body or {})
    except SlackError as refused:
        text = f'{declared.command} failed with the error "{refused.code}"'
        return _refuse(core, user, text, refused.code)
    return Outcome(answer=answer.ts if answer else None)


async def _invite(core: Core, user: User, channel: Channel) -> Outcome:
    if channel.is_dm:
        return _refuse(core, user, "/invite does not work here.", "in_dm")
    if BOT in channel.members:
        return _refuse(core, user, "@Readiness is already in this channel.", "already_in_channel")
    joined(core, channel, BOT)
    event = payloads.joined_event(core, BOT, channel)
    core.courier.later(core.courier.event(event))
    posts.notice(core, user.id, "@Readiness was added to this channel.", "info")
    return Outcome()


def _refuse(core: Core, user: User, text: str, code: str) -> Outcome:
    posts.notice(core, user.id, text)
    return Outcome(ok=False, error=code)
