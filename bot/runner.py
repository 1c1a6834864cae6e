"""The one bridge between the event loop and the synchronous database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Connection

from storage.database import Database, Failed

Result = TypeVar("Result")

MOST_TOGETHER = 64  # works in one commit: the first of them waits for the last


class Runner:
    """Runs database work in threads: on PostgreSQL as many as it takes; SQLite has one writer.

    SQLite waits for the disk at every commit, and lets nobody else write meanwhile. So what comes
    in while the writer is busy is taken together and committed once.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._threads = ThreadPoolExecutor(database.threads, thread_name_prefix="database")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")  # SQLite's
        self._waiting: list[tuple[Callable[[Connection], Any], asyncio.Future[Any]]] = []
        self._writing: asyncio.Task[None] | None = None  # while something waits or is under way

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """The result of `work` in one transaction, committed when this returns.

        It is all or nothing, also where others share the commit: what it raises undoes only what
        it did itself. A commit that fails fails all who share it.
        """
        loop = asyncio.get_running_loop()
        if not self.database.one_writer:
            return await loop.run_in_executor(self._threads, self._transaction, work)
        done: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((work, done))
        if self._writing is None:
            self._writing = loop.create_task(self._write_waiting())
        return await done

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """The result of `work`, which sees one state of the database and changes nothing."""

        def transaction() -> Result:
            with self.database.read() as connection:
                return work(connection)

        threads = self._writer if self.database.one_connection else self._threads
        return await asyncio.get_running_loop().run_in_executor(threads, transaction)

    def close(self) -> None:
        """Waits for what is running, then lets the threads and the connections go."""
        self._writer.shutdown(wait=True)
        self._threads.shutdown(wait=True)
        self.database.close()

    def _transaction(self, work: Callable[[Connection], Result]) -> Result:
        with self.database.write() as connection:
            return work(connection)

    async def _write_waiting(self) -> None:
        """Commits what waits, and what comes meanwhile, in order."""
        loop = asyncio.get_running_loop()
        try:
            while together := self._waiting[:MOST_TOGETHER]:
                del self._waiting[: len(together)]
                works = [work for work, _ in together]
                try:
                    outcomes = await loop.run_in_executor(
                        self._writer, self.database.write_all, works
                    )
                except Exception as error:  # noqa: BLE001 - it is raised where each one waits
                    outcomes = [Failed(error)] * len(works)
                for (_, done), outcome in zip(together, outcomes):
                    _settle(done, outcome)
        finally:
            self._writing = None


def _settle(done: asyncio.Future[Any], outcome: Any) -> None:
    """Hands an outcome to whoever still waits for it."""
    if done.done():
        return
    if isinstance(outcome, Failed):
        done.set_exception(outcome.error)
    else:
        done.set_result(outcome)
