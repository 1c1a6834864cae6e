"""Channels in which nothing can be posted any more, and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from conversations.review import Place
from storage.prepared import Prepared
from storage.tables import STOPPED_PLACE as T
from storage.upserts import insert_new

_HERE = (
    (T.c.platform == bindparam("p"))
    & (T.c.workspace == bindparam("w"))
    & (T.c.channel == bindparam("c"))
)
_REASON = Prepared(select(T.c.reason).where(_HERE))
_RESUME = delete(T).where(_HERE)


def stopped(conn: Connection, place: Place) -> str | None:
    """Why nothing is posted there; None where posting goes on."""
    row = _REASON.first(conn, _key(place))
    return row.reason if row else None


def stop(conn: Connection, place: Place, reason: str, at: datetime) -> bool:
    """Stops posting there; whether that is news."""
    where = {"platform": place.platform, "workspace": place.workspace, "channel": place.channel}
    return insert_new(conn, T, {**where, "reason": reason, "at": at})


def resume(conn: Connection, place: Place) -> bool:
    """Posts there again; whether it had been stopped."""
    return conn.execute(_RESUME, _key(place)).rowcount > 0


def _key(place: Place) -> dict[str, str]:
    return {"p": place.platform, "w": place.workspace, "c": place.channel}
