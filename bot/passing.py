"""How time passes in the demo, whose clock people may put forward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot import posts, reminders, schedule, weekly
from bot.app import Bot
from bot.playground.clockwork import Clockwork, Coming, MovableClock
from bot.playground.workspace import Workspace
from conversations.ladder import WEEK, room_from
from storage import due, nudges, people, services, turns
from storage.due import Plan

LOOKS = 3  # at what is due at one moment


@dataclass(frozen=True)
class Passing:
    """What the bot does by itself, for whoever moves its clock."""

    bot: Bot
    workspace: Workspace

    async def next_at(self) -> datetime | None:
        """When something is planned next, whatever became of what was planned before."""
        plans = await self._plans()
        return plans[0].at if plans else None

    async def coming(self) -> Coming | None:
        """The first plan that people will see something of, as far as can be told today."""
        plans = await self._plans()
        return await self.bot.runner.read(lambda conn: self._coming(conn, plans))

    async def _plans(self) -> list[Plan]:
        now = self.bot.now()
        return [it for it in await self.bot.runner.read(due.planned) if it.at > now]

    def _coming(self, conn: Connection, plans: list[Plan]) -> Coming | None:
        if not plans:
            return None
        plan = next((it for it in plans if self._shows(conn, it)), None)
        if plan is None:
            return Coming(plans[0].at, self._named(conn, plans[0], shows=False))
        return Coming(plan.at, self._named(conn, plan))

    def _shows(self, conn: Connection, plan: Plan) -> bool:
        """Whether it leads to something: most looks at somebody's gaps find nothing to say."""
        looks = self.bot.turns.reminders
        if plan.kind != reminders.KIND or looks is None:
            return True
        person = plan.subject
        sent = nudges.since(conn, person, plan.at - WEEK)
        if room_from(sent, plan.at, looks.policy.most) > plan.at:
            return False
        return bool(looks.look(conn, person, looks.concerns(conn, person), plan.at).items)

    def _named(self, conn: Connection, plan: Plan, *, shows: bool = True) -> str:
        """What the plan is, for people. One of a new kind is named by what it is kept under."""
        if plan.kind == weekly.KIND:
            channel = self.workspace.core.world.channels.get(posts.place_of(plan.subject).channel)
            return f"weekly scorecard of #{channel.name}" if channel else "weekly scorecard"
        if plan.kind == schedule.KIND and (service := services.by_id(conn, plan.subject)):
            return f"re-review of {service.name} ({plan.why})"
        if plan.kind == reminders.KIND:
            name = people.names(conn, [plan.subject]).get(plan.subject, "somebody")
            return f"a reminder for {name}" if shows else f"a look at what to remind {name} of"
        return f"{plan.kind} ({plan.why})"

    async def happen(self) -> None:
        """Does what is due, and waits until the workspace shows it."""
        for _ in range(LOOKS):  # what was put off by a moment is due by now
            await self.bot.tick()
            now = self.bot.now()
            if not (await self.bot.runner.read(lambda conn: due.overdue(conn, now)))[0]:  # noqa: B023
                break
        await self.bot.delivery.settled()  # a lease that the clock runs away from would be lost
        await self.workspace.idle()


def offer(bot: Bot, workspace: Workspace, clock: MovableClock) -> Clockwork:
    """Lets people move the clock that both go by."""
    clockwork = Clockwork(clock, Passing(bot, workspace))
    workspace.offer_clock(clockwork)
    return clockwork


def catch_up(conn: Connection, clock: MovableClock) -> None:
    """Puts the clock forward to what a kept database has seen: its people moved it then."""
    latest = turns.latest_at(conn)
    if latest is not None:
        clock.forward(latest)
