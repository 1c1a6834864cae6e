"""The one bridge between the event loop and the synchronous database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from storage.database import Database, Failed

Result = TypeVar("Result")
Work = Callable[[Connection], Any]

MOST_TOGETHER = 64  # works in one commit: the first of them waits for the last


class Runner:
    """Runs database work in threads: on PostgreSQL as many as it takes; SQLite has one writer.

    SQLite waits for the disk at every commit, and lets nobody else write meanwhile. So what comes
    in while the writer is busy is taken together and committed once.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._threads = ThreadPoolExecutor(database.threads, thread_name_prefix="database")
        self._waiting: SimpleQueue[tuple[Work, asyncio.Future[Any]] | None] = SimpleQueue()
        self._writer: Thread | None = None  # SQLite's; None before it has anything to do
        self._closed = False
        self._asking = Lock()  # so that nothing comes to wait behind the end

    @property
    def writing(self) -> bool:
        """Whether works to write are carried out; False where SQLite's writer has ended."""
        return self._writer is None or self._writer.is_alive()

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """The result of `work` in one transaction, committed when this returns.

        It may be called again, where a connection to PostgreSQL dies under it.

        It is all or nothing, also where others share the commit: what it raises undoes only what
        it did itself. A commit that fails fails all who share it. Raises RuntimeError once closed.
        """
        if not self.database.one_writer:
            return await self._in_a_thread(self._transaction, work)
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        with self._asking:
            if self._closed:
                raise RuntimeError("the database is closed")
            if self._writer is None:
                self._writer = Thread(target=self._write_waiting, name="writer", daemon=True)
                self._writer.start()
            self._waiting.put((work, done))
        return await done

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """The result of `work`, which sees one state of the database and changes nothing."""
        if self.database.one_connection:
            return await self.write(work)
        return await self._in_a_thread(self._look, work)

    def close(self) -> None:
        """Waits for what is running, then lets the threads and the connections go."""
        with self._asking:
            self._closed = True
            self._waiting.put(None)
        if self._writer:
            self._writer.join()
        self._threads.shutdown(wait=True)
        self.database.close()

    def _transaction(self, work: Callable[[Connection], Result]) -> Result:
        """Tried again where the connection had died before the commit: nothing was stored then."""
        finished = False

        def once() -> Result:
            nonlocal finished
            with self.database.write() as connection:
                result = work(connection)
                finished = True
                return result

        try:
            return once()
        except DBAPIError as error:
            if finished or not error.connection_invalidated:
                raise
        return once()

    def _look(self, work: Callable[[Connection], Result]) -> Result:
        def once() -> Result:
            with self.database.read() as connection:
                return work(connection)

        try:
            return once()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return once()

    async def _in_a_thread(self, run: Callable[[Work], Result], work: Work) -> Result:
        """As the loop's `run_in_executor`, without a second future to wait for the first."""
        done: asyncio.Future[Result] = asyncio.get_running_loop().create_future()

        def carry_out() -> None:
            try:
                outcome: Any = run(work)
            except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
                outcome = Failed(error)
            _hand_out([done], [outcome])

        self._threads.submit(carry_out)
        return await done

    def _write_waiting(self) -> None:
        """The writer's thread: commits what waits, and what comes meanwhile, in order."""
        while first := self._waiting.get():
            together = [first]
            while len(together) < MOST_TOGETHER and not self._waiting.empty():
                following = self._waiting.get()
                if following is None:  # the end, for after these
                    self._waiting.put(None)
                    break
                together.append(following)
            try:
                outcomes = self.database.write_all([work for work, _ in together])
            except BaseException as error:  # noqa: BLE001 - it is raised where each one waits
                outcomes = [Failed(error)] * len(together)
            _hand_out([done for _, done in together], outcomes)


def _hand_out(waiting: list[asyncio.Future[Any]], outcomes: list[Any]) -> None:
    """Has each outcome handed to whoever waits for it, all in one step of their loop."""

    def settle() -> None:
        for done, outcome in zip(waiting, outcomes, strict=True):
            _settle(done, outcome)

    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        waiting[0].get_loop().call_soon_threadsafe(settle)


def _settle(done: asyncio.Future[Any], outcome: Any) -> None:
    """Hands an outcome to whoever still waits for it."""
    if done.done():
        return
    if not isinstance(outcome, Failed):
        done.set_result(outcome)
    elif isinstance(outcome.error, Exception) and not isinstance(outcome.error, StopIteration):
        done.set_exception(outcome.error)
    else:  # what a future does not take, or what would end its loop
        wrapped = RuntimeError(f"the work raised {type(outcome.error).__name__}")
        wrapped.__cause__ = outcome.error
        done.set_exception(wrapped)
