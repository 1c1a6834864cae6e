"""Teams' activities, read: the last place where they are dicts. No reader fails on any JSON.

Source: learn.microsoft.com, "Conversation events in your Teams bot" and "Bot Framework Activity
schema".
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from bot.turn import Said
from conversations.review import Place
from conversations.text import NAME_LONGEST, clean
from storage.references import Kind, Reference

Json = dict[str, Any]
PLATFORM = "teams"
IDENT = re.compile(r"[\x21-\x7e]{1,300}")
SPOKEN = re.compile(r"[^\s{}<>&|]{1,300}")  # the ids that a mention may be handed over with
LATE = timedelta(days=1)  # a time-stamp further off than this says nothing about the order
KINDS: dict[str, Kind] = {"personal": "personal", "channel": "channel", "groupChat": "group"}
# Places of chats begin so: that one is alone in it, or that it has no threads, is seen in its name.
BEGINS: dict[Kind, str] = {"personal": "personal/", "group": "group/", "channel": ""}
ENTITIES = {"&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&amp;": "&"}
ENTITY = re.compile("|".join(ENTITIES))
TAG = re.compile(r"</?at(?:\s[^<>]*)?>", re.IGNORECASE)
MENTION = re.compile(r"<at(?:\s[^<>]*)?>[^<>]*</at>", re.IGNORECASE)
MENTIONS = 50  # of one activity that are looked at
POSING = re.compile(r"@(?=\{)")  # so begins what only a mention becomes


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom an activity names. `tz` is an IANA zone; None where it does not say."""

    person: str
    name: str
    tz: str | None = None


def at(value: Any, *path: str) -> Any:
    """What stands at a path of an object; None where it does not lead on."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def ident(value: Any) -> str:
    """An id; empty for what is none."""
    return value if isinstance(value, str) and IDENT.fullmatch(value) else ""


def sound(body: Json) -> bool:
    """Whether it holds what a listener cannot do without: a type, who, where, by which number."""
    needed = (at(body, "type"), at(body, "conversation", "id"), at(body, "recipient", "id"))
    if not all(ident(it) for it in needed):
        return False
    spoken = body["type"] in {"message", "invoke"}
    return not spoken or all(ident(it) for it in (at(body, "from", "id"), at(body, "id")))


def person(user: str) -> str:
    """The person id of a Teams user id."""
    return f"{PLATFORM}:{user}"


def tenant(body: Json) -> str:
    """The organisation; empty in a playground that names none."""
    named = at(body, "channelData", "tenant", "id") or at(body, "conversation", "tenantId")
    return ident(named).lower()


def kind(body: Json) -> Kind:
    """What kind of conversation it is, by what Teams says, else by what it looks like."""
    said = at(body, "conversation", "conversationType")
    if isinstance(said, str) and said in KINDS:
        return KINDS[said]
    if at(body, "channelData", "team", "id") or at(body, "channelData", "channel", "id"):
        return "channel"
    return "group" if at(body, "conversation", "isGroup") is True else "personal"


def place(body: Json) -> Place:
    """The conversation, without the thread in it."""
    channel = str(at(body, "conversation", "id")).partition(";")[0]
    return Place(PLATFORM, tenant(body), BEGINS[kind(body)] + channel)


def thread(body: Json) -> str | None:
    """The message that opens the thread; None in chats, which have none."""
    if kind(body) != "channel":
        return None
    return str(at(body, "conversation", "id")).partition(";messageid=")[2] or None


def message(body: Json) -> str:
    """The message whose button was pressed, under the name that `TeamsChat.post` gave it."""
    number, root = ident(at(body, "replyToId")), thread(body)
    return f"{root}/{number}" if root and root != number else number


def text(body: Json) -> str:
    """What was typed: mentions of people as `@{teams:29:…}`, the bot's gone, entities decoded.

    Each mention stands for one place in the text. Of channels and other bots the name is left.
    """
    found = at(body, "text")
    raw = found if isinstance(found, str) else ""
    meant: dict[str, deque[str]] = {}
    for shown, mentioned, _ in _mentions(body):
        meant.setdefault(shown, deque()).append(mentioned)
    pieces, end = [], 0
    for span in MENTION.finditer(raw):
        mentioned = meant[span[0]].popleft() if meant.get(span[0]) else ""
        is_bot = mentioned == _bot(body)
        if is_bot or human(mentioned):
            named = " " if is_bot else f" @{{{person(mentioned)}}} "
            pieces += [_typed(raw[end : span.start()]), named]
            end = span.end()
    return "".join([*pieces, _typed(raw[end:])]).strip()


def addressed(body: Json) -> bool:
    """Whether the bot is spoken to."""
    if kind(body) == "personal":
        return True
    return any(mentioned == _bot(body) for _, mentioned, _ in _mentions(body))


def people(body: Json) -> list[Named]:
    """Whom the activity names: who wrote it, and whoever is mentioned in it."""
    writer = ident(at(body, "from", "id"))
    known = [Named(person(writer), _name(at(body, "from", "name")), zone(body))] if writer else []
    others = ((it, name) for _, it, name in _mentions(body) if it not in {_bot(body), writer})
    return [*known, *(Named(person(it), _name(name)) for it, name in others if human(it))]


def zone(body: Json) -> str | None:
    """The writer's IANA time zone, where the client says it."""
    found = at(body, "localTimezone")
    return found if isinstance(found, str) and found in _zones() else None


def reference(body: Json, now: datetime) -> Reference:
    """How this conversation is spoken to."""
    team, group = (
        at(body, "channelData", "team", "id"),
        at(body, "channelData", "team", "aadGroupId"),
    )
    alone = kind(body) == "personal"
    writer = ident(at(body, "from", "id"))
    return Reference(
        place(body),
        str(body.get("serviceUrl")),
        _bot(body),
        kind(body),
        now,
        team=ident(team) or None,
        aad_group=ident(group) or None,
        person=person(writer) if alone and writer else None,
    )


def said(body: Json, gesture: str, now: datetime) -> Said:
    """Who did what, where and when. An activity that is sent again has the same id."""
    where = place(body)
    return Said(
        key=f"{PLATFORM}:{gesture}:{where.channel}:{body['id']}",
        by=person(str(at(body, "from", "id"))),
        at=moment(at(body, "timestamp"), now),
        name=_name(at(body, "from", "name")),
        place=where,
        thread=thread(body),
    )


def moment(stamp: Any, now: datetime) -> datetime:
    """Teams' time of a gesture; ours where it has none, or one that cannot be right."""
    try:
        found = datetime.fromisoformat(str(stamp))
    except ValueError:
        return now
    if found.tzinfo is None:
        return now
    try:
        said_at = found.astimezone(UTC)
    except OverflowError:
        return now
    return said_at if abs(now - said_at) <= LATE else now


@cache
def _zones() -> set[str]:
    return available_timezones()


def _typed(piece: str) -> str:
    """A piece of text between mentions, decoded; nothing in it reads as one."""
    decoded = ENTITY.sub(lambda it: ENTITIES[it[0]], TAG.sub("", piece))
    return POSING.sub("@ ", decoded.replace("\xa0", " "))


def _mentions(body: Json) -> Iterator[tuple[str, str, str]]:
    """Each mention: how it stands in the text, whose id it is, under which name."""
    entities = at(body, "entities")
    for it in entities[:MENTIONS] if isinstance(entities, list) else ():
        mentioned, shown = at(it, "mentioned", "id"), at(it, "text")
        if at(it, "type") != "mention" or not isinstance(mentioned, str):
            continue
        if SPOKEN.fullmatch(mentioned) and isinstance(shown, str) and MENTION.fullmatch(shown):
            name = at(it, "mentioned", "name")
            yield shown, mentioned, name if isinstance(name, str) else ""


def _bot(body: Json) -> str:
    return ident(at(body, "recipient", "id"))


def human(user: str) -> bool:
    """Whether it is a person's id: those of bots begin with 28:, of channels with 19:."""
    return user.startswith("29:")


def _name(name: Any) -> str:
    return clean(name)[:NAME_LONGEST] if isinstance(name, str) else ""
