"""Re-reviews that open by themselves, as a service's schedule says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot import posts
from bot.commands import Commands
from bot.duework import Done
from bot.schedule import KIND, Schedule
from bot.turn import Said
from storage import places, reviews, services
from storage.due import Plan
from storage.services import Service

LATER = timedelta(days=7)  # until it is tried again, where the service's channel is gone


@dataclass(frozen=True)
class Rereviews:
    """The due work."""

    commands: Commands
    schedule: Schedule
    now: Callable[[], datetime]

    async def prepare(self, plan: Plan) -> None:
        """Nothing is asked of the platform."""

    def carry_out(self, conn: Connection, plan: Plan, prepared: None) -> Done:  # noqa: ARG002
        """Opens the review in the service's home channel, unless one is open."""
        service, now = services.by_id(conn, plan.subject), self.now()
        if service is None or service.every is None:
            return Done(skipped="off")
        latest = reviews.latest_of(conn, service.key)
        if latest is None or latest.open:
            return Done(skipped="review_open")
        at = self.schedule.at(conn, service, latest)
        if at is not None and at > now:
            later = Plan(KIND, service.id, at, f"{latest.id}:{latest.closings}", plan.why)
            return Done(later, skipped="reviewed_meanwhile")
        if places.stopped(conn, service.home):
            return self._stranded(conn, service, plan, now)
        by = service.every_by or latest.started_by
        said = Said(f"due:{KIND}:{service.id}:{plan.occurrence}", by, now, place=service.home)
        taken = self.commands.open_review(conn, service, said, scheduled=True)
        return Done(lanes=taken.lanes)

    def _stranded(self, conn: Connection, service: Service, plan: Plan, now: datetime) -> Done:
        """The owners are told once; it is tried again in case the channel comes back."""
        later = Plan(KIND, service.id, now + LATER, plan.occurrence, plan.why)
        lanes = frozenset(
            posts.direct(
                conn,
                f"stranded:{service.id}:{plan.occurrence}:{owner}",
                owner,
                "tells.rereview_stranded",
                {"service": service.name},
                now,
            )
            for owner in service.owners
        )
        return Done(later, lanes, skipped="channel_gone")
