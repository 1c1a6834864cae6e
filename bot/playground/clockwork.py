"""The clock on the wall, which people may put forward, and what happens on the way."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.playground.values import Clock, system_clock

MOST_STOPS = 1000  # on one way; a plan that comes every minute must not keep a week from passing


class MovableClock:
    """Real time and what it was put forward by."""

    def __init__(self, real: Clock = system_clock, ahead: timedelta = timedelta()) -> None:
        self.real = real
        self._ahead = ahead

    def __call__(self) -> datetime:
        """The present, UTC."""
        return self.real() + self._ahead

    @property
    def ahead(self) -> timedelta:
        """How far it is before real time."""
        return self._ahead

    def forward(self, to: datetime) -> None:
        """Shows that moment now; one that is past changes nothing."""
        self._ahead += max(to - self(), timedelta())


@dataclass(frozen=True)
class Coming:
    """Something that will happen by itself: when, and in words what."""

    at: datetime
    what: str


class Happenings(Protocol):
    """What the app does by itself, by the clock on the wall."""

    async def next_at(self) -> datetime | None:
        """When something is planned next, after the present; None: nothing is."""

    async def coming(self) -> Coming | None:
        """The next thing that people will see; None: nothing is planned.

        It may come after `next_at`: not all that is planned leads to something.
        """

    async def happen(self) -> None:
        """Does what is due at present. All of it can be seen when this returns."""


class Clockwork:
    """Moves the clock as time would: what is planned on the way happens, each at its own time."""

    def __init__(self, clock: MovableClock, happenings: Happenings) -> None:
        self.clock = clock
        self.happenings = happenings
        self.way: tuple[datetime, datetime] | None = None  # while it moves: from when to when
        self._moving = asyncio.Lock()

    async def move(self, to: datetime, stopped: Callable[[], None] = lambda: None) -> None:
        """Goes on to that moment; `stopped` is called whenever something has happened."""
        async with self._moving:
            self.way = (self.clock(), to)
            try:
                await self._go(to, stopped)
            finally:
                self.way = None

    async def _go(self, to: datetime, stopped: Callable[[], None]) -> None:
        stopped()
        await self.happenings.happen()  # nothing is in hand while the clock jumps
        for _ in range(MOST_STOPS):
            planned = await self.happenings.next_at()
            if planned is None or planned > to:
                break
            self.clock.forward(planned)
            await self.happenings.happen()
            stopped()
        self.clock.forward(to)
        await self.happenings.happen()
