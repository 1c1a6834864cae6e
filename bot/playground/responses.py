"""What the app answers to a command, or posts to a response URL."""

from dataclasses import replace
from typing import Any

from aiohttp import web

from bot.playground import posts
from bot.playground.arguments import content, flag, optional
from bot.playground.core import ApiCall, Core
from bot.playground.errors import SlackError, invalid
from bot.playground.tickets import ResponseUrl
from bot.playground.values import Json
from bot.playground.world import BOT, Message


def answer_command(core: Core, to: ResponseUrl, body: Json) -> Message | None:
    """Shows the body of the app's acknowledgement; None when there is nothing in it to show.

    Raises SlackError.
    """
    if not body.get("text") and not body.get("blocks"):
        return None
    return _post(core, to, body)


def respond(core: Core, to: ResponseUrl, body: Json) -> None:
    """Carries out one post to a response URL. Raises SlackError."""
    channel = core.world.channels.get(to.channel)
    if channel is None:
        raise SlackError("channel_not_found")
    if channel.is_archived:
        raise SlackError("is_archived")
    source = core.world.find(to.channel, to.source_ts) if to.source_ts else None
    if flag(body, "delete_original"):
        posts.remove(core, _own(source))
    elif flag(body, "replace_original"):
        _replace(core, _own(source), body)
    else:
        _post(core, to, body)


def _own(source: Message | None) -> Message:
    if source is None or source.user != BOT or source.deleted:
        raise SlackError("message_not_found")
    return source


def _replace(core: Core, source: Message, body: Json) -> None:
    text, blocks = content(core, body)
    edited = core.world.stamps.new()
    changed = replace(source, text=text, blocks=tuple(blocks), edited_ts=edited)
    posts.change(core, changed)


def _post(core: Core, to: ResponseUrl, body: Json) -> Message:
    text, blocks = content(core, body)
    kind = body.get("response_type", "ephemeral")
    if kind not in {"ephemeral", "in_channel"}:
        raise invalid("must be ephemeral or in_channel", "/response_type")
    thread_ts = optional(body, "thread_ts")
    if thread_ts is not None and core.world.find(to.channel, thread_ts) is None:
        raise SlackError("thread_not_found")
    if kind == "ephemeral" and thread_ts is None:
        thread_ts = to.thread_ts
    message = Message(
        ts=core.world.stamps.new(),
        channel=to.channel,
        user=BOT,
        text=text,
        blocks=tuple(blocks),
        thread_ts=thread_ts,
        ephemeral_to=to.user if kind == "ephemeral" else None,
    )
    posts.add_by_bot(core, message)
    return message


_STATUS = {"used_url": 404, "expired_url": 404, "is_archived": 410, "message_not_found": 404,
           "channel_not_found": 404}  # fmt: skip


async def handle(core: Core, request: web.Request) -> web.Response:
    """Answers one post to a response URL."""
    result: Json = {"ok": True}
    status = 200
    body: Json = {}
    try:
        body = await _body(request)
        respond(core, core.tickets.redeem_response(request.match_info["key"]), body)
    except SlackError as refused:
        result, status = refused.as_json(), _STATUS.get(refused.code, 400)
    core.calls.append(ApiCall("response_url", body, result, core.clock()))
    return web.json_response(result, status=status)


async def _body(request: web.Request) -> Json:
    try:
        found: Any = await request.json()
    except ValueError:
        raise SlackError("invalid_payload") from None
    if not isinstance(found, dict):
        raise SlackError("invalid_payload")
    return found
