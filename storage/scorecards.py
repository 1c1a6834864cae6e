"""Scorecards as stored at one moment: facts that no later answer changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from storage.tables import SCORECARD as T
from storage.upserts import insert_new

_OF = select(T.c.data).where(T.c.review_id == bindparam("review")).order_by(T.c.closing)


def store(
    conn: Connection, review_id: str, closing: int, at: datetime, data: Mapping[str, Any]
) -> None:
    """Keeps the scorecard of the review's n-th closing; one kept already stays."""
    row = {"review_id": review_id, "closing": closing, "at": at, "data": dict(data)}
    insert_new(conn, T, row)


def of(conn: Connection, review_id: str) -> list[dict[str, Any]]:
    """The scorecards of a review, one a closing, oldest first."""
    return [row.data for row in conn.execute(_OF, {"review": review_id})]
