"""When services are reviewed again by themselves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from bot.holidays import Holidays
from bot.zones import Zones
from conversations.calendar import Every, after
from conversations.review import Review
from storage import due, reviews, services
from storage.due import Plan
from storage.services import Service

KIND = "re-review"


def cadence(every: Every) -> str:
    """How a cadence reads: "every 90 days", "every month"."""
    unit = every.unit.value
    one = every.number == 1
    return f"every {unit.removesuffix('s')}" if one else f"every {every.number} {unit}"


@dataclass(frozen=True)
class Schedule:
    """Plans re-reviews: each counts from the last finished review of its service."""

    zones: Zones
    holidays: Holidays = field(default_factory=Holidays)

    def plan(self, conn: Connection, service: Service) -> datetime | None:
        """Plans the service's next re-review; when it is.

        None: nothing is planned. While no review is finished, or one is open, the next is planned
        when that is finished.
        """
        planned = self._next(conn, service)
        if planned is None:
            due.unplan(conn, KIND, service.id)
            return None
        due.plan(conn, planned)
        return planned.at

    def plan_for(self, conn: Connection, review: Review) -> None:
        """Plans what follows from a review that has just been finished, or is open again."""
        service = services.find(conn, review.service_key)
        if service and service.every:
            self.plan(conn, service)

    def at(self, conn: Connection, service: Service, review: Review) -> datetime | None:
        """When the re-review after this one is due; None: never, or not known yet."""
        if service.every is None or review.finished_at is None:
            return None
        zone = self.zones.of(conn, service.home, service.every_by)
        return after(service.every, review.finished_at, zone, self.holidays.of(zone))

    def _next(self, conn: Connection, service: Service) -> Plan | None:
        latest = reviews.latest_of(conn, service.key)
        at = self.at(conn, service, latest) if latest else None
        if latest is None or at is None or service.every is None or latest.open:
            return None
        why = f"{cadence(service.every)}, last finished {latest.finished_at:%-d %b %Y}"
        return Plan(KIND, service.id, at, f"{latest.id}:{latest.closings}", why)
