"""The weekly scorecards of channels: when each is posted, and what the last one said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, delete, select

from conversations.calendar import Weekly
from conversations.review import Place
from storage.prepared import Prepared
from storage.quickjson import loads
from storage.services import AT_HOME
from storage.tables import SERVICE, WEEK, WEEKLY
from storage.upserts import insert_new
from storage.upserts import put as put_rows

_HERE = (
    (WEEKLY.c.platform == bindparam("p"))
    & (WEEKLY.c.workspace == bindparam("w"))
    & (WEEKLY.c.channel == bindparam("c"))
)
_RULE = select(WEEKLY).where(_HERE)
_OFF = delete(WEEKLY).where(_HERE)
# A look for each service: the table may hold years of weeks, and databases would read all of it.
_LAST = (
    select(cast(WEEK.c.data, Text))
    .where(WEEK.c.service_id == SERVICE.c.id, WEEK.c.day <= bindparam("until"))
    .order_by(WEEK.c.day.desc())
    .limit(1)
    .scalar_subquery()
)
_BEFORE = select(SERVICE.c.id, _LAST.label("data"))
_BEFORE_ALL, _BEFORE_HERE = Prepared(_BEFORE), Prepared(_BEFORE.where(*AT_HOME))


def put(conn: Connection, place: Place, rule: Weekly, *, by: str, at: datetime) -> None:
    """Sets when the channel gets its scorecard."""
    row = {
        "platform": place.platform,
        "workspace": place.workspace,
        "channel": place.channel,
        "weekday": rule.weekday,
        "hour": rule.hour,
        "minute": rule.minute,
        "zone": rule.zone,
        "by": by,
        "at": at,
    }
    put_rows(conn, WEEKLY, [row])


def rule(conn: Connection, place: Place) -> Weekly | None:
    """When the channel gets its scorecard; None: never."""
    row = conn.execute(_RULE, _key(place)).first()
    return Weekly(row.weekday, row.hour, row.minute, row.zone) if row else None


def off(conn: Connection, place: Place) -> bool:
    """No weekly scorecard there any more; whether there was one."""
    return conn.execute(_OFF, _key(place)).rowcount > 0


def keep(conn: Connection, service_id: str, day: date, data: Mapping[str, Any]) -> None:
    """Keeps where a service stood on a day; what is kept already stays."""
    insert_new(conn, WEEK, {"service_id": service_id, "day": day.isoformat(), "data": dict(data)})


def before(conn: Connection, until: date, place: Place | None = None) -> dict[str, dict[str, Any]]:
    """Where the services of a channel (or all) stood on the newest day kept up to then, by id."""
    day = {"until": until.isoformat()}
    rows = _BEFORE_HERE.rows(conn, day | _key(place)) if place else _BEFORE_ALL.rows(conn, day)
    return {service_id: loads(data) for service_id, data in rows if data is not None}


def _key(place: Place) -> dict[str, str]:
    return {"p": place.platform, "w": place.workspace, "c": place.channel}
