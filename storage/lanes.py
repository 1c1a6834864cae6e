"""Lanes: sequences of posts that leave in order, each leased to one worker at a time.

A lease is a time and a token. The time lets another worker take over after a crash, the token
keeps a worker that is past its time from sending or settling anything. A lease that nobody holds
(a time without a token) is a rest: see `rest`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    exists,
    func,
    or_,
    select,
    update,
)

from storage.prepared import Prepared
from storage.tables import LANE, OUTBOX
from storage.types import Utc
from storage.upserts import insert_of

LEASE_SECONDS = 20.0  # a lane is ours so long; extended before every call, which takes at most 10
# Nothing is ever put off so far, and Slack refuses a clock that is 5 minutes off: a moment later
# than this was written by a clock that has been set back since, and counts as past.
FAR_SECONDS = 600.0


def _past(column: Any) -> ColumnElement[bool]:
    return or_(column <= bindparam("now"), column > bindparam("far"))


_MINE = (LANE.c.id == bindparam("lane_id")) & (LANE.c.token == bindparam("mine"))
_EXTEND = Prepared(update(LANE).where(_MINE).values(leased_until=bindparam("until")))
_GIVE_BACK = update(LANE).where(_MINE)
_LOCK = Prepared(select(LANE.c.token).where(LANE.c.id == bindparam("lane_id")).with_for_update())
_WAITS = exists().where(OUTBOX.c.lane == LANE.c.id, OUTBOX.c.state == "owed")
_OWED = Prepared(
    select(OUTBOX.c.id, OUTBOX.c.generation).where(
        OUTBOX.c.lane == bindparam("lane_id"), OUTBOX.c.state == "owed"
    )
)
_FREE = or_(LANE.c.leased_until.is_(None), _past(LANE.c.leased_until))
_DUE = (
    select(LANE.c.id)
    .where(_past(LANE.c.next_at), _FREE)
    .order_by(LANE.c.next_at)
    .limit(bindparam("most"))
)


def _leasing(picked: Select[Any]) -> Prepared:
    # Materialised: PostgreSQL may run a plain subquery again for each row, past its LIMIT.
    chosen = picked.cte("chosen").prefix_with("MATERIALIZED", dialect="postgresql")
    return Prepared(
        update(LANE)
        .where(LANE.c.id.in_(select(chosen.c.id)), _FREE)
        .values(leased_until=bindparam("until"), token=bindparam("mine"))
        .returning(LANE.c.id)
    )


_CLAIM_ANY = _leasing(_DUE.with_for_update(skip_locked=True))
# One lane is waited for: a turn that is about to commit, and might yet be undone, must not hide
# what an earlier one has owed. It takes a moment, and only one lock is held.
_CLAIM_ONE = _leasing(_DUE.where(LANE.c.id == bindparam("lane_id")).with_for_update())
_GIVEN_BACK = _GIVE_BACK.values(leased_until=None, token=None).returning(LANE.c.next_at)
_RELEASE = Prepared(
    _GIVEN_BACK.values(next_at=case((_WAITS, bindparam("now", type_=Utc)), else_=None))
)
_RELEASE_UNTIL = Prepared(_GIVEN_BACK.values(next_at=bindparam("until")))
_REST = Prepared(
    _GIVE_BACK.values(leased_until=bindparam("until"), token=None, next_at=bindparam("now"))
)


def wake(conn: Connection, lane: str, at: datetime) -> None:
    """Makes the lane due, also where it rests, unless it has to wait for a later moment."""
    _waking(conn.dialect.name).run(conn, {"id": lane, "next_at": at})


@cache
def _waking(dialect: str) -> Prepared:
    new = insert_of(dialect, LANE)
    waits = func.coalesce(LANE.c.next_at, new.excluded.next_at)
    rests = case((LANE.c.token.is_(None), None), else_=LANE.c.leased_until)
    changed = {"next_at": waits, "leased_until": rests}
    return Prepared(new.on_conflict_do_update(index_elements=["id"], set_=changed))


def claim(
    conn: Connection, *, now: datetime, token: str, limit: int, lane: str | None = None
) -> list[str]:
    """Leases up to `limit` due lanes that nobody has, the longest due first; their ids.

    With `lane` only that one. Two workers never get the same lane while its lease lasts.
    """
    facts = {
        "now": now,
        "far": now + timedelta(seconds=FAR_SECONDS),
        "until": now + timedelta(seconds=LEASE_SECONDS),
        "mine": token,
        "most": limit,
    }
    if lane is None:
        return [row.id for row in _CLAIM_ANY.rows(conn, facts)]
    return [row.id for row in _CLAIM_ONE.rows(conn, facts | {"lane_id": lane})]


def extend(conn: Connection, lane: str, token: str, now: datetime) -> bool:
    """Lengthens the lease; False when the lane is somebody else's by now."""
    until = now + timedelta(seconds=LEASE_SECONDS)
    return _EXTEND.run(conn, {"lane_id": lane, "mine": token, "until": until}) == 1


def release(
    conn: Connection, lane: str, token: str, *, next_at: datetime | None, now: datetime
) -> bool:
    """Gives the lease back; whether something is due there at this moment.

    The lane is locked first: what was owed while we held it is then committed and seen. With
    `next_at` it waits until then, without it until something is owed.
    """
    _LOCK.first(conn, {"lane_id": lane})
    facts = {"lane_id": lane, "mine": token}
    if next_at is None:
        given = _RELEASE.first(conn, facts | {"now": now})
    else:
        given = _RELEASE_UNTIL.first(conn, facts | {"until": next_at})
    return given is not None and given.next_at is not None and given.next_at <= now


def rest(
    conn: Connection,
    lane: str,
    token: str,
    *,
    until: datetime,
    now: datetime,
    tried: Collection[tuple[int, int]],
) -> bool:
    """Gives the lease back; the lane is due again then, or as soon as something new is owed.

    `tried` are the rows that have to wait, by id and generation: where more is owed already, it is
    due at once, and that is what the result says.
    """
    _LOCK.first(conn, {"lane_id": lane})
    owed = {(row.id, row.generation) for row in _OWED.rows(conn, {"lane_id": lane})}
    if owed - set(tried):
        return release(conn, lane, token, next_at=None, now=now)
    _REST.run(conn, {"lane_id": lane, "mine": token, "until": until, "now": now})
    return False


def release_all(conn: Connection) -> None:
    """Gives every lease back: for a database that no other process can be using."""
    conn.execute(
        update(LANE).where(LANE.c.token.is_not(None)).values(leased_until=None, token=None)
    )
