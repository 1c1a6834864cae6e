"""The one bridge between the event loop and the synchronous database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection

from storage.database import Database

Result = TypeVar("Result")


class Runner:
    """Runs database work in as many threads as the database takes: one on SQLite."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._threads = ThreadPoolExecutor(database.threads, thread_name_prefix="database")

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """The result of `work` in one transaction, committed when this returns."""

        def transaction() -> Result:
            with self.database.write() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._threads, transaction)

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """The result of `work`, which sees one state of the database and changes nothing."""

        def transaction() -> Result:
            with self.database.read() as connection:
                return work(connection)

        return await asyncio.get_running_loop().run_in_executor(self._threads, transaction)

    def close(self) -> None:
        """Waits for what is running, then lets the threads and the connections go."""
        self._threads.shutdown(wait=True)
        self.database.close()
