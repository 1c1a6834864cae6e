"""Gestures taken: the audit trail, and the protection from redelivery."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from storage.tables import TURN
from storage.upserts import insert_new

_LATEST = select(func.max(TURN.c.at))


def record(
    conn: Connection,
    key: str,
    at: datetime,
    person: str,
    event: str,
    review_id: str | None = None,
) -> bool:
    """Whether the gesture is new; False: it was taken before, do nothing."""
    row = {"key": key, "at": at, "person": person, "event": event, "review_id": review_id}
    return insert_new(conn, TURN, row)


def latest_at(conn: Connection) -> datetime | None:
    """When the newest one was taken; None: there is none."""
    found: datetime | None = conn.execute(_LATEST).scalar()
    return found
