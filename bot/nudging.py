"""Nudges, decided: who is reminded of what, at which hour.

They are drawn and sent by bot/digests.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot import posts
from bot.chat import Chat, ChatRejected
from bot.duework import Done
from bot.introductions import Introductions
from bot.logs import log
from bot.reminders import KIND, Reminders
from bot.runner import Runner
from bot.standing import left
from bot.turn import Turns
from conversations.calendar import is_working_day, wall
from conversations.ladder import WEEK, room_from
from conversations.nudging import Concern, Found, Item
from conversations.workhours import is_decent
from storage import due, nudges, people
from storage.due import Plan

ASKED_TOGETHER = 50  # people of whom the platform is asked at once whether they want to be left
FRESH = timedelta(minutes=10)  # how long the answer counts
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Nudging:
    """The due work of one person: looks, and owes a reminder where the hour is right."""

    runner: Runner
    turns: Turns
    reminders: Reminders
    introductions: Introductions
    chats: Mapping[str, Chat]
    now: Callable[[], datetime]
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _quiet: dict[str, tuple[datetime, datetime | None]] = field(default_factory=dict)

    async def prepare(self, plan: Plan) -> datetime | None:
        """Until when the person does not want to be disturbed; None: they may be.

        Nobody is asked about people who are not to be reminded of anything.
        """
        person = plan.subject
        chat = self.chats.get(person.partition(":")[0])
        if chat is None or not await self.runner.read(lambda conn: self._is_wanted(conn, person)):
            return None
        await chat.ready()
        await self.introductions.renew(chat, person)
        return await self._left_alone(chat, person)

    def carry_out(self, conn: Connection, plan: Plan, prepared: datetime | None) -> Done:
        """Owes the person's reminder, and plans the next look."""
        person, now = plan.subject, self.now()
        known = people.get(conn, person)
        if known and known.deleted:
            return Done(lanes=left(conn, self.turns, person, now), skipped="left")
        if person.partition(":")[0] not in self.chats:
            return Done(self.reminders.planned(conn, person, now + DAY), skipped="unreachable")
        concerns, snoozed = self._awake(conn, person, now)
        found = self.reminders.look(conn, person, concerns, now)
        if not found.items:
            why = "snoozed" if snoozed else "nothing_due"
            moments = [found.next_at, *snoozed.values()]
            return Done(self._next(conn, person, moments, concerns), skipped=why)
        away = known.away_until if known else None
        if not_now := self._not_now(conn, person, now, away, prepared):
            reason, until = not_now
            return Done(self.reminders.planned(conn, person, until, concerns), skipped=reason)
        return self._remind(conn, person, concerns, found, snoozed, now)

    def _remind(
        self,
        conn: Connection,
        person: str,
        concerns: list[Concern],
        found: Found,
        snoozed: Mapping[str, datetime],
        now: datetime,
    ) -> Done:
        today = wall(now, self.reminders.zones.of_person(conn, person)).date()
        key = f"nudge:{person}:{today}"
        items = [_kept(item) for item in found.items]
        if not nudges.add(conn, key, person, now, items):  # one a day
            tomorrow = self.reminders.planned(conn, person, now + DAY, concerns)
            return Done(tomorrow, skipped="cap")
        nudges.climb(conn, person, {it.subject: it.rung for it in found.items}, now)
        after = self.reminders.look(conn, person, concerns, now)
        following = self._next(conn, person, [after.next_at, *snoozed.values()], concerns)
        return Done(following, frozenset({posts.nudge(conn, key, person, now)}))

    def _not_now(
        self,
        conn: Connection,
        person: str,
        now: datetime,
        away: datetime | None,
        quiet: datetime | None,
    ) -> tuple[str, datetime] | None:
        """Why the person is not written to now, and from when on it is worth looking again."""
        zone = self.reminders.zones.of_person(conn, person)
        holidays = self.reminders.holidays.of(zone)
        room = room_from(nudges.since(conn, person, now - WEEK), now, self.reminders.policy.most)
        if away and away > now:
            return "away", away
        if room > now:
            return "cap", room
        if not is_decent(now, zone, holidays):
            day = wall(now, zone).date()
            works = is_working_day(day, holidays)
            return "night" if works else "weekend" if not is_working_day(day) else "holiday", now
        if quiet and quiet > now:
            return "dnd", quiet
        return None

    def _awake(
        self, conn: Connection, person: str, now: datetime
    ) -> tuple[list[Concern], dict[str, datetime]]:
        """The person's services that are not snoozed, and until when the others are."""
        all_of = self.reminders.concerns(conn, person)
        silenced = nudges.snoozed(conn, person, now)
        concerns = [it for it in all_of if it.review.service_key not in silenced]
        keys = {it.review.service_key for it in all_of}
        return concerns, {key: until for key, until in silenced.items() if key in keys}

    def _is_wanted(self, conn: Connection, person: str) -> bool:
        """Whether there is anything to remind the person of, at an hour that would do."""
        now = self.now()
        concerns, _ = self._awake(conn, person, now)
        if not self.reminders.look(conn, person, concerns, now).items:
            return False
        known = people.get(conn, person)
        away = known.away_until if known and known.fetched_at else None
        return self._not_now(conn, person, now, away, None) is None

    def _next(
        self,
        conn: Connection,
        person: str,
        moments: list[datetime | None],
        concerns: list[Concern],
    ) -> Plan | None:
        first = min((it for it in moments if it), default=None)
        return self.reminders.planned(conn, person, first, concerns) if first else None

    async def _left_alone(self, chat: Chat, person: str) -> datetime | None:
        """Until when; asked together with others who are due at the same time."""
        async with self._asking:
            now = self.now()
            known = self._quiet.get(person)
            if known is None or not timedelta(0) <= now - known[0] < FRESH:
                await self._ask(chat, person, now)
            return self._quiet[person][1]

    async def _ask(self, chat: Chat, person: str, now: datetime) -> None:
        waiting = await self.runner.read(
            lambda conn: due.waiting(conn, KIND, now, ASKED_TOGETHER * 10)
        )
        others = (it for it in waiting if it.partition(":")[0] == chat.platform)
        fresh = {it for it, (at, _) in self._quiet.items() if timedelta(0) <= now - at < FRESH}
        asked = list(dict.fromkeys((person, *(it for it in others if it not in fresh))))
        asked = asked[:ASKED_TOGETHER]
        try:
            found = await chat.quiet(asked, now)
        except ChatRejected as error:  # an installation from before the scope was asked for
            log("quiet_unknown", level="warning", reason=error.reason)
            found = {}
        for key in self._quiet.keys() - fresh:
            del self._quiet[key]
        self._quiet.update({it: (now, found.get(it)) for it in asked})


def _kept(item: Item) -> dict[str, Any]:
    """An item as it is stored with the nudge."""
    facts = asdict(item)
    return {name: facts[name] for name in ("review", "subject", "rung", "check")}
