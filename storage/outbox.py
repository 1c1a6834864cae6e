"""Posts owed, in lanes (storage/lanes.py).

A row stands for one message. Asking for the same card again makes its row owed again: only the
newest state is worth sending. `attempts` counts calls whose outcome is not known.

Locks are taken in one order everywhere, so that nobody waits in a circle: review, card, lane,
row of the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    update,
)

from conversations.effects import ROOT
from conversations.review import Place
from storage import lanes
from storage.tables import CARD, LANE, OUTBOX
from storage.types import Utc
from storage.upserts import insert, insert_new

OWED, DONE, DROPPED = "owed", "done", "dropped"


@dataclass(frozen=True, slots=True)
class Owed:
    """A row as it was read. `generation` tells whether more was asked of it since; `since` is when

    it was first asked for after it was last sent: no attempt is older.
    """

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
    since: datetime


_MINE = (OUTBOX.c.id == bindparam("row")) & exists().where(
    LANE.c.id == OUTBOX.c.lane, LANE.c.token == bindparam("mine")
)
_IS_ROOT = func.coalesce(OUTBOX.c.slot, "") == ROOT
_STANDS = exists().where(CARD.c.review_id == OUTBOX.c.review_id, CARD.c.slot == OUTBOX.c.slot)
# A card that stands is edited before new ones are posted: somebody has pressed it. A root opens
# the thread of all others, so its post comes first; its edit, which nobody waits for, comes last.
_RANK = case((_STANDS, case((_IS_ROOT, 3), else_=1)), else_=case((_IS_ROOT, 0), else_=2))
# Among edits the longest waiting comes first; posts keep the order of the thread.
_WAITED = case((_STANDS, OUTBOX.c.owed_since), else_=literal(datetime(2000, 1, 1, tzinfo=UTC), Utc))
_SAME = OUTBOX.c.generation == bindparam("seen")
_READ = (
    select(OUTBOX)
    .where(OUTBOX.c.lane == bindparam("lane_id"), OUTBOX.c.state == OWED)
    .order_by(_RANK, _WAITED, OUTBOX.c.id)
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
_KNOWN = select(OUTBOX.c.id).where(
    OUTBOX.c.key == bindparam("k"), or_(OUTBOX.c.state == OWED, _STANDS)
)
_OLD = (
    select(OUTBOX.c.id)
    .where(
        OUTBOX.c.kind == bindparam("what"),
        OUTBOX.c.state != OWED,
        OUTBOX.c.owed_since < bindparam("before"),
    )
    .order_by(OUTBOX.c.id)
    .limit(bindparam("most"))
)
_TIDY = delete(OUTBOX).where(OUTBOX.c.id.in_(_OLD))


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
    lanes.wake(conn, lane, at)
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
    lanes.wake(conn, lane, at)
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
    """Owes the newest state of a card that stands or is on its way; False where it does not."""
    known = conn.execute(_KNOWN, {"k": key}).scalar()
    if known is None:
        return False
    lanes.wake(conn, lane, at)
    conn.execute(
        update(OUTBOX)
        .where(OUTBOX.c.id == known)
        .values(
            state=OWED,
            owed_since=case((OUTBOX.c.state == OWED, OUTBOX.c.owed_since), else_=at),
            generation=OUTBOX.c.generation + 1,
        )
    )
    return True


def is_owed(conn: Connection, key: str) -> bool:
    """Whether the message still waits to be sent."""
    return conn.execute(_IS_OWED, {"k": key}).first() is not None


def owed(conn: Connection, lane: str) -> list[Owed]:
    """What waits in a lane, in the order in which it is to leave."""
    return [_owed(row) for row in conn.execute(_READ, {"lane_id": lane})]


def attempt(conn: Connection, row: Owed, token: str, now: datetime) -> bool:
    """Counts an attempt and extends the lease; False when the lane is somebody else's by now."""
    held = lanes.extend(conn, row.lane, token, now)
    if held:
        conn.execute(_ATTEMPT, {"row": row.id})
    return held


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


def tidy(conn: Connection, *, kind: str, before: datetime, most: int) -> int:
    """Deletes up to `most` settled rows of a kind that were asked for before that; how many."""
    return conn.execute(_TIDY, {"what": kind, "before": before, "most": most}).rowcount


def depth(conn: Connection) -> tuple[int, datetime | None]:
    """How many posts are owed, and since when the oldest."""
    count, oldest = conn.execute(_DEPTH).one()
    return count, oldest


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
        since=row.owed_since,
    )
