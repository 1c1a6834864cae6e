"""Whether the bot can serve, and how much it still owes."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from prometheus_client import Gauge
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot import metrics
from bot.logs import log
from bot.runner import Runner
from storage import due, outbox
from storage.database import Database, Outdated, Unreachable
from storage.migrating import schema_state

Depth = tuple[int, datetime | None]  # how many wait, and since when the oldest
OUTBOX, DUE = (metrics.OWED, metrics.OLDEST), (metrics.DUE_WAITING, metrics.DUE_OLDEST)


@dataclass(frozen=True, slots=True)
class Health:
    """What /readyz and /metrics ask."""

    database: Database
    runner: Runner
    now: Callable[[], datetime]

    async def ready(self) -> tuple[bool, str]:
        """Whether requests can be served now, and how it stands, on one line without secrets."""
        if self._file_is_gone():
            return False, "the database file is gone; what is answered now would be lost"
        if not self.runner.writing:
            return False, "the thread that writes to the database has ended: restart the bot"
        try:
            await self.runner.read(lambda conn: conn.exec_driver_sql("SELECT 1").all())
            state = await asyncio.to_thread(schema_state, self.database)
        except (SQLAlchemyError, Unreachable) as error:
            return False, f"the database cannot be used ({type(error).__name__})"
        if state == "newer":  # an upgrade under way: until the new processes are there, serve
            return True, f"ready; {Outdated(state)}"
        return (True, "ready") if state == "current" else (False, str(Outdated(state)))

    async def measure(self) -> None:
        """Sets the gauges; unknown (NaN) while the database cannot be asked."""
        try:
            owed, waiting = await self.runner.read(self._depths)
        except SQLAlchemyError as error:
            log("not_measured", level="warning", reason=type(error).__name__)
            for gauge in (*OUTBOX, *DUE):
                gauge.set(math.nan)
            return
        self._set(OUTBOX, *owed)
        self._set(DUE, *waiting)

    def _depths(self, conn: Connection) -> tuple[Depth, Depth]:
        return outbox.depth(conn), due.overdue(conn, self.now())

    def _set(self, gauges: tuple[Gauge, Gauge], count: int, oldest: datetime | None) -> None:
        waited = (self.now() - oldest).total_seconds() if oldest else 0
        gauges[0].set(count)
        gauges[1].set(max(waited, 0))  # less where the clock was set back

    def _file_is_gone(self) -> bool:
        """SQLite goes on writing into a file that was deleted: nothing else would tell."""
        name = self.database.url.database
        return self.database.sqlite and bool(name) and not Path(str(name)).exists()
