"""A bot in a workspace whose clock can be moved, as the demo has it, and a sample that it lived."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from bot.app import Bot
from bot.demo import local_settings, local_workspace
from bot.passing import offer
from bot.playground.clockwork import Clockwork, MovableClock
from bot.playground.workspace import Workspace, serve_workspace
from bot.playground.world import Message
from bot.sample.life import Life, begins
from conversations.checklist import packaged
from conversations.review import Answer, Review
from storage import answers, due, reviews, scorecards, services
from storage.answers import Entry
from storage.database import Database
from storage.due import Plan
from storage.services import Service
from storage.tables import REVIEW

CHECKLIST = packaged()


@dataclass(frozen=True)
class Demo:
    """The parts that a test moves and looks at."""

    workspace: Workspace
    bot: Bot
    clock: MovableClock
    clockwork: Clockwork

    async def type(self, person: str, channel: str, text: str) -> None:
        outcome = await self.workspace.send(person, channel, text)
        assert outcome.ok, outcome
        await self.clockwork.happenings.happen()

    async def pass_(self, **by: float) -> None:
        await self.clockwork.move(self.clock() + timedelta(**by))


@asynccontextmanager
async def demo(file: Path, clock: MovableClock) -> AsyncIterator[Demo]:
    workspace = local_workspace(clock)
    page = await serve_workspace(workspace)
    bot = Bot(local_settings(workspace, f"sqlite:///{file}"), now=clock)
    await bot.start()
    workspace.connect_http(f"http://127.0.0.1:{bot.port}/slack/events")
    try:
        yield Demo(workspace, bot, clock, offer(bot, workspace, clock))
    finally:
        await bot.stop()
        await page.cleanup()


@dataclass(frozen=True)
class Lived:
    """What is left of a sample: the database, and the workspace's messages by channel id."""

    now: datetime
    shown: datetime  # by the clock, at the end
    services: dict[str, Service]
    reviews: dict[str, list[Review]]  # by service, oldest first
    history: dict[str, list[Entry]]  # by review id
    scorecards: dict[str, list[dict]]
    plans: list[Plan]
    messages: dict[str, list[Message]]

    def finished(self) -> list[Review]:
        return [it for all_of in self.reviews.values() for it in all_of if not it.open]

    def newest(self, service: str) -> Review:
        return self.reviews[service][-1]


def lived(file: Path, now: datetime) -> Lived:
    """Lives through the year before that moment, at which the real clock stands still."""

    async def live() -> Lived:
        clock = MovableClock(lambda: now, begins(now) - now)
        async with demo(file, clock) as there:
            await Life(there.bot, there.clockwork, now).live()
            world = there.workspace.core.world
            messages = {it: list(world.public(it)) for it in world.channels}
            shown = clock()
        database = Database(f"sqlite:///{file}")
        with database.read() as conn:
            known = {it.key: it for it in services.all_of(conn)}
            held = {key: _reviews(conn, it.id) for key, it in known.items()}
            ids = [it.id for all_of in held.values() for it in all_of]
            found = Lived(
                now,
                shown,
                known,
                held,
                {it: answers.history(conn, it) for it in ids},
                {it: scorecards.of(conn, it) for it in ids},
                due.planned(conn),
                messages,
            )
        database.close()
        return found

    return asyncio.run(live())


def _reviews(conn: Connection, service_id: str) -> list[Review]:
    of_service = select(REVIEW.c.id).where(REVIEW.c.service_id == service_id)
    ids = conn.execute(of_service.order_by(REVIEW.c.started_at)).scalars()
    return [reviews.load(conn, it) for it in ids]


def facts(answer: Answer) -> tuple:
    """An answer; its moment to the second, since reviews that open by themselves take a moment."""
    at = answer.at.replace(microsecond=0)
    return (answer.verdict, answer.by, at, answer.note, answer.evidence, answer.carried)
