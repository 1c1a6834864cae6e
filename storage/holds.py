"""Messages in whose place somebody fills in a form: an edit would take it away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, select

from conversations.review import Place
from storage.prepared import Prepared
from storage.tables import HOLD as T
from storage.upserts import put

_MESSAGE = (
    (T.c.platform == bindparam("p"))
    & (T.c.workspace == bindparam("w"))
    & (T.c.channel == bindparam("c"))
    & (T.c.message == bindparam("m"))
)
_UNTIL = Prepared(select(func.max(T.c.until).label("until")).where(_MESSAGE))
_END = delete(T).where(_MESSAGE, T.c.person == bindparam("person"))
_TIDY = delete(T).where(T.c.until <= bindparam("now"))


def begin(conn: Connection, place: Place, message: str, person: str, until: datetime) -> None:
    """The person opened a form there."""
    row = {"platform": place.platform, "workspace": place.workspace, "channel": place.channel}
    put(conn, T, [{**row, "message": message, "person": person, "until": until}])


def end(conn: Connection, place: Place, message: str, person: str) -> None:
    """The person sent the form, or gave it up."""
    conn.execute(_END, {**_key(place, message), "person": person})


def until(conn: Connection, place: Place, message: str) -> datetime | None:
    """Until when the message is not edited, for anybody's sake; may be past. None: nobody's."""
    row = _UNTIL.first(conn, _key(place, message))
    return row.until if row else None


def tidy(conn: Connection, now: datetime) -> None:
    """Drops what is over: forms that somebody opened and never came back to."""
    conn.execute(_TIDY, {"now": now})


def _key(place: Place, message: str) -> dict[str, str]:
    return {"p": place.platform, "w": place.workspace, "c": place.channel, "m": message}
