"""The alarm that wakes the worker. What is due stands in the database, not in here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler


class Alarm:
    """Calls `tick` every so many seconds, never twice at once, and not for missed times."""

    def __init__(self, tick: Callable[[], Awaitable[None]], seconds: float) -> None:
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler.add_job(
            tick,
            "interval",
            seconds=seconds,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def start(self) -> None:
        """Starts ticking in the running event loop."""
        self._scheduler.start()

    def stop(self) -> None:
        """Stops ticking; a tick in hand goes on."""
        self._scheduler.shutdown(wait=False)
