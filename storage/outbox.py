"""Posts owed, in lanes. A lane leaves in order and is leased to one worker at a time.

A row stands for one message. Asking for the same card again makes its row owed again: only the
newest state is worth sending. `attempts` counts calls whose outcome is not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, exists, func, or_, select, update

from conversations.effects import ROOT
from conversations.review import Place
from storage.tables import CARD, LANE, OUTBOX
from storage.upserts import insert, insert_new

OWED, DONE, DROPPED = "owed", "done", "dropped"
LEASE_SECONDS = 20.0  # a lane is ours so long; extended before every post, which takes at most 10


@dataclass(frozen=True, slots=True)
class Owed:
    """A row as it was read. `generation` tells whether more was asked of it since."""

    id: int
    key: str
    lane: str
    kind: str
    review_id: str | None
    slot: str | None
    person: str | None
    place: Place | None
    payload: dict[str, Any]
    generation: int
    attempts: int


_MINE = (OUTBOX.c.id == bindparam("row")) & exists().where(
    LANE.c.id == OUTBOX.c.lane, LANE.c.token == bindparam("mine")
)
_ROOT_STANDS = (OUTBOX.c.slot == ROOT) & exists().where(
    CARD.c.review_id == OUTBOX.c.review_id, CARD.c.slot == ROOT
)
_SAME = OUTBOX.c.generation == bindparam("seen")
_READ = (
    select(OUTBOX)
    .where(OUTBOX.c.lane == bindparam("lane_id"), OUTBOX.c.state == OWED)
    # A root that stands already is edited last: the card that somebody pressed goes first.
    .order_by(case((_ROOT_STANDS, 1), else_=0), OUTBOX.c.id)
)
_IS_OWED = select(OUTBOX.c.id).where(OUTBOX.c.key == bindparam("k"), OUTBOX.c.state == OWED)
_DEPTH = select(func.count(), func.min(OUTBOX.c.owed_since)).where(OUTBOX.c.state == OWED)
_SETTLE = (
    update(OUTBOX)
    .where(_MINE)
    .values(
        # What was asked for meanwhile stays owed; either way this attempt's outcome is known.
        state=case((_SAME, bindparam("outcome")), else_=OUTBOX.c.state),
        reason=bindparam("why"),
        attempts=0,
    )
)
_ATTEMPT = (
    update(OUTBOX).where(OUTBOX.c.id == bindparam("row")).values(attempts=OUTBOX.c.attempts + 1)
)
_UNATTEMPT = (
    update(OUTBOX).where(_MINE, OUTBOX.c.attempts > 0).values(attempts=OUTBOX.c.attempts - 1)
)
_EXTEND = (
    update(LANE)
    .where(LANE.c.id == bindparam("lane_id"), LANE.c.token == bindparam("mine"))
    .values(leased_until=bindparam("until"))
)
_FREE = or_(LANE.c.leased_until.is_(None), LANE.c.leased_until <= bindparam("now"))
_DUE = select(LANE.c.id).where(LANE.c.next_at <= bindparam("now"), _FREE)
_LOCK = select(LANE.c.token).where(LANE.c.id == bindparam("lane_id")).with_for_update()
_WAITS = exists().where(OUTBOX.c.lane == LANE.c.id, OUTBOX.c.state == OWED)
_GIVE_BACK = update(LANE).where(
    LANE.c.id == bindparam("lane_id"), LANE.c.token == bindparam("mine")
)


def owe(
    conn: Connection,
    *,
    key: str,
    lane: str,
    kind: str,
    person: str | None,
    place: Place | None,
    payload: Mapping[str, Any],
    at: datetime,
) -> None:
    """Owes a message of its own; one with this key is owed once, whatever happens."""
    _wake_lane(conn, lane, at)
    row = _row(key, lane, kind, None, None, person, place, payload, at)
    insert_new(conn, OUTBOX, row)


def show(
    conn: Connection,
    *,
    key: str,
    lane: str,
    kind: str,
    review_id: str | None,
    slot: str | None,
    place: Place | None,
    payload: Mapping[str, Any],
    at: datetime,
    person: str | None = None,
) -> None:
    """Owes the newest state of a card or page, whether it was sent before or not."""
    _wake_lane(conn, lane, at)
    row = _row(key, lane, kind, review_id, slot, person, place, payload, at)
    new = insert(conn, OUTBOX).values(**row)
    again = new.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "state": OWED,
            "owed_since": case((OUTBOX.c.state == OWED, OUTBOX.c.owed_since), else_=at),
            "generation": OUTBOX.c.generation + 1,
            **{name: new.excluded[name] for name in ("platform", "workspace", "channel")},
            "payload": new.excluded.payload,
        },
    )
    conn.execute(again)


def touch(conn: Connection, *, key: str, lane: str, at: datetime) -> bool:
    """Owes the newest state of a card that was asked for before; False where it never was."""
    changed = conn.execute(
        update(OUTBOX)
        .where(OUTBOX.c.key == key)
        .values(
            state=OWED,
            owed_since=case((OUTBOX.c.state == OWED, OUTBOX.c.owed_since), else_=at),
            generation=OUTBOX.c.generation + 1,
        )
    )
    if changed.rowcount:
        _wake_lane(conn, lane, at)
    return changed.rowcount > 0


def is_owed(conn: Connection, key: str) -> bool:
    """Whether the message still waits to be sent."""
    return conn.execute(_IS_OWED, {"k": key}).first() is not None


def owed(conn: Connection, lane: str) -> list[Owed]:
    """What waits in a lane: in the order in which it was first asked for, a root's edit last."""
    return [_owed(row) for row in conn.execute(_READ, {"lane_id": lane})]


def claim(
    conn: Connection, *, now: datetime, token: str, limit: int, lane: str | None = None
) -> list[str]:
    """Leases up to `limit` due lanes that nobody has, the longest due first; their ids.

    With `lane` only that one. Two workers never get the same lane while its lease lasts.
    """
    due = _DUE if lane is None else _DUE.where(LANE.c.id == lane)
    picked = due.order_by(LANE.c.next_at).limit(limit).with_for_update(skip_locked=True)
    until = now + timedelta(seconds=LEASE_SECONDS)
    # Materialised: PostgreSQL may run a plain subquery again for each row, past its LIMIT.
    chosen = picked.cte("chosen").prefix_with("MATERIALIZED", dialect="postgresql")
    statement = (
        update(LANE)
        .where(LANE.c.id.in_(select(chosen.c.id)), _FREE)
        .values(leased_until=until, token=token)
        .returning(LANE.c.id)
    )
    return [row.id for row in conn.execute(statement, {"now": now})]


def attempt(conn: Connection, row: Owed, token: str, now: datetime) -> bool:
    """Counts an attempt and extends the lease; False when the lane is somebody else's by now."""
    until = now + timedelta(seconds=LEASE_SECONDS)
    held = conn.execute(_EXTEND, {"lane_id": row.lane, "mine": token, "until": until})
    if held.rowcount != 1:
        return False
    conn.execute(_ATTEMPT, {"row": row.id})
    return True


def unattempt(conn: Connection, row: Owed, token: str) -> None:
    """Takes an attempt back that is known not to have been carried out."""
    conn.execute(_UNATTEMPT, {"row": row.id, "mine": token})


def done(conn: Connection, row: Owed, token: str) -> None:
    """Settles a row that was sent, unless more was asked of it meanwhile."""
    facts = {"outcome": DONE, "why": None}
    conn.execute(_SETTLE, {"row": row.id, "mine": token, "seen": row.generation, **facts})


def drop(conn: Connection, row: Owed, token: str, reason: str) -> None:
    """Gives a row up, and says why in it."""
    facts = {"outcome": DROPPED, "why": reason}
    conn.execute(_SETTLE, {"row": row.id, "mine": token, "seen": row.generation, **facts})


def release(
    conn: Connection, lane: str, token: str, *, next_at: datetime | None, now: datetime
) -> bool:
    """Gives the lease back; whether something is due there at this moment.

    The lane is locked first: what was owed while we held it is then committed and seen. With
    `next_at` it waits until then, without it until something is owed.
    """
    conn.execute(_LOCK, {"lane_id": lane}).first()
    when: Any = next_at if next_at is not None else case((_WAITS, now), else_=None)
    statement = _GIVE_BACK.values(leased_until=None, token=None, next_at=when)
    given = conn.execute(
        statement.returning(LANE.c.next_at), {"lane_id": lane, "mine": token}
    ).first()
    return given is not None and given.next_at is not None and given.next_at <= now


def release_all(conn: Connection) -> None:
    """Gives every lease back: for a database that no other process can be using."""
    conn.execute(
        update(LANE).where(LANE.c.token.is_not(None)).values(leased_until=None, token=None)
    )


def depth(conn: Connection) -> tuple[int, datetime | None]:
    """How many posts are owed, and since when the oldest."""
    count, oldest = conn.execute(_DEPTH).one()
    return count, oldest


def _wake_lane(conn: Connection, lane: str, at: datetime) -> None:
    """Makes the lane due, unless it waits for a later moment that the platform asked for."""
    new = insert(conn, LANE).values(id=lane, next_at=at)
    waits = func.coalesce(LANE.c.next_at, new.excluded.next_at)
    conn.execute(new.on_conflict_do_update(index_elements=["id"], set_={"next_at": waits}))


def _row(
    key: str,
    lane: str,
    kind: str,
    review_id: str | None,
    slot: str | None,
    person: str | None,
    place: Place | None,
    payload: Mapping[str, Any],
    at: datetime,
) -> dict[str, Any]:
    return {
        "key": key,
        "lane": lane,
        "kind": kind,
        "review_id": review_id,
        "slot": slot,
        "person": person,
        "platform": place.platform if place else None,
        "workspace": place.workspace if place else None,
        "channel": place.channel if place else None,
        "payload": dict(payload),
        "generation": 0,
        "attempts": 0,
        "state": OWED,
        "created_at": at,
        "owed_since": at,
    }


def _owed(row: Row[Any]) -> Owed:
    place = Place(row.platform, row.workspace, row.channel) if row.platform else None
    return Owed(
        id=row.id,
        key=row.key,
        lane=row.lane,
        kind=row.kind,
        review_id=row.review_id,
        slot=row.slot,
        person=row.person,
        place=place,
        payload=dict(row.payload),
        generation=row.generation,
        attempts=row.attempts,
    )
