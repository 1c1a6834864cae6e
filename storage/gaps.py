"""Gaps: who sees to each and until when, where people said so. A service keeps them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from conversations.review import Gap
from storage.tables import GAP as T
from storage.tables import SERVICE
from storage.upserts import put as put_rows

_OF = select(T).where(T.c.service_id.in_(bindparam("ids", expanding=True)))
_THEIRS = (
    select(SERVICE.c.key, T.c.check_id)
    .join(SERVICE, SERVICE.c.id == T.c.service_id)
    .where(T.c.owner == bindparam("who"))
    .order_by(SERVICE.c.key, T.c.check_id)
)
_TAKE_BACK = update(T).where(T.c.owner == bindparam("who")).values(owner=None)
_CLOSE = delete(T).where(T.c.service_id == bindparam("s"), T.c.check_id == bindparam("k"))


def of(conn: Connection, service_ids: Collection[str]) -> dict[str, dict[str, Gap]]:
    """What was said of gaps, by service id and check id."""
    found: dict[str, dict[str, Gap]] = defaultdict(dict)
    for row in conn.execute(_OF, {"ids": list(service_ids)}) if service_ids else ():
        found[row.service_id][row.check_id] = Gap(row.owner, row.due)
    return found


def put(
    conn: Connection, service_id: str, gaps: Mapping[str, Gap], *, by: str, at: datetime
) -> None:
    """Keeps what was said of gaps, by check id."""
    put_rows(
        conn,
        T,
        [
            {
                "service_id": service_id,
                "check_id": check,
                "owner": gap.owner,
                "due": gap.due,
                "by": by,
                "at": at,
            }
            for check, gap in gaps.items()
        ],
    )


def close(conn: Connection, service_id: str, checks: Collection[str]) -> None:
    """Forgets what was said of these, which are no gaps any more."""
    if checks:
        conn.execute(_CLOSE, [{"s": service_id, "k": check} for check in checks])


def take_back(conn: Connection, person: str) -> list[tuple[str, str]]:
    """Takes every gap back from somebody; the keys of the services and ids of the checks."""
    theirs = [(row.key, row.check_id) for row in conn.execute(_THEIRS, {"who": person})]
    if theirs:
        conn.execute(_TAKE_BACK, {"who": person})
    return theirs
