"""People as the platforms describe them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from storage.prepared import Prepared
from storage.tables import PERSON as T
from storage.upserts import insert_new, put


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a platform.

    `tz` is an IANA zone. `fetched_at` None: the platform was not asked yet. `away_until` None: not
    said to be away.
    """

    id: str
    platform: str
    name: str
    tz: str | None
    deleted: bool
    fetched_at: datetime | None
    away_until: datetime | None = None


_ALL = select(*(T.c[it.name] for it in fields(Person)))
_BY_ID = Prepared(_ALL.where(T.c.id == bindparam("one")))
_BY_IDS = _ALL.where(T.c.id.in_(bindparam("ids", expanding=True)))


def get(conn: Connection, person: str) -> Person | None:
    """The person; None when never met."""
    return _found(conn, [person]).get(person)


def upsert(conn: Connection, person: Person) -> None:
    """Remembers the person as described now."""
    put(conn, T, [asdict(person)])


def add(conn: Connection, person: Person) -> None:
    """Remembers somebody who is not known yet; who is, stays as described."""
    insert_new(conn, T, asdict(person))


def names(conn: Connection, people: Collection[str]) -> dict[str, str]:
    """The names of those whose name is known, by person id."""
    return {key: it.name for key, it in _found(conn, people).items() if it.name}


def unfetched(conn: Connection, people: Collection[str], platform: str) -> list[Person]:
    """Those of the platform whom it was not asked about yet, in the order of their ids."""
    known = _found(conn, people)
    fresh = {key: Person(key, platform, "", None, deleted=False, fetched_at=None) for key in people}
    here = (known.get(key, fresh[key]) for key in sorted(people))
    return [it for it in here if it.platform == platform and it.fetched_at is None]


def _found(conn: Connection, people: Collection[str]) -> dict[str, Person]:
    match list(people):
        case []:
            return {}
        case [one]:  # the usual case; a list is spelt out at each execution
            rows = _BY_ID.rows(conn, {"one": one})
        case ids:
            rows = list(conn.execute(_BY_IDS, {"ids": ids}))
    return {row.id: Person(*row) for row in rows}
