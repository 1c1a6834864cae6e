"""How conversations can be spoken to: learned from what their platform sends, and kept.

Written from requests whose sender was checked, and from no others: our token goes to the address
that stands here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, bindparam, select

from conversations.review import Place
from storage.tables import REFERENCE as T
from storage.upserts import put as put_rows

Kind = Literal["personal", "channel", "group"]


@dataclass(frozen=True, slots=True)
class Reference:
    """One conversation. `service_url` is where its platform is called, `bot` who we are there.

    `team` and `aad_group` (its id in the directory) for channels; `person` for the conversation
    of one person and the bot.
    """

    place: Place
    service_url: str
    bot: str
    kind: Kind
    seen_at: datetime
    team: str | None = None
    aad_group: str | None = None
    person: str | None = None


_PLATFORM = T.c.platform == bindparam("p")
_WORKSPACE = T.c.workspace == bindparam("w")
_NEWEST = select(T).order_by(T.c.seen_at.desc(), T.c.channel)
_HERE = select(T).where(_PLATFORM, _WORKSPACE, T.c.channel == bindparam("c"))
_LATEST = _NEWEST.where(_PLATFORM)
_IN_WORKSPACE = _LATEST.where(_WORKSPACE)
_OF_TEAM = _NEWEST.where(_PLATFORM, _WORKSPACE, T.c.team == bindparam("t"))
_GROUPS = select(T.c.workspace, T.c.channel, T.c.aad_group).where(
    _PLATFORM, T.c.aad_group.is_not(None)
)
_ALONE_WITH = _NEWEST.where(_PLATFORM, T.c.person == bindparam("person"))


def find(conn: Connection, place: Place) -> Reference | None:
    """The conversation; None for one that nobody has spoken in yet."""
    return _first(conn, _HERE, p=place.platform, w=place.workspace, c=place.channel)


def latest(conn: Connection, platform: str, workspace: str | None = None) -> Reference | None:
    """The conversation seen last, in that workspace or in any; None where there is none."""
    if workspace is None:
        return _first(conn, _LATEST, p=platform)
    return _first(conn, _IN_WORKSPACE, p=platform, w=workspace)


def of_team(conn: Connection, platform: str, workspace: str, team: str) -> list[Reference]:
    """The channels of a team, the one seen last first."""
    rows = conn.execute(_OF_TEAM, {"p": platform, "w": workspace, "t": team})
    return [_reference(row) for row in rows]


def groups(conn: Connection, platform: str) -> dict[Place, str]:
    """The directory's id of the team of each channel, where it is known."""
    rows = conn.execute(_GROUPS, {"p": platform})
    return {Place(platform, row.workspace, row.channel): row.aad_group for row in rows}


def alone_with(conn: Connection, platform: str, person: str) -> Reference | None:
    """The conversation of that person and the bot; None where they have none."""
    return _first(conn, _ALONE_WITH, p=platform, person=person)


def put(conn: Connection, reference: Reference) -> None:
    """Remembers the conversation as it is now."""
    row = {
        "platform": reference.place.platform,
        "workspace": reference.place.workspace,
        "channel": reference.place.channel,
        "service_url": reference.service_url,
        "bot": reference.bot,
        "kind": reference.kind,
        "team": reference.team,
        "aad_group": reference.aad_group,
        "person": reference.person,
        "seen_at": reference.seen_at,
    }
    put_rows(conn, T, [row])


def _first(conn: Connection, query: Select[Any], **facts: str) -> Reference | None:
    row = conn.execute(query.limit(1), facts).first()
    return _reference(row) if row else None


def _reference(row: Row[Any]) -> Reference:
    return Reference(
        Place(row.platform, row.workspace, row.channel),
        row.service_url,
        row.bot,
        row.kind,
        row.seen_at,
        row.team,
        row.aad_group,
        row.person,
    )
