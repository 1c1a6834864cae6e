"""Layers handed to people: a service keeps them from one review to the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from storage.tables import ASSIGNMENT, SERVICE
from storage.upserts import put

_THEIRS = (
    select(SERVICE.c.key, ASSIGNMENT.c.layer_id)
    .join(SERVICE, SERVICE.c.id == ASSIGNMENT.c.service_id)
    .where(ASSIGNMENT.c.person == bindparam("who"))
    .order_by(SERVICE.c.key, ASSIGNMENT.c.layer_id)
)
_TAKE_BACK = delete(ASSIGNMENT).where(ASSIGNMENT.c.person == bindparam("who"))


def hand_over(
    conn: Connection, service_id: str, people: Mapping[str, str], *, by: str, at: datetime
) -> None:
    """Hands layers, by their ids, to people."""
    put(
        conn,
        ASSIGNMENT,
        [
            {"service_id": service_id, "layer_id": layer, "person": person, "by": by, "at": at}
            for layer, person in people.items()
        ],
    )


def take_back(conn: Connection, person: str) -> list[tuple[str, str]]:
    """Takes everything back from somebody; the keys of the services and ids of the layers."""
    theirs = [(row.key, row.layer_id) for row in conn.execute(_THEIRS, {"who": person})]
    if theirs:
        conn.execute(_TAKE_BACK, {"who": person})
    return theirs
