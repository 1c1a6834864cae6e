"""Services under review: name, home channel, profile, owners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Select, bindparam, delete, inspect, or_, select, update
from sqlalchemy.exc import IntegrityError

from conversations.calendar import Every, Unit
from conversations.review import Place
from storage.database import Conflict
from storage.parts import parts
from storage.tables import ASSIGNMENT, GAP, OWNER, SERVICE
from storage.upserts import insert_new


@dataclass(frozen=True, slots=True)
class Service:
    """An LLM-backed system under review. `key` is the folded name, the identity for people."""

    id: str
    name: str
    key: str
    home: Place
    profile: dict[str, bool]
    owners: tuple[str, ...]
    created_at: datetime
    every: Every | None = None  # how often it is reviewed again; None: when somebody starts it
    every_by: str | None = None  # who said so


_BY_KEY = select(SERVICE).where(SERVICE.c.key == bindparam("k"))
_BY_ID = select(SERVICE).where(SERVICE.c.id == bindparam("id"))
_ALL = select(SERVICE).order_by(SERVICE.c.key)
AT_HOME = (
    SERVICE.c.home_platform == bindparam("p"),
    SERVICE.c.home_workspace == bindparam("w"),
    SERVICE.c.home_channel == bindparam("c"),
)
_IN_CHANNEL = _ALL.where(*AT_HOME)
_OWNED = _ALL.join(OWNER, OWNER.c.service_id == SERVICE.c.id).where(
    OWNER.c.person == bindparam("person")
)
_CONCERNING = _ALL.where(
    or_(
        SERVICE.c.id.in_(select(OWNER.c.service_id).where(OWNER.c.person == bindparam("person"))),
        SERVICE.c.id.in_(
            select(ASSIGNMENT.c.service_id).where(ASSIGNMENT.c.person == bindparam("person"))
        ),
        SERVICE.c.id.in_(select(GAP.c.service_id).where(GAP.c.owner == bindparam("person"))),
    )
)
_OWNERS = (
    select(OWNER.c.service_id, OWNER.c.person)
    .where(OWNER.c.service_id.in_(bindparam("ids", expanding=True)))
    .order_by(OWNER.c.service_id, OWNER.c.person)
)


_DISOWN = delete(OWNER).where(OWNER.c.person == bindparam("who"))
_OWNERS_BY_KEY = (
    select(SERVICE.c.key, OWNER.c.person)
    .join(OWNER, OWNER.c.service_id == SERVICE.c.id)
    .where(SERVICE.c.key.in_(bindparam("keys", expanding=True)))
    .order_by(SERVICE.c.key, OWNER.c.person)
)


def find(conn: Connection, key: str) -> Service | None:
    """The service with this folded name; None when there is none."""
    return next(iter(_services(conn, _BY_KEY, k=key)), None)


def any_stored(conn: Connection) -> bool:
    """Whether there is any, whatever the age of the schema."""
    there = inspect(conn).has_table(SERVICE.name)
    return there and conn.execute(select(SERVICE.c.id).limit(1)).first() is not None


def all_of(conn: Connection) -> list[Service]:
    """Every service, by name."""
    return _services(conn, _ALL)


def by_id(conn: Connection, service_id: str) -> Service | None:
    """The service with this id; None when there is none."""
    return next(iter(_services(conn, _BY_ID, id=service_id)), None)


def in_channel(conn: Connection, place: Place) -> list[Service]:
    """The services whose home this channel is, by name."""
    return _services(conn, _IN_CHANNEL, p=place.platform, w=place.workspace, c=place.channel)


def owned_by(conn: Connection, person: str) -> list[Service]:
    """The services that the person owns, by name."""
    return _services(conn, _OWNED, person=person)


def owners_of(conn: Connection, keys: Iterable[str]) -> dict[str, list[str]]:
    """Who owns the services with these folded names, by name; those nobody owns are left out."""
    found: dict[str, list[str]] = defaultdict(list)
    wanted = sorted(set(keys))
    for key, person in conn.execute(_OWNERS_BY_KEY, {"keys": wanted}) if wanted else ():
        found[key].append(person)
    return dict(found)


def concerning(conn: Connection, person: str) -> list[Service]:
    """The services of which the person owns something: all of it, a layer or a gap; by name."""
    return _services(conn, _CONCERNING, person=person)


def create(conn: Connection, service: Service, *, by: str) -> None:
    """Adds a service with its owners. Raises Conflict when its key is taken meanwhile."""
    row = {
        "id": service.id,
        "name": service.name,
        "key": service.key,
        "home_platform": service.home.platform,
        "home_workspace": service.home.workspace,
        "home_channel": service.home.channel,
        "profile": service.profile,
        "created_at": service.created_at,
        "created_by": by,
    }
    try:
        conn.execute(SERVICE.insert(), row)
    except IntegrityError as error:
        raise Conflict(service.key) from error
    owners = [{"service_id": service.id, "person": person} for person in service.owners]
    if owners:
        conn.execute(OWNER.insert(), owners)


def add_owner(conn: Connection, service_id: str, person: str) -> None:
    """One more owns the service, who did not yet."""
    insert_new(conn, OWNER, {"service_id": service_id, "person": person})


def disown(conn: Connection, person: str) -> list[Service]:
    """The person owns no service any more; those that were theirs, with the owners left."""
    ids = [it.id for it in owned_by(conn, person)]
    conn.execute(_DISOWN, {"who": person})
    return [it for it in (by_id(conn, it) for it in ids) if it]


def set_profile(conn: Connection, service_id: str, profile: dict[str, bool]) -> None:
    """Keeps what scoping said, for the next review."""
    conn.execute(update(SERVICE).where(SERVICE.c.id == service_id).values(profile=profile))


def set_cadence(conn: Connection, service_id: str, every: Every | None, by: str) -> None:
    """Says how often the service is reviewed again; None: only when somebody starts it."""
    said = {
        "every_number": every.number if every else None,
        "every_unit": every.unit.value if every else None,
        "every_by": by,
    }
    conn.execute(update(SERVICE).where(SERVICE.c.id == service_id).values(**said))


def set_home(conn: Connection, service_id: str, home: Place) -> None:
    """Makes another channel the service's home."""
    moved = update(SERVICE).where(SERVICE.c.id == service_id)
    conn.execute(
        moved.values(
            home_platform=home.platform,
            home_workspace=home.workspace,
            home_channel=home.channel,
        )
    )


def _services(conn: Connection, query: Select[tuple[object, ...]], **facts: str) -> list[Service]:
    rows = conn.execute(query, facts).all()
    owners: dict[str, list[str]] = defaultdict(list)
    for ids in parts([row.id for row in rows]):
        for service_id, person in conn.execute(_OWNERS, {"ids": ids}):
            owners[service_id].append(person)
    return [
        Service(
            id=row.id,
            name=row.name,
            key=row.key,
            home=Place(row.home_platform, row.home_workspace, row.home_channel),
            profile=dict(row.profile),
            owners=tuple(owners[row.id]),
            created_at=row.created_at,
            every=Every(row.every_number, Unit(row.every_unit)) if row.every_number else None,
            every_by=row.every_by,
        )
        for row in rows
    ]
