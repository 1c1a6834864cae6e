"""Due work: what happens next by itself to each thing, and when.

A row is the next time of one thing, a rule's next occurrence say. Whoever carries it out plans
the time after it in the same transaction, so a thing has one row, or none, whatever crashes. A
lease is a time and a token, as for lanes: the time lets another worker take over, the token keeps
one that is past its time from doing anything.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Row, bindparam, delete, func, or_, select, update

from storage.tables import DUE as T
from storage.upserts import insert_of

LEASE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Something to happen: what kind of thing to what subject, when, and why (for people).

    `occurrence` tells this time from every other: what it does is done once. Of what is due at
    the same moment the lowest `rank` comes first.
    """

    kind: str
    subject: str
    at: datetime
    occurrence: str
    why: str
    rank: int = 0

    @property
    def id(self) -> str:
        """One thing has one next time."""
        return f"{self.kind}:{self.subject}"


@dataclass(frozen=True, slots=True)
class Leased:
    """A plan in hand, under the token of its lease."""

    plan: Plan
    token: str
    attempts: int


_MINE = (T.c.id == bindparam("row")) & (T.c.token == bindparam("mine"))
_FREE = or_(T.c.leased_until.is_(None), T.c.leased_until <= bindparam("now"))
_PICKED = (
    select(T.c.id)
    .where(T.c.at <= bindparam("now"), _FREE)
    .order_by(T.c.at, T.c.rank)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
# Materialised: PostgreSQL may run a plain subquery again for each row, past its LIMIT.
_CHOSEN = _PICKED.cte("chosen").prefix_with("MATERIALIZED", dialect="postgresql")
_CLAIM = (
    update(T)
    .where(T.c.id.in_(select(_CHOSEN.c.id)), _FREE)
    .values(leased_until=bindparam("until"), token=bindparam("mine"))
    .returning(T)
)
_NEXT = select(func.min(T.c.at))
_DEPTH = select(func.count(), func.min(T.c.at)).where(T.c.at <= bindparam("now"))
_ALL = select(T).order_by(T.c.at, T.c.rank, T.c.id)
_WAITING = (
    select(T.c.subject)
    .where(T.c.kind == bindparam("what"), T.c.at <= bindparam("now"))
    .order_by(T.c.at, T.c.rank)
    .limit(bindparam("most"))
)
_ONE = select(T).where(T.c.id == bindparam("row"))
_DROP = delete(T).where(T.c.id == bindparam("row"))
_DONE = delete(T).where(_MINE)
_AGAIN = (
    update(T)
    .where(_MINE)
    .values(
        at=bindparam("when"),
        rank=bindparam("order"),
        occurrence=bindparam("which"),
        why=bindparam("because"),
        attempts=0,
        leased_until=None,
        token=None,
    )
)
_PUT_OFF = (
    update(T)
    .where(_MINE)
    .values(attempts=T.c.attempts + 1, leased_until=bindparam("until"), token=None)
)
_GIVE_BACK = (
    update(T)
    .where(T.c.id.in_(bindparam("rows", expanding=True)), T.c.token == bindparam("mine"))
    .values(leased_until=None, token=None)
)
_EXTEND = update(T).where(_MINE).values(leased_until=bindparam("until"))


@cache
def _planning(dialect: str, *, only_sooner: bool) -> Executable:
    new = insert_of(dialect, T)
    changed: dict[str, Any] = {
        **{name: new.excluded[name] for name in ("at", "rank", "occurrence", "why")},
        "attempts": 0,
        "leased_until": None,
        "token": None,
    }
    where = new.excluded.at < T.c.at if only_sooner else None
    return new.on_conflict_do_update(index_elements=["id"], set_=changed, where=where)


def plan(conn: Connection, *plans: Plan) -> None:
    """Plans each, in the place of what was planned for the same thing.

    Whoever has that in hand at this moment loses it.
    """
    if plans:
        conn.execute(_planning(conn.dialect.name, only_sooner=False), [_row(it) for it in plans])


def plan_by(conn: Connection, *plans: Plan) -> None:
    """Plans each for its moment at the latest: what is planned for an earlier one stays."""
    if plans:
        conn.execute(_planning(conn.dialect.name, only_sooner=True), [_row(it) for it in plans])


def unplan(conn: Connection, kind: str, subject: str) -> bool:
    """Plans nothing more for the thing; whether something was planned."""
    return conn.execute(_DROP, {"row": f"{kind}:{subject}"}).rowcount > 0


def find(conn: Connection, kind: str, subject: str) -> Plan | None:
    """What is planned for the thing; None: nothing."""
    row = conn.execute(_ONE, {"row": f"{kind}:{subject}"}).first()
    return _plan(row) if row else None


def planned(conn: Connection) -> list[Plan]:
    """Everything that is planned, the next first."""
    return [_plan(row) for row in conn.execute(_ALL)]


def waiting(conn: Connection, kind: str, now: datetime, most: int) -> list[str]:
    """The subjects of up to so many rows of a kind that are due, in order."""
    return list(conn.execute(_WAITING, {"what": kind, "now": now, "most": most}).scalars())


def claim(conn: Connection, *, now: datetime, token: str, limit: int) -> list[Leased]:
    """Leases up to `limit` rows that are due and in nobody's hands, in order.

    Two workers never get the same row while its lease lasts.
    """
    until = now + timedelta(seconds=LEASE_SECONDS)
    facts = {"now": now, "until": until, "mine": token, "most": limit}
    rows = conn.execute(_CLAIM, facts).all()
    found = [Leased(_plan(row), token, row.attempts) for row in rows]
    return sorted(found, key=lambda it: (it.plan.at, it.plan.rank, it.plan.id))


def extend(conn: Connection, it: Leased, now: datetime) -> bool:
    """Lengthens the lease; False when the row is somebody else's by now, or planned anew."""
    until = now + timedelta(seconds=LEASE_SECONDS)
    found = conn.execute(_EXTEND, {"row": it.plan.id, "mine": it.token, "until": until})
    return found.rowcount == 1


def settle(conn: Connection, it: Leased, following: Plan | None) -> None:
    """The thing was seen to; `following` is its next time, None for no other."""
    mine = {"row": it.plan.id, "mine": it.token}
    if following is None:
        conn.execute(_DONE, mine)
        return
    facts = {
        "when": following.at,
        "order": following.rank,
        "which": following.occurrence,
        "because": following.why,
    }
    conn.execute(_AGAIN, mine | facts)


def put_off(conn: Connection, it: Leased, until: datetime) -> None:
    """It failed, and is tried again then; it stays due."""
    conn.execute(_PUT_OFF, {"row": it.plan.id, "mine": it.token, "until": until})


def give_back(conn: Connection, token: str, ids: Collection[str]) -> None:
    """Lets go of rows that were not begun."""
    if ids:
        conn.execute(_GIVE_BACK, {"rows": list(ids), "mine": token})


def release_all(conn: Connection) -> None:
    """Gives every lease back: for a database that no other process can be using."""
    conn.execute(update(T).where(T.c.token.is_not(None)).values(leased_until=None, token=None))


def next_at(conn: Connection) -> datetime | None:
    """When the next thing happens; None: never."""
    found: datetime | None = conn.execute(_NEXT).scalar()
    return found


def overdue(conn: Connection, now: datetime) -> tuple[int, datetime | None]:
    """How many rows are due, and since when the oldest."""
    count, oldest = conn.execute(_DEPTH, {"now": now}).one()
    return count, oldest


def _row(it: Plan) -> dict[str, object]:
    return {
        "id": it.id,
        "kind": it.kind,
        "subject": it.subject,
        "at": it.at,
        "rank": it.rank,
        "occurrence": it.occurrence,
        "why": it.why,
        "attempts": 0,
        "leased_until": None,
        "token": None,
    }


def _plan(row: Row[Any]) -> Plan:
    return Plan(row.kind, row.subject, row.at, row.occurrence, row.why, row.rank)
