"""What is owed goes out: outbox row -> card -> chat, in order within a lane, once each."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime, timedelta

from bot.chat import ChatRejected, ChatUnavailable
from bot.courier import Courier, Lost
from bot.logs import log
from bot.metrics import DELIVERIES
from bot.posts import TELL
from bot.runner import Runner
from storage import outbox
from storage.outbox import Owed

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0  # seconds between attempts, doubled each time
SWEEP = 50  # lanes taken up at once by a tick


class Delivery:
    """Sends what lanes hold. Any number of processes may do so at once."""

    def __init__(
        self,
        runner: Runner,
        courier: Courier,
        now: Callable[[], datetime],
    ) -> None:
        self.runner = runner
        self.courier = courier
        self.now = now
        self._running: set[asyncio.Task[None]] = set()
        self._pauses: dict[str, asyncio.TimerHandle] = {}
        self._closing = False

    def wake(self, lanes: Iterable[str]) -> None:
        """Starts delivering these lanes, without waiting for it."""
        for lane in lanes:
            self._start(self._deliver(lane))

    def later(self, lane: str, seconds: float) -> None:
        """Wakes a lane after a pause, so that a retry need not wait for the next tick."""

        def end() -> None:
            self._pauses.pop(lane, None)
            self.wake([lane])

        if earlier := self._pauses.pop(lane, None):
            earlier.cancel()
        self._pauses[lane] = asyncio.get_running_loop().call_later(seconds, end)

    async def sweep(self) -> None:
        """Takes up every lane with something due that nobody is at: crashed, or come of age."""
        token = secrets.token_hex(8)
        now = self.now()
        lanes = await self.runner.write(
            lambda conn: outbox.claim(conn, now=now, token=token, limit=SWEEP)
        )
        for lane in lanes:
            self._start(self._work(lane, token))

    async def close(self, seconds: float) -> None:
        """Finishes what is in hand, at most so long; the rest stays owed."""
        self._closing = True
        for pause in self._pauses.values():
            pause.cancel()
        if self._running:
            _, unfinished = await asyncio.wait(self._running, timeout=seconds)
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)

    def _start(self, work: Coroutine[None, None, None]) -> None:
        if self._closing:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log("delivery_failed", level="error", error=repr(error), exc_info=error)

    async def _deliver(self, lane: str) -> None:
        token = secrets.token_hex(8)
        if await self._claim(lane, token):
            await self._work(lane, token)

    async def _claim(self, lane: str, token: str) -> bool:
        now = self.now()
        claimed = await self.runner.write(
            lambda conn: outbox.claim(conn, now=now, token=token, limit=1, lane=lane)
        )
        return bool(claimed)

    async def _work(self, lane: str, token: str) -> None:
        """Sends the lane's rows in order until none is left, then gives the lease back.

        Rows that come in meanwhile are seen, because giving back and looking are one statement.
        """
        while True:
            rows = await self.runner.read(lambda conn: outbox.owed(conn, lane))
            for row in rows:
                try:
                    pause = await self._send(row, token)
                except Lost:
                    log("lease_lost", level="warning", lane=lane)
                    return
                if pause is not None:
                    await self._give_back(lane, token, self.now() + timedelta(seconds=pause))
                    self.later(lane, pause)
                    return
            if self._closing or not await self._give_back(lane, token, None):
                return
            if not await self._claim(lane, token):
                return

    async def _give_back(self, lane: str, token: str, next_at: datetime | None) -> bool:
        """Whether something is due in the lane again already."""
        now = self.now()
        return await self.runner.write(
            lambda conn: outbox.release(conn, lane, token, next_at=next_at, now=now)
        )

    async def _send(self, row: Owed, token: str) -> float | None:
        """Sends one row; the seconds to wait before it is tried again, None when it is settled."""
        try:
            outcome = await self.courier.send(row, token)
        except ChatUnavailable as error:
            if not error.unsure or (error.answered and row.kind == TELL):
                await self.runner.write(lambda conn: outbox.unattempt(conn, row, token))
            pause = _pause(row, error)
            log("delivery", kind=row.kind, key=row.key, outcome="retry", reason=error.reason,
                attempts=row.attempts + 1, pause=pause)  # fmt: skip
            DELIVERIES.labels(row.kind, "retried").inc()
            return pause
        except ChatRejected as error:
            outcome = f"refused: {error.reason}"
            await self.courier.refused(row, token, error)
        except Lost:
            raise
        except Exception as error:  # noqa: BLE001 - one broken card must not stop the others
            outcome = f"bug: {type(error).__name__}"
            log("delivery_bug", level="error", key=row.key, exc_info=error)
            await self.runner.write(lambda conn: outbox.drop(conn, row, token, outcome))
        log("delivery", kind=row.kind, key=row.key, outcome=outcome, attempts=row.attempts + 1)
        DELIVERIES.labels(row.kind, outcome.partition(":")[0]).inc()
        return None


def _pause(row: Owed, error: ChatUnavailable) -> float:
    if error.retry_after is not None:
        return error.retry_after
    doubled: float = FIRST_PAUSE * 2 ** min(row.attempts, 10)
    return min(doubled, LONGEST_PAUSE)
