"""Conversations and people as activities show them: remembered, and written only when new."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection

from bot.runner import Runner
from bot.teams import payloads
from bot.teams.payloads import Json, Named
from conversations.review import Place
from storage import people, references
from storage.database import AWAY
from storage.people import Person
from storage.references import Reference

MOST = 10_000  # conversations, and people, that are kept in memory
FRESH = timedelta(days=1)  # how old `seen_at` may be before it is written again
BELIEVED = timedelta(hours=1)  # until what was read is read again: other processes write, too
# What every activity says of its conversation, and what some leave out.
_ALWAYS = attrgetter("place", "service_url", "bot", "kind")
_AT_TIMES = attrgetter("team", "aad_group", "person")
LOOKED = timedelta(minutes=1)  # until the channels' teams, which only links need, are read again


class Known:
    """What this process knows, over what the database keeps."""

    def __init__(self, runner: Runner, now: Callable[[], datetime]) -> None:
        self.runner = runner
        self.now = now
        self.groups: dict[Place, str] = {}  # of channels: the directory's ids of their teams
        self._looked: datetime | None = None
        self._places: dict[Place, tuple[Reference, datetime]] = {}  # and since when it is believed
        self._people: dict[str, Named] = {}

    async def learn(self, body: Json) -> None:
        """Notes where an activity came from. It has passed the gate."""
        seen = payloads.reference(body, self.now())
        known = self._believed(seen.place)
        if known and _same(known, seen):
            return

        def work(conn: Connection) -> Reference:
            kept = _joined(references.find(conn, seen.place), seen)
            references.put(conn, kept)
            return kept

        self._believe(await self.runner.write(work))

    async def meet(self, body: Json) -> None:
        """Notes whom an activity names that is meant for the bot: all other talk stores nobody."""
        named = [it for it in payloads.people(body) if it.name and not self._is_known(it)]
        if not named:
            return

        def work(conn: Connection) -> None:
            for one in named:
                _meet(conn, one, self.now())

        await self.runner.write(work)
        for one in named:
            _keep(self._people, one.person, one)

    async def look(self) -> None:
        """Learns which team each channel belongs to, which links have to say."""
        now = self.now()
        if self._looked is None or now - self._looked >= LOOKED:
            self._looked = now
            read = self.runner.read
            self.groups |= await read(lambda conn: references.groups(conn, payloads.PLATFORM))

    async def reference(self, place: Place) -> Reference | None:
        """How a conversation is spoken to; None for one that nothing ever came from."""
        known = self._believed(place)
        if known is None:
            known = await self.runner.read(lambda conn: references.find(conn, place))
            if known:
                self._believe(known)
        return known

    def doubt(self, place: Place) -> None:
        """Teams refused a call there: how it is spoken to is read anew before the next one."""
        self._places.pop(place, None)

    async def nearest(self, person: str, workspace: str | None) -> Reference | None:
        """The person's own conversation with the bot, or one from which it can be opened.

        That is the newest of the workspace, or of any. None: nothing ever came from Teams. While
        the database is away, their own conversation may be remembered; else that is raised.
        """

        def look(conn: Connection) -> Reference | None:
            own = references.alone_with(conn, payloads.PLATFORM, person)
            return own or references.latest(conn, payloads.PLATFORM, workspace)

        try:
            return await self.runner.read(look)
        except AWAY:
            remembered = (it for it, _ in self._places.values() if it.person == person)
            if own := next(remembered, None):
                return own
            raise

    async def opened(self, reference: Reference) -> None:
        """Notes a conversation that we opened ourselves."""
        await self.runner.write(lambda conn: references.put(conn, reference))
        self._believe(reference)

    def _believed(self, place: Place) -> Reference | None:
        """What is known of it in memory, and not too old."""
        known, since = self._places.get(place, (None, self.now()))
        return known if self.now() - since < BELIEVED else None

    def _believe(self, reference: Reference) -> None:
        _keep(self._places, reference.place, (reference, self.now()))
        if reference.aad_group:
            self.groups[reference.place] = reference.aad_group

    def _is_known(self, one: Named) -> bool:
        known = self._people.get(one.person)
        return known is not None and known.name == one.name and one.tz in {None, known.tz}


def _same(known: Reference, seen: Reference) -> bool:
    """Whether it says nothing new. What an activity leaves out was not taken back."""
    return (
        seen.seen_at - known.seen_at < FRESH
        and _ALWAYS(seen) == _ALWAYS(known)
        and all(new in {None, old} for new, old in zip(_AT_TIMES(seen), _AT_TIMES(known)))
    )


def _joined(known: Reference | None, seen: Reference) -> Reference:
    if known is None:
        return seen
    return replace(
        seen,
        team=seen.team or known.team,
        aad_group=seen.aad_group or known.aad_group,
        person=seen.person or known.person,
    )


def _meet(conn: Connection, one: Named, now: datetime) -> None:
    """Somebody as described by an activity: Teams need not be asked any more."""
    known = people.get(conn, one.person)
    tz = one.tz or (known.tz if known else None)
    met = Person(one.person, payloads.PLATFORM, one.name, tz, deleted=False, fetched_at=now)
    people.upsert(conn, met)


def _keep(kept: dict[Any, Any], key: Any, value: Any) -> None:
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > MOST:
        del kept[next(iter(kept))]
