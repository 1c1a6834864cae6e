"""Reading for the command line: makes no file, changes no schema, takes one state."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.config import Settings, load
from bot.posts import place_of
from bot.scenes import Scenes
from bot.schedule import KIND as REREVIEW
from bot.weekly import KIND as WEEKLY
from conversations.checklist import Checklist, packaged
from conversations.scoring import Thresholds
from conversations.standing import Stand
from conversations.text import and_more, fold
from conversations.views import Scene
from conversations.views.forms import PLAIN
from storage import due, people, reviews, services, standings
from storage.database import Database, Outdated, missing_file, unreachable
from storage.due import Plan
from storage.migrating import schema_state
from storage.services import Service


@dataclass(frozen=True, slots=True)
class Listing:
    """All services by name, where those with a review stand, the owners' names."""

    services: list[Service] = field(default_factory=list)
    stands: list[Stand] = field(default_factory=list)
    names: Mapping[str, str] = field(default_factory=dict)
    again: Mapping[str, datetime] = field(default_factory=dict)  # service id -> next re-review
    checklist: Checklist = field(default_factory=packaged)


@dataclass(frozen=True, slots=True)
class Planned:
    """Something that happens by itself. `name`: what it is about, as people call it."""

    plan: Plan
    name: str


def listing() -> Listing:
    """What there is. Raises BadSettings, Unreachable, Outdated."""
    with _reading() as (conn, scenes):
        if conn is None:
            return Listing()
        known = services.all_of(conn)
        names = people.names(conn, {person for it in known for person in it.owners})
        again = {it.subject: it.at for it in due.planned(conn) if it.kind == REREVIEW}
        stands = standings.of(conn, scenes.yardstick)
        return Listing(known, stands, names, again, scenes.checklist)


def planned() -> list[Planned]:
    """What happens by itself, the next first. Raises like `listing`."""
    with _reading() as (conn, _):
        if conn is None:
            return []
        plans = due.planned(conn)
        known = services.all_of(conn)
        called = {it.id: it.name for it in known}
        called |= people.names(conn, {it.subject for it in plans})
        called |= {it.subject: _channel(it.subject, known) for it in plans if it.kind == WEEKLY}
        return [Planned(it, called.get(it.subject, it.subject)) for it in plans]


def newest(service: str) -> Scene | None:
    """The service's newest review; None where there is none. Raises like `listing`."""
    with _reading() as (conn, scenes):
        review = reviews.latest_of(conn, fold(service)) if conn else None
        return scenes.of(conn, review, PLAIN) if conn and review else None


def _channel(key: str, known: Sequence[Service]) -> str:
    """A channel by those of the services that live there: its own name is never stored."""
    place = place_of(key)
    here = [it.name for it in known if it.home == place]
    return f"channel of {and_more(here)}" if here else f"channel {place.channel}"


@contextmanager
def _reading() -> Iterator[tuple[Connection | None, Scenes]]:
    """None for the connection where nothing was ever stored."""
    settings = load()
    scenes = _scenes(settings)
    database = Database(settings.database_url)
    try:
        state = "absent" if missing_file(database) else schema_state(database)
        if state == "absent" and database.sqlite:
            yield None, scenes
        elif state != "current":
            raise Outdated(state)
        else:
            with database.read() as conn:
                yield conn, scenes
    except (DBAPIError, sqlite3.Error) as error:
        raise unreachable(database, error) from error
    finally:
        database.close()


def _scenes(settings: Settings) -> Scenes:
    checklist = replace(packaged(), due_days=settings.due_days)
    return Scenes(checklist, {}, Thresholds(settings.ready_overall, settings.ready_layer))
