"""The alarm that wakes the worker. What is due stands in the database, not in here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.logs import log


class Alarm:
    """Calls `tick` every so many seconds, never twice at once, and not for missed times.

    What a tick raises is logged here. APScheduler would clear every frame that the error has come
    through: among them may be the runner's, which is suspended there for other people's turns.
    """

    def __init__(self, tick: Callable[[], Awaitable[None]], seconds: float) -> None:
        async def ring() -> None:
            try:
                await tick()
            except Exception as error:  # noqa: BLE001 - the next tick tries again
                log("tick_failed", level="error", exc_info=error)

        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._scheduler.add_job(
            ring,
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
