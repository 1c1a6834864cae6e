"""The weekly scorecards of channels: when each is posted, and what the last one said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select

from conversations.calendar import Weekly
from conversations.review import Place
from storage.tables import WEEK, WEEKLY
from storage.upserts import insert_new
from storage.upserts import put as put_rows

_HERE = (
    (WEEKLY.c.platform == bindparam("p"))
    & (WEEKLY.c.workspace == bindparam("w"))
    & (WEEKLY.c.channel == bindparam("c"))
)
_RULE = select(WEEKLY).where(_HERE)
_OFF = delete(WEEKLY).where(_HERE)
_NEWEST = (
    select(WEEK.c.service_id, func.max(WEEK.c.day).label("day"))
    .where(
        WEEK.c.service_id.in_(bindparam("ids", expanding=True)), WEEK.c.day <= bindparam("until")
    )
    .group_by(WEEK.c.service_id)
    .subquery()
)
_BEFORE = select(WEEK).join(
    _NEWEST, (_NEWEST.c.service_id == WEEK.c.service_id) & (_NEWEST.c.day == WEEK.c.day)
)


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


def before(
    conn: Connection, service_ids: Collection[str], until: date
) -> dict[str, tuple[date, dict[str, Any]]]:
    """Where services stood on the newest day that is kept up to then, by service id."""
    if not service_ids:
        return {}
    rows = conn.execute(_BEFORE, {"ids": list(service_ids), "until": until.isoformat()})
    return {row.service_id: (date.fromisoformat(row.day), row.data) for row in rows}


def _key(place: Place) -> dict[str, str]:
    return {"p": place.platform, "w": place.workspace, "c": place.channel}
