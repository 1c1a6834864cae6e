"""Nudges: what was sent to whom, how far up the ladder, and what is not to be heard of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select, update

from conversations.review import Place
from storage.tables import NUDGE, RUNG, SERVICE, SNOOZE
from storage.upserts import insert_new
from storage.upserts import put as put_rows


@dataclass(frozen=True, slots=True)
class Nudge:
    """A reminder. `place` and `message` None: not posted yet."""

    key: str
    person: str
    at: datetime
    items: tuple[dict[str, Any], ...]
    place: Place | None
    message: str | None
    digest: str


_SINCE = (
    select(NUDGE.c.at)
    .where(NUDGE.c.person == bindparam("who"), NUDGE.c.at > bindparam("since"))
    .order_by(NUDGE.c.at)
)
_RECENT = (
    select(NUDGE)
    .where(NUDGE.c.person.in_(bindparam("people", expanding=True)), NUDGE.c.at > bindparam("since"))
    .order_by(NUDGE.c.person, NUDGE.c.at)
)
_ONE = select(NUDGE).where(NUDGE.c.key == bindparam("k"))
_BY_MESSAGE = select(NUDGE).where(
    NUDGE.c.message == bindparam("m"),
    NUDGE.c.channel == bindparam("c"),
    NUDGE.c.workspace == bindparam("w"),
    NUDGE.c.platform == bindparam("p"),
)
_POSTED = (
    update(NUDGE)
    .where(NUDGE.c.key == bindparam("k"))
    .values(
        platform=bindparam("p"),
        workspace=bindparam("w"),
        channel=bindparam("c"),
        message=bindparam("m"),
        digest=bindparam("d"),
    )
)
_RUNGS = select(RUNG.c.subject, RUNG.c.rung).where(RUNG.c.person == bindparam("who"))
_FORGET = delete(RUNG).where(
    RUNG.c.person == bindparam("who"), RUNG.c.subject.in_(bindparam("of", expanding=True))
)
_SNOOZED = (
    select(SERVICE.c.key, SNOOZE.c.until)
    .join(SERVICE, SERVICE.c.id == SNOOZE.c.service_id)
    .where(SNOOZE.c.person == bindparam("who"), SNOOZE.c.until > bindparam("now"))
)
_WAKE = delete(SNOOZE).where(
    SNOOZE.c.service_id == bindparam("s"), SNOOZE.c.person == bindparam("who")
)


def add(
    conn: Connection, key: str, person: str, at: datetime, items: Sequence[Mapping[str, Any]]
) -> bool:
    """Keeps that the person is reminded; False where this very nudge is known already."""
    row = {
        "key": key,
        "person": person,
        "at": at,
        "items": [dict(it) for it in items],
        "digest": "",
    }
    return insert_new(conn, NUDGE, row)


def since(conn: Connection, person: str, moment: datetime) -> list[datetime]:
    """When the person was nudged after that moment, in order."""
    return [row.at for row in conn.execute(_SINCE, {"who": person, "since": moment})]


def recent(conn: Connection, people: Collection[str], moment: datetime) -> list[Nudge]:
    """The nudges to these people after that moment, by person, in order."""
    if not people:
        return []
    rows = conn.execute(_RECENT, {"people": list(people), "since": moment})
    return [_nudge(row) for row in rows]


def get(conn: Connection, key: str) -> Nudge | None:
    """The nudge; None for an unknown key."""
    row = conn.execute(_ONE, {"k": key}).first()
    return _nudge(row) if row else None


def by_message(conn: Connection, place: Place, message: str) -> Nudge | None:
    """The nudge that this message is; None for another message."""
    facts = {"p": place.platform, "w": place.workspace, "c": place.channel, "m": message}
    row = conn.execute(_BY_MESSAGE, facts).first()
    return _nudge(row) if row else None


def posted(conn: Connection, key: str, place: Place, message: str, digest: str) -> None:
    """Remembers the message that the nudge is now."""
    where = {"p": place.platform, "w": place.workspace, "c": place.channel}
    conn.execute(_POSTED, {"k": key, **where, "m": message, "d": digest})


def rungs(conn: Connection, person: str) -> dict[str, str]:
    """How far up the ladder the person was reminded, by what of."""
    return {row.subject: row.rung for row in conn.execute(_RUNGS, {"who": person})}


def climb(conn: Connection, person: str, rungs: Mapping[str, str], at: datetime) -> None:
    """Remembers that the person was reminded so far."""
    put_rows(
        conn,
        RUNG,
        [
            {"person": person, "subject": subject, "rung": rung, "at": at}
            for subject, rung in rungs.items()
        ],
    )


def forget(conn: Connection, person: str, subjects: Collection[str]) -> None:
    """The person was reminded of none of these: what of them is due is said again."""
    conn.execute(_FORGET, {"who": person, "of": list(subjects)})


def snooze(conn: Connection, service_id: str, person: str, until: datetime) -> None:
    """Not a word about the service to the person until then."""
    put_rows(conn, SNOOZE, [{"service_id": service_id, "person": person, "until": until}])


def unsnooze(conn: Connection, service_id: str, person: str) -> bool:
    """The person hears of the service again; whether that was off."""
    return conn.execute(_WAKE, {"s": service_id, "who": person}).rowcount > 0


def snoozed(conn: Connection, person: str, now: datetime) -> dict[str, datetime]:
    """Until when the person hears nothing, by the service's key."""
    rows = conn.execute(_SNOOZED, {"who": person, "now": now})
    return {row.key: row.until for row in rows}


def _nudge(row: Row[Any]) -> Nudge:
    place = Place(row.platform, row.workspace, row.channel) if row.platform else None
    return Nudge(row.key, row.person, row.at, tuple(row.items), place, row.message, row.digest)
