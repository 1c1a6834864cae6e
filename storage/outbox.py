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
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
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
from storage.prepared import Prepared
from storage.tables import CARD, LANE, OUTBOX
from storage.types import Utc
from storage.upserts import insert_new, insert_of

OWED, DONE, DROPPED = "owed", "done", "dropped"


@dataclass(frozen=True, slots=True)
class Owed:
    """A row as it was read.

    `generation` tells whether more was asked of it since; `since` is when it was first asked for
    after it was last sent: no attempt is older.
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
# Among edits the longest waiting comes first; posts keep the order of the thread. Somebody's own
# page is asked for again and again by the same row: it comes after what was owed before.
_RENEWED = _STANDS | (OUTBOX.c.key == "home:" + func.coalesce(OUTBOX.c.person, ""))
_WAITED = case(
    (_RENEWED, OUTBOX.c.owed_since), else_=literal(datetime(2000, 1, 1, tzinfo=UTC), Utc)
)
_SAME = OUTBOX.c.generation == bindparam("seen")
_READ = Prepared(
    select(OUTBOX)
    .where(OUTBOX.c.lane == bindparam("lane_id"), OUTBOX.c.state == OWED)
    .order_by(_RANK, _WAITED, OUTBOX.c.id)
)
_IS_OWED = Prepared(
    select(OUTBOX.c.id).where(OUTBOX.c.key == bindparam("k"), OUTBOX.c.state == OWED)
)
_DEPTH = select(func.count(), func.min(OUTBOX.c.owed_since)).where(OUTBOX.c.state == OWED)
_SETTLE = Prepared(
    update(OUTBOX)
    .where(_MINE)
    .values(
        # What was asked for meanwhile stays owed; either way this attempt's outcome is known.
        state=case((_SAME, bindparam("outcome")), else_=OUTBOX.c.state),
        reason=bindparam("why"),
        attempts=0,
    )
)
_ATTEMPT = Prepared(
    update(OUTBOX).where(OUTBOX.c.id == bindparam("row")).values(attempts=OUTBOX.c.attempts + 1)
)
_UNATTEMPT = Prepared(
    update(OUTBOX).where(_MINE, OUTBOX.c.attempts > 0).values(attempts=OUTBOX.c.attempts - 1)
)
_KNOWN = Prepared(
    select(OUTBOX.c.id).where(OUTBOX.c.key == bindparam("k"), or_(OUTBOX.c.state == OWED, _STANDS))
)


def _asked_again(at: ColumnElement[datetime]) -> dict[str, Any]:
    """What changes in a row whose message is wanted anew."""
    since = case((OUTBOX.c.state == OWED, OUTBOX.c.owed_since), else_=at)
    return {"state": OWED, "owed_since": since, "generation": OUTBOX.c.generation + 1}


_TOUCH = Prepared(
    update(OUTBOX)
    .where(OUTBOX.c.id == bindparam("row"))
    .values(**_asked_again(bindparam("at", type_=Utc)))
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
    _showing(conn.dialect.name).run(conn, row)


def show_cards(
    conn: Connection,
    *,
    keys: Mapping[str, str],
    lane: str,
    kind: str,
    review_id: str,
    place: Place,
    payload: Mapping[str, Any],
    at: datetime,
) -> None:
    """The same of several cards of a review. `keys` by slot, in the order of the thread."""
    lanes.wake(conn, lane, at)
    rows = [
        _row(key, lane, kind, review_id, slot, None, place, payload, at)
        for slot, key in keys.items()
    ]
    _showing(conn.dialect.name).run_all(conn, rows)


@cache
def _showing(dialect: str) -> Prepared:
    new = insert_of(dialect, OUTBOX)
    changed = {
        **_asked_again(new.excluded.owed_since),
        **{name: new.excluded[name] for name in ("platform", "workspace", "channel")},
        "payload": new.excluded.payload,
    }
    return Prepared(new.on_conflict_do_update(index_elements=["key"], set_=changed).inline())


def touch(conn: Connection, *, key: str, lane: str, at: datetime) -> bool:
    """Owes the newest state of a card that stands or is on its way; False where it does not."""
    known = _KNOWN.first(conn, {"k": key})
    if known is None:
        return False
    lanes.wake(conn, lane, at)
    _TOUCH.run(conn, {"row": known.id, "at": at})
    return True


def is_owed(conn: Connection, key: str) -> bool:
    """Whether the message still waits to be sent."""
    return _IS_OWED.first(conn, {"k": key}) is not None


def owed(conn: Connection, lane: str) -> list[Owed]:
    """What waits in a lane, in the order in which it is to leave."""
    return [_owed(row) for row in _READ.rows(conn, {"lane_id": lane})]


def attempt(conn: Connection, row: Owed, token: str, now: datetime) -> bool:
    """Counts an attempt and extends the lease; False when the lane is somebody else's by now."""
    held = lanes.extend(conn, row.lane, token, now)
    if held:
        _ATTEMPT.run(conn, {"row": row.id})
    return held


def unattempt(conn: Connection, row: Owed, token: str) -> None:
    """Takes an attempt back that is known not to have been carried out."""
    _UNATTEMPT.run(conn, {"row": row.id, "mine": token})


def done(conn: Connection, row: Owed, token: str) -> None:
    """Settles a row that was sent, unless more was asked of it meanwhile."""
    facts = {"outcome": DONE, "why": None}
    _SETTLE.run(conn, {"row": row.id, "mine": token, "seen": row.generation, **facts})


def drop(conn: Connection, row: Owed, token: str, reason: str) -> None:
    """Gives a row up, and says why in it."""
    facts = {"outcome": DROPPED, "why": reason}
    _SETTLE.run(conn, {"row": row.id, "mine": token, "seen": row.generation, **facts})


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


def _owed(row: Any) -> Owed:
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
