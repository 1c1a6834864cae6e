"""Gaps that are overdue for long, said where everybody of the service's channel reads it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot import posts
from bot.duework import Done
from bot.reminders import Reminders, everybody
from conversations.calendar import is_working_day, wall
from conversations.nudging import Concern, Found, holders
from conversations.workhours import is_decent
from storage import nudges, people, places, reviews, services
from storage.due import Plan
from storage.services import Service

NAMED = 5  # people of whom it is said how many gaps they have


@dataclass(frozen=True)
class Overdue:
    """The due work of one service: a line in its home channel, one a day at most."""

    reminders: Reminders
    now: Callable[[], datetime]

    async def prepare(self, plan: Plan) -> None:
        """Nothing is asked of the platform."""

    def carry_out(self, conn: Connection, plan: Plan, prepared: None) -> Done:  # noqa: ARG002
        """Owes the line where a gap has come to that step, and plans the next look."""
        service, now = services.by_id(conn, plan.subject), self.now()
        newest = reviews.latest_of(conn, service.key) if service else None
        if service is None or newest is None:
            return Done(skipped="gone")
        concern = self.reminders.concern(conn, newest)
        found = self.reminders.look_for_all(conn, service, concern, now)
        if not found.items:
            return Done(self._next(conn, service, found), skipped="nothing_due")
        if not_now := self._not_now(conn, service, now):
            return Done(self.reminders.planned_for_all(conn, service, now), skipped=not_now)
        following = self._next(conn, service, found)
        if places.stopped(conn, service.home):
            return Done(following, skipped="channel_gone")
        climbed = {it.subject: it.rung for it in found.items}
        nudges.climb(conn, everybody(service), climbed, now)
        today = wall(now, self.reminders.zones.of(conn, service.home)).date()
        facts = self._facts(conn, service, concern, found, today)
        key = f"overdue:{service.id}:{today}"
        lane = posts.line(conn, key, service.home, "nudge.overdue", facts, now)
        return Done(following, frozenset({lane}))

    def _next(self, conn: Connection, service: Service, found: Found) -> Plan | None:
        if found.next_at is None:
            return None
        return self.reminders.planned_for_all(conn, service, found.next_at)

    def _not_now(self, conn: Connection, service: Service, now: datetime) -> str | None:
        """Why this is no hour for it in the channel's zone."""
        zone = self.reminders.zones.of(conn, service.home)
        holidays = self.reminders.holidays.of(zone)
        if is_decent(now, zone, holidays):
            return None
        day = wall(now, zone).date()
        if is_working_day(day, holidays):
            return "night"
        return "holiday" if is_working_day(day) else "weekend"

    def _facts(
        self, conn: Connection, service: Service, concern: Concern, found: Found, today: date
    ) -> dict[str, Any]:
        checklist = self.reminders.checklist
        counts: Counter[str] = Counter()
        for item in found.items:
            theirs = holders(checklist, concern, checklist.by_id[str(item.check)])
            counts[theirs[0] if len(theirs) == 1 else ""] += 1  # "": the owners together
        names = people.names(conn, [it for it in counts if it])
        shown = [
            (" ".join(names.get(it, it.partition(":")[2]).split()), count)
            for it, count in counts.most_common()
            if it
        ]
        days = [(today - it.due).days for it in found.items if it.due]
        return {
            "service": service.name,
            "count": len(found.items),
            "days": [min(days), max(days)],
            "people": shown[:NAMED],
            "owners": bool(service.owners),
        }
