"""Learning who people are: the platform is asked once for each name that a card will show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.chat import Chat, ChatRejected, ChatUnavailable
from bot.logs import log
from bot.runner import Runner
from storage import people
from storage.people import Person

AT_ONCE = 10  # people asked for at once; the rest comes with the next card
FRESH = timedelta(days=30)  # a description that changes of the person have kept up to date
PATIENCE = 4.0  # seconds that a card waits for names, less than a lane's lease by far
AGAIN = timedelta(minutes=1)  # until somebody is asked for again whom the platform did not describe


@dataclass(frozen=True)
class Introductions:
    """Asks the platform who people are.

    A failure costs only the name: whoever could not be described is asked for again with a
    later card.
    """

    runner: Runner
    now: Callable[[], datetime]
    _failed: dict[str, datetime] = field(default_factory=dict)  # person id -> when

    async def make(self, chat: Chat, unknown: Iterable[Person]) -> bool:
        """Asks about people whom the platform was not asked about yet; whether it described any."""
        now = self.now()
        asked = [it for it in unknown if not self._just_failed(it, now)][:AT_ONCE]
        known: list[Person] = []
        if asked:
            found = await asyncio.gather(*(self._described(chat, it, now) for it in asked))
            known = [person for person in found if person is not None]
            await self.runner.write(lambda conn: _remember(conn, known))
        return bool(known)

    async def renew(self, chat: Chat, person: str) -> None:
        """Asks about the person again where that was never done, or too long ago."""
        known = await self.runner.read(lambda conn: people.get(conn, person))
        blank = Person(person, chat.platform, "", None, deleted=False, fetched_at=None)
        known, now = known or blank, self.now()
        fresh = known.fetched_at is not None and now - known.fetched_at < FRESH
        if fresh or self._just_failed(known, now):
            return
        if found := await self._described(chat, known, now):
            await self.runner.write(lambda conn: people.upsert(conn, found))

    def _just_failed(self, person: Person, now: datetime) -> bool:
        """Whether the last failure is so fresh that asking again would be of no use."""
        failed = self._failed.get(person.id)
        if failed is not None and timedelta(0) <= now - failed < AGAIN:
            return True
        self._failed.pop(person.id, None)
        return False

    async def _described(self, chat: Chat, person: Person, at: datetime) -> Person | None:
        """The person as the platform describes them; None where it does not now."""
        try:
            profile = await asyncio.wait_for(chat.profile(person.id), PATIENCE)
        except (ChatUnavailable, TimeoutError) as error:
            reason = error.reason if isinstance(error, ChatUnavailable) else "slow"
            log("profile", level="warning", person=person.id, reason=reason)
            self._failed[person.id] = at
            return None
        except ChatRejected as error:
            log("profile", level="warning", person=person.id, reason=error.reason)
            return replace(person, fetched_at=at)
        return Person(
            id=person.id,
            platform=person.platform,
            name=profile.name or person.name,
            tz=profile.tz or person.tz,
            deleted=profile.deleted,
            fetched_at=at,
            away_until=profile.away_until,
        )


def _remember(conn: Connection, known: Iterable[Person]) -> None:
    for person in known:
        people.upsert(conn, person)
