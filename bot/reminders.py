"""When it is looked whom to remind of what: planned wherever something begins.

A person has one row of due work, for the next moment at which something of theirs may be due.
Looking too early is harmless: what is due is always computed from today's state (bot/nudging.py).
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Connection

from bot import posts
from bot.holidays import Holidays
from bot.zones import Zones
from conversations import nudging
from conversations.checklist import Checklist
from conversations.gaps import due_of, owner_of
from conversations.nudging import Concern, Policy
from conversations.review import Place, Review
from conversations.text import and_more
from conversations.workhours import next_decent
from storage import due, nudges, people, reviews, services
from storage.due import Plan
from storage.services import Service

KIND, OVERDUE = "nudge", "overdue"  # what one person, and what everybody in the channel hears
WHY, WHY_OVERDUE = "a gap's date, or a review without answers", "gaps that are long overdue"
LAST = date.max.toordinal()  # the rank of those whose gaps have no date
RENEWED = timedelta(days=30)  # for which a reminder that was sent is kept up to date
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def everybody(service: Service) -> str:
    """Who it is, in the place of a person, that a service's home channel is."""
    return f"all:{service.id}"


@dataclass(frozen=True)
class Reminders:
    """Plans nudges by these rules."""

    checklist: Checklist
    zones: Zones
    holidays: Holidays = field(default_factory=Holidays)
    policy: Policy = field(default_factory=Policy)

    def concerns(self, conn: Connection, person: str) -> list[Concern]:
        """The newest review of every service of which the person owns something."""
        theirs = {it.key: it for it in services.concerning(conn, person)}
        newest = reviews.latest_of_services(conn, [it.id for it in theirs.values()])
        settled, _ = reviews.settled(conn, newest)
        return [
            Concern(it, theirs[it.service_key].owners, last if last.id != it.id else None)
            for it, last in zip(newest, settled, strict=True)
        ]

    def concern(self, conn: Connection, review: Review) -> Concern:
        """The same of one service's newest review."""
        service = services.find(conn, review.service_key)
        [last], again = reviews.settled(conn, [review])
        return Concern(review, service.owners if service else (), last if again else None)

    def look(
        self,
        conn: Connection,
        person: str,
        concerns: Sequence[Concern],
        now: datetime,
    ) -> nudging.Found:
        """What the person is to be reminded of, as of now."""
        return nudging.look(
            self.checklist,
            concerns,
            person,
            now=now,
            zone=self.zones.of_person(conn, person),
            rungs=nudges.rungs(conn, person),
            policy=self.policy,
        )

    def plan_for(self, conn: Connection, review: Review, now: datetime) -> None:
        """Plans a look for everybody whom the review may have to remind of something."""
        review = reviews.load(conn, review.id) or review  # with what was said of gaps before
        concern = self.concern(conn, review)
        self._plan_for_all(conn, concern, now)
        for person in sorted(nudging.concerned(concern)):
            found = self.look(conn, person, [concern], now)
            if begins := now if found.items else found.next_at:
                self.plan_by(conn, person, begins, [concern])

    def _plan_for_all(self, conn: Connection, concern: Concern, now: datetime) -> None:
        """Plans a look for what is said to everybody in the service's home channel."""
        service = services.find(conn, concern.review.service_key)
        if service is None:
            return
        found = self.look_for_all(conn, service, concern, now)
        if begins := now if found.items else found.next_at:
            due.plan_by(conn, self.planned_for_all(conn, service, begins))

    def look_for_all(
        self, conn: Connection, service: Service, concern: Concern, now: datetime
    ) -> nudging.Found:
        """What the home channel is to hear of, as of now."""
        return nudging.look_for_all(
            self.checklist,
            concern,
            now=now,
            zone=self.zones.of(conn, service.home),
            rungs=nudges.rungs(conn, everybody(service)),
            policy=self.policy,
        )

    def planned_for_all(self, conn: Connection, service: Service, moment: datetime) -> Plan:
        """That look at the moment, or the next decent hour after it in the channel's zone."""
        zone = self.zones.of(conn, service.home)
        at = next_decent(moment, zone, self.holidays.of(zone))
        return Plan(OVERDUE, service.id, at, at.isoformat(), WHY_OVERDUE)

    def plan_by(
        self, conn: Connection, person: str, moment: datetime, concerns: Sequence[Concern] = ()
    ) -> None:
        """Plans a look for that moment at the latest, or the next decent hour after it."""
        due.plan_by(conn, self.planned(conn, person, moment, concerns))

    def planned(
        self, conn: Connection, person: str, moment: datetime, concerns: Sequence[Concern] = ()
    ) -> Plan:
        """The look at the moment, or the next decent hour after it, in the person's own zone.

        Of all the people who are looked at in that hour, those come first whose gaps are due
        longest. `concerns` are those of the person, as far as they are known here.
        """
        zone, known = self.zones.of_person(conn, person), people.get(conn, person)
        away = known.away_until if known else None
        at = next_decent(moment, zone, self.holidays.of(zone), away_until=away)
        waiting = self.look(conn, person, concerns, at).items if concerns else ()
        rank = min((it.due.toordinal() for it in waiting if it.due), default=LAST)
        about = and_more(sorted({it.review.service for it in concerns}))
        why = f"{WHY}: {about}" if about else WHY
        return Plan(KIND, person, at, at.isoformat(), why, rank)

    def subjects(self, review: Review) -> list[str]:
        """Everything of the service that a person may be reminded of."""
        gaps = (nudging.gap_subject(review, it.id) for it in self.checklist.checks)
        return [*gaps, nudging.silence_subject(review)]

    def renew_changed(
        self, conn: Connection, before: Review, after: Review, by: str, now: datetime
    ) -> frozenset[str]:
        """Owes edits of the reminders that name a gap which has changed; the lanes to wake."""
        changed = {
            check.id
            for check in self.checklist.checks
            if before.answers.get(check.id) != after.answers.get(check.id)
            or owner_of(self.checklist, before, check) != owner_of(self.checklist, after, check)
            or due_of(self.checklist, before, check) != due_of(self.checklist, after, check)
        }
        return self.renew(conn, before, by, now, changed) if changed else frozenset()

    def renew(
        self,
        conn: Connection,
        review: Review,
        by: str,
        now: datetime,
        checks: Container[str] | None = None,
    ) -> frozenset[str]:
        """Owes edits of the reminders that name something of the service, or one of these checks.

        Those of `by`, who may look at one of them, whatever their age. The lanes to wake.
        """
        others = {*nudging.concerned(self.concern(conn, review))} - {by}
        sent = nudges.recent(conn, others, now - RENEWED) + nudges.recent(conn, {by}, LONG_AGO)
        gap = nudging.gap_subject(review, "")
        return frozenset(
            posts.nudge(conn, it.key, it.person, now)
            for it in sent
            if it.message
            and any(
                (item["review"] == review.id or item["subject"].startswith(gap))
                and (checks is None or item["check"] in checks)
                for item in it.items
            )
        )

    def renew_pressed(
        self, conn: Connection, place: Place | None, message: str | None, now: datetime
    ) -> frozenset[str]:
        """Owes an edit of the reminder that this message is, whatever its age; the lane to wake."""
        it = nudges.by_message(conn, place, message) if place and message else None
        return frozenset({posts.nudge(conn, it.key, it.person, now)}) if it else frozenset()
