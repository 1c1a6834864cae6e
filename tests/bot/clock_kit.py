"""A clock that moves when a test says so, and a bot that lives by it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from bot_kit import Room, room

from bot.metrics import REGISTRY

BEGUN = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # a Wednesday


class Clock:
    """The time as it is told to be."""

    def __init__(self, at: datetime = BEGUN) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


class Hours(Room):
    """A room whose clock moves; the worker looks only when it is told to."""

    clock: Clock

    async def until(self, at: datetime) -> None:
        """Moves the clock there and lets the worker look once."""
        assert at >= self.clock.at
        self.clock.at = at
        await self.bot.tick()
        await self.settle()

    async def pass_(self, **by: float) -> None:
        """Lets so much time pass, then the worker look once."""
        await self.until(self.clock.at + timedelta(**by))

    async def finish(self, service: str = "search-assistant") -> None:
        """Holds a review to its end, as short as can be: all that is said is one answer."""
        await self.start(service)
        await self.press("U0ANA", "Ask everything")
        await self.press("U0ANA", "Met", check="1.1")
        await self.press("U0ANA", "Finish review")


@asynccontextmanager
async def hours(database_url: str, at: datetime = BEGUN, **settings: Any) -> AsyncIterator[Hours]:
    """A room at that moment; nobody looks for due work but the test."""
    clock = Clock(at)
    async with room(database_url, now=clock, tick_seconds=3600, **settings) as made:
        it = Hours(made.workspace, made.bot)
        it.clock = clock
        yield it


def counted(name: str, **labels: str) -> float:
    """What a metric says now."""
    return REGISTRY.get_sample_value(name, labels) or 0.0
