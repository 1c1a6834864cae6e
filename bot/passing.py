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

LOOKS = 3  # at what is due at one moment, or ahead


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
        foreseen = [it for plan in plans if (it := self._foreseen(conn, plan))]
        if not foreseen:
            return Coming(plans[0].at, self._named(conn, plans[0], shows=False))
        first = min(foreseen, key=lambda it: it.at)
        return Coming(first.at, self._named(conn, first))

    def _foreseen(self, conn: Connection, plan: Plan) -> Plan | None:
        """The plan, or the one after it that leads to something; None where none does.

        Most looks at somebody's gaps find nothing to say, but know when there will be.
        """
        looks, person = self.bot.turns.reminders, plan.subject
        if plan.kind != reminders.KIND or looks is None:
            return plan
        concerns = looks.concerns(conn, person)
        for _ in range(LOOKS):
            sent = nudges.since(conn, person, plan.at - WEEK)
            room = room_from(sent, plan.at, looks.policy.most)
            found = looks.look(conn, person, concerns, plan.at)
            if found.items and room <= plan.at:
                return plan
            later = room if found.items else found.next_at
            if later is None:
                return None
            plan = looks.planned(conn, person, later, concerns)
        return plan

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
        if plan.kind == reminders.OVERDUE and (service := services.by_id(conn, plan.subject)):
            return f"a line on overdue gaps of {service.name}"
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
