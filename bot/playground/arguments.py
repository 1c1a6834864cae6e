"""The arguments of a Web API call, from JSON and from forms alike."""

import base64
import binascii
from typing import Any, TypeVar

from bot.playground import limits
from bot.playground.blocks import message_blocks, parsed
from bot.playground.core import Core
from bot.playground.errors import SlackError, invalid, missing
from bot.playground.values import Json
from bot.playground.world import BOT, Channel

T = TypeVar("T")


def needed(arguments: Json, name: str) -> str:
    """A required string."""
    value = arguments.get(name)
    if value is None or value == "":
        raise missing(name)
    if not isinstance(value, str):
        raise invalid("must be a string", f"/{name}")
    return value


def optional(arguments: Json, name: str) -> str | None:
    """A string that may be left out; an empty one counts as left out."""
    return needed(arguments, name) if arguments.get(name) not in (None, "") else None


def flag(arguments: Json, name: str) -> bool:
    """A switch, as JSON or as a form writes it; False when left out."""
    return arguments.get(name) in (True, 1, "1", "true", "True")


def channel_argument(core: Core, arguments: Json) -> Channel:
    """The channel named by the call. Raises SlackError channel_not_found."""
    found = core.world.channel_named(needed(arguments, "channel"))
    if found is None:
        raise SlackError("channel_not_found")
    return found


def joined_channel(core: Core, arguments: Json) -> Channel:
    """The channel named by the call, the bot being in it."""
    channel = channel_argument(core, arguments)
    if BOT not in channel.members:
        raise SlackError("not_in_channel")
    return channel


def writable_channel(core: Core, arguments: Json) -> Channel:
    """Where a message may go: also a person, whose direct conversation is opened."""
    name = needed(arguments, "channel")
    if name in core.world.users and name != BOT:
        return core.world.open_dm(name)
    channel = channel_argument(core, arguments)
    if channel.is_archived:
        raise SlackError("is_archived")
    return joined_channel(core, arguments)


def content(core: Core, arguments: Json) -> tuple[str, list[Json]]:
    """The text and blocks of a message; one of them has to be there.

    Raises SlackError: no_text, msg_too_long, and what `message_blocks` raises.
    """
    for name in ("attachments", "markdown_text", "reply_broadcast"):
        if arguments.get(name) and arguments[name] not in ("[]", "0", "false"):
            raise invalid("the playground does not know this argument", f"/{name}")
    text = arguments.get("text") or ""
    if not isinstance(text, str):
        raise invalid("must be a string", "/text")
    if len(text) > limits.MESSAGE_TEXT:
        raise SlackError("msg_too_long")
    blocks = message_blocks(arguments["blocks"], core.ids) if arguments.get("blocks") else []
    if not text.strip() and not blocks:
        raise SlackError("no_text")
    return text, blocks


def metadata(arguments: Json) -> Json | None:
    """The metadata of a message. Raises SlackError invalid_metadata_format."""
    given = arguments.get("metadata")
    if given is None or given == "":
        return None
    try:
        found: Any = parsed(given)
    except ValueError:
        raise SlackError("invalid_metadata_format") from None
    well_formed = (
        isinstance(found, dict)
        and found.keys() == {"event_type", "event_payload"}
        and isinstance(found["event_type"], str)
        and bool(found["event_type"])
        and isinstance(found["event_payload"], dict)
    )
    if not well_formed:
        raise SlackError("invalid_metadata_format")
    return dict(found)


def page(entries: list[T], arguments: Json) -> tuple[list[T], str]:
    """One page of a list and the cursor of the next one, "" after the last.

    Raises SlackError: invalid_limit, invalid_cursor.
    """
    size = _limit(arguments)
    start = _offset(arguments.get("cursor"))
    following = start + size
    cursor = base64.b64encode(f"next:{following}".encode()).decode()
    return entries[start:following], cursor if following < len(entries) else ""


def _limit(arguments: Json) -> int:
    try:
        size = int(arguments.get("limit") or limits.PAGE_SIZE)
    except (TypeError, ValueError):
        raise SlackError("invalid_limit") from None
    if not 1 <= size <= limits.PAGE_MOST:
        raise SlackError("invalid_limit")
    return size


def _offset(cursor: Any) -> int:
    if cursor in (None, ""):
        return 0
    try:
        word, _, number = base64.b64decode(str(cursor), validate=True).decode().partition(":")
        if word == "next":
            return int(number)
    except (ValueError, binascii.Error):
        pass
    raise SlackError("invalid_cursor")
