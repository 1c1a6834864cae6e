"""Where services stand: kept with each finished review, so that nobody has to count its answers.

A row counts only while its version is the review's and its basis is ours. Whoever changes a review
without writing one (a process of the release before, or of other settings) thereby ends it. What
has no row that counts is counted from its answers, as ever.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, and_, bindparam, cast, func, or_, select

from conversations.review import Place, Review, State
from conversations.scoring import Readiness
from conversations.standing import Facts, Stand, Yardstick
from storage import reviews
from storage.parts import parts
from storage.prepared import Prepared
from storage.quickjson import loads
from storage.services import AT_HOME
from storage.tables import REVIEW, SERVICE
from storage.tables import STANDING as T
from storage.upserts import put as put_rows

OPEN = State.OPEN.value
_READINESS = {it.value: it for it in Readiness}
_ANY = REVIEW.alias("any")
_NEW = REVIEW.alias("newest")
_OLD = REVIEW.alias("earlier")  # by which a service stands while its re-review is open
_NEWEST = (
    select(_ANY.c.id)
    .where(_ANY.c.service_id == SERVICE.c.id)
    .order_by(_ANY.c.started_at.desc(), _ANY.c.id.desc())
    .limit(1)
    .scalar_subquery()
)


def _of_both(column: str) -> Any:
    return func.coalesce(_OLD.c[column], _NEW.c[column])


_VALID = and_(
    T.c.review_id == _of_both("id"),
    T.c.version == _of_both("version"),
    T.c.basis == bindparam("basis"),
    # Gaps are the service's: a re-review that was closed once has changed those of the one before.
    or_(_NEW.c.state == State.FINISHED.value, _NEW.c.closings == 0),
)


def _stands(*where: ColumnElement[bool]) -> Prepared:
    here = select(SERVICE.c.id, SERVICE.c.key, SERVICE.c.name, _NEWEST.label("newest"))
    # PostgreSQL would otherwise look for the newest twice, once for each side of the join.
    known = here.where(*where).cte("known").prefix_with("MATERIALIZED", dialect="postgresql")
    return Prepared(
        select(
            known.c.id,
            known.c.key,
            known.c.name,
            _of_both("id").label("review"),
            _of_both("state").label("state"),
            _of_both("started_at").label("started_at"),
            _of_both("finished_at").label("finished_at"),
            _OLD.c.id.label("earlier"),
            cast(T.c.data, Text).label("data"),
        )
        .select_from(known)
        .join(_NEW, _NEW.c.id == known.c.newest)
        .outerjoin(_OLD, and_(_OLD.c.id == _NEW.c.previous, _NEW.c.state == State.OPEN.value))
        .outerjoin(T, _VALID)
    )


_HOLD = (
    select(REVIEW.c.id)
    .where(REVIEW.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(REVIEW.c.id)
    .with_for_update(read=True, key_share=True)  # as the row's foreign key would
)
_EVERYWHERE, _IN_CHANNEL = _stands(), _stands(*AT_HOME)


def of(conn: Connection, by: Yardstick, place: Place | None = None) -> list[Stand]:
    """Where the services stand whose home this channel is, or all of them; in no order.

    Those without a review are left out.
    """
    rows = _rows(conn, by, place)
    counted = {it.id: by.facts(it) for it in _to_count(conn, rows)}
    return [
        Stand(
            service,
            key,
            name,
            review,
            state == OPEN,
            started_at,
            finished_at,
            earlier is not None,
            counted[review] if data is None else _facts(data),
        )
        for service, key, name, review, state, started_at, finished_at, earlier, data in rows
    ]


def keep(conn: Connection, by: Yardstick, review_id: str) -> None:
    """Keeps where a service stands by its review, as it is stored; of an open one nothing."""
    review = reviews.load(conn, review_id)
    if review and not review.open:
        put_rows(conn, T, [_row(by, review)])


def fill(conn: Connection, by: Yardstick, place: Place | None = None) -> int:
    """Keeps what `of` would have to count of finished reviews; how many they are."""
    rows = [it for it in _rows(conn, by, place) if it.state == State.FINISHED.value]
    # A turn that is changing one of them keeps its own row: it is waited for before ours is there.
    for some in parts(_uncounted(rows)):
        conn.execute(_HOLD, {"ids": some})
    missing = [_row(by, it) for it in _to_count(conn, rows)]
    put_rows(conn, T, sorted(missing, key=lambda it: str(it["review_id"])))
    return len(missing)


def _rows(conn: Connection, by: Yardstick, place: Place | None) -> list[Any]:
    if place is None:
        return _EVERYWHERE.rows(conn, {"basis": by.mark})
    here = {"p": place.platform, "w": place.workspace, "c": place.channel}
    return _IN_CHANNEL.rows(conn, {"basis": by.mark} | here)


def _uncounted(rows: Sequence[Any]) -> list[str]:
    """The reviews of rows without facts that count, in one order for all transactions."""
    return sorted(row.review for row in rows if row.data is None)


def _to_count(conn: Connection, rows: Sequence[Any]) -> Iterator[Review]:
    """Those reviews, to be counted."""
    return reviews.by_ids(conn, _uncounted(rows))


def _facts(data: str) -> Facts:
    known = loads(data)
    known["readiness"] = _READINESS[known["readiness"]]
    return Facts(**known)


def _row(by: Yardstick, review: Review) -> dict[str, Any]:
    return {
        "review_id": review.id,
        "version": review.version,
        "basis": by.mark,
        "data": by.facts(review)._asdict(),
    }
