"""What is owed goes out: outbox row -> card -> chat, in order within a lane, once each."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from bot.chat import ChatRejected, ChatUnavailable
from bot.courier import Courier
from bot.editing import PutOff
from bot.holding import Held, Lost
from bot.logs import Level, log
from bot.metrics import DELIVERIES
from bot.posts import TELL
from bot.runner import Runner
from storage import lanes, outbox
from storage.database import AWAY
from storage.outbox import Owed

SOON = 0.5  # seconds until a lane is tried anew whose conversation took nothing: less would be vain
LOOK = 0.4  # seconds: so long may a new card wait where edits wait in line
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0  # seconds between attempts, doubled each time
AT_ONCE = 50  # lanes worked on at a time: fewer than the connections that the HTTP client opens
# A row is given up when it was tried so often and for so long, and the platform answered each
# time that it failed. One that cannot be reached, or refuses our token, is tried for ever.
MANY, LONG = 10, timedelta(days=1)
KEPT = timedelta(days=30)  # how long the private lines that were said stay in the outbox
TIDIED_AT_ONCE, TIDY_EVERY = 500, timedelta(hours=1)
GIVEN_UP = {"bug", "dropped", "gave_up", "refused"}  # outcomes after which a row is not sent
PUT_DOWN = 2.0  # seconds to give a lease back where something else went wrong; else it runs out


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
        self._running: dict[str, asyncio.Task[None]] = {}  # by lane
        self._next: dict[str, str | None] = {}  # lanes to work on again, with a token if leased
        self._leases: set[tuple[str, str]] = set()  # lane and token, while not given back
        self._failures: dict[str, int] = {}  # lane -> attempts in a row that failed
        self._pauses: dict[str, asyncio.TimerHandle] = {}
        self._full: set[str] = set()  # lanes whose conversation takes nothing until a pause ends
        self._in_line: dict[str, set[int]] = {}  # lanes of which only these rows wait, until then
        self._looks: dict[str, asyncio.TimerHandle] = {}  # those of them that are looked at soon
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._more = False  # the last sweep may have left something due behind
        self._sweeping = asyncio.Lock()
        self._sweeper: asyncio.Task[None] | None = None
        self._tidied: datetime | None = None
        self._closing = False

    def wake(self, lanes: Iterable[str]) -> None:
        """Starts delivering these lanes, without waiting for it."""
        for lane in lanes:
            if lane in self._in_line:
                self._look_soon(lane)
                continue
            pause = self._pauses.get(lane) if lane in self._full else None
            if pause is None:
                self._start(lane)
            elif pause.when() - asyncio.get_running_loop().time() > SOON:
                self.later(lane, SOON)

    def _look_soon(self, lane: str) -> None:
        """Whether it owes more than edits in line by now: once for all who press meanwhile."""
        if lane not in self._looks and not self._closing:
            self._looks[lane] = asyncio.get_running_loop().call_later(LOOK, self._look, lane)

    def _look(self, lane: str) -> None:
        self._looks.pop(lane).cancel()
        self._start(lane)

    def later(self, lane: str, seconds: float) -> None:
        """Wakes a lane after a pause, so that a retry need not wait for the next tick."""

        def end() -> None:
            self._full.discard(lane)
            self._in_line.pop(lane, None)
            self._pauses.pop(lane, None)
            self._start(lane)

        if earlier := self._pauses.pop(lane, None):
            earlier.cancel()
        if not self._closing:
            self._pauses[lane] = asyncio.get_running_loop().call_later(seconds, end)

    async def sweep(self) -> None:
        """Takes up lanes with something due that nobody is at: crashed, or come of age.

        No more than can be worked on at a time; when these are done, it goes on by itself.
        """
        async with self._sweeping:
            if self._closing:
                return
            await self._tidy()
            token, now, room = secrets.token_hex(8), self.now(), AT_ONCE - len(self._running)
            due: list[str] = []
            if room > 0:
                due = await self.runner.write(
                    lambda conn: lanes.claim(conn, now=now, token=token, limit=room)
                )
            self._more = len(due) >= room
            self._leases.update((lane, token) for lane in due)
            for lane in due:
                self._start(lane, token)

    async def settled(self) -> None:
        """Returns when no lane is being worked on; one that has to wait is not waited for.

        Whatever is to be looked at is looked at now.
        """
        while self._running or self._looks:
            for lane in [*self._looks]:
                self._look(lane)
            await asyncio.wait(self._running.values())
            if self._sweeper:
                await asyncio.wait([self._sweeper])

    async def close(self, seconds: float) -> None:
        """Finishes what is in hand, at most so long; the rest stays owed, and no lane leased."""
        self._closing = True
        for pause in (*self._pauses.values(), *self._looks.values()):
            pause.cancel()
        self._looks.clear()  # nobody waits for a look that will not be
        if self._running:
            _, unfinished = await asyncio.wait(self._running.values(), timeout=seconds)
            for task in unfinished:
                task.cancel()
            await asyncio.gather(*unfinished, return_exceptions=True)
        async with self._sweeping:  # what a sweep has just leased is given back as well
            for lane, token in [*self._leases]:
                await self._put_down(lane, token, None)

    def _start(self, lane: str, token: str | None = None) -> None:
        """Works on a lane; once more, if it is being worked on. Leased already with a token."""
        if self._closing:
            return
        if lane in self._running:
            self._next[lane] = token or self._next.get(lane)
            return
        task = asyncio.get_running_loop().create_task(self._deliver(lane, token))
        self._running[lane] = task
        task.add_done_callback(lambda _: self._done(lane))

    def _done(self, lane: str) -> None:
        self._running.pop(lane, None)
        if lane in self._next:
            token = self._next.pop(lane)
            self._start(lane, token) if token else self.wake([lane])
        elif self._more and len(self._running) <= AT_ONCE // 2 and not self._closing:
            self._more = False
            self._sweeper = asyncio.get_running_loop().create_task(self._sweep_on())

    async def _sweep_on(self) -> None:
        try:
            await self.sweep()
        except AWAY as error:  # the next tick tries again
            log("sweep_failed", level="warning", exc_info=error)

    async def _deliver(self, lane: str, token: str | None) -> None:
        """The whole life of a task. What fails here is the database, or a bug of ours."""
        async with self._slots:
            try:
                token = token or (None if await self._in_vain(lane) else await self._claim(lane))
                while token is not None:
                    token = await self._work(lane, token)
            except Lost:
                self._leases.discard((lane, str(token)))
                log("lease_lost", level="warning", lane=lane)
            except Exception as error:  # noqa: BLE001 - other lanes go on
                log("delivery_failed", level="error", lane=lane, exc_info=error)
                pause = self._pause(lane, [])
                self.later(lane, pause)
                await self._put_down(lane, token, pause)

    async def _in_vain(self, lane: str) -> bool:
        """Whether all that the lane owes waits for a turn that has not come yet."""
        waits = self._in_line.get(lane)
        if waits is None:
            return False
        rows = await self.runner.read(lambda conn: outbox.owed(conn, lane))
        return all(it.id in waits for it in rows)

    async def _claim(self, lane: str) -> str | None:
        """The token under which the lane is ours; None when it is not due, or somebody else's."""
        token, now = secrets.token_hex(8), self.now()
        self._leases.add((lane, token))  # before it is, so that it is given back in any case
        claimed = await self.runner.write(
            lambda conn: lanes.claim(conn, now=now, token=token, limit=1, lane=lane)
        )
        if claimed:
            return token
        self._leases.discard((lane, token))
        return None

    async def _work(self, lane: str, token: str) -> str | None:
        """Sends the lane's rows, then gives the lease back.

        The token of a new lease where rows came in meanwhile: giving back and looking are one
        statement, so none is missed.
        """
        self._in_line.pop(lane, None)
        try:
            put_off = await self._send_all(lane, token)
        except ChatUnavailable as error:
            await self._give_back(lane, token, self._pause(lane, [error]))
            return None
        if put_off:
            due = await self._rest(lane, token, put_off)
        else:
            self._failures.pop(lane, None)
            self._full.discard(lane)
            due = await self._give_back(lane, token, None)
        if not due or self._closing:
            return None
        if lane in self._full:  # what has come in meanwhile cannot leave either
            self.wake([lane])
            return None
        return await self._claim(lane)

    async def _send_all(self, lane: str, token: str) -> list[tuple[Owed, PutOff]]:
        """The edits that were put off, and why: they hold up nobody.

        Raises ChatUnavailable where everything has to wait.
        """
        put_off = []
        for row in await self.runner.read(lambda conn: outbox.owed(conn, lane)):
            if self._closing:
                break
            try:
                await self._send(Held(self.runner, self.now, row, token))
            except PutOff as waits:
                put_off.append((row, waits))
                if waits.full:
                    self._full.add(lane)
        return put_off

    async def _send(self, held: Held) -> None:
        """Sends one row. Raises Lost, and PutOff or ChatUnavailable where it has to wait."""
        row = held.row
        try:
            outcome = await self.courier.send(held)
        except (ChatUnavailable, PutOff) as waits:
            if isinstance(waits, PutOff) and waits.in_line:
                _note(row, "waits")
                raise
            error = waits.error if isinstance(waits, PutOff) else waits
            if not self._hopeless(row, error):
                _note(row, "retried", why=error.reason)
                raise
            await held.drop(f"gave up: {error.reason}")
            outcome = f"gave_up: {error.reason}"
        except ChatRejected as error:
            self.wake(await self.courier.refused(held, error))
            outcome = f"refused: {error.reason}"
        except (Lost, *AWAY):
            raise
        except Exception as error:  # noqa: BLE001 - one broken card must not stop the others
            log("delivery_bug", level="error", key=row.key, exc_info=error)
            await held.drop(f"bug: {type(error).__name__}")
            outcome = f"bug: {type(error).__name__}"
        _note(row, *outcome.split(": ", 1))

    def _hopeless(self, row: Owed, error: ChatUnavailable) -> bool:
        """Whether the platform failed at this row so long that it never will do otherwise."""
        failed = error.unsure and error.answered
        return failed and self._failures.get(row.lane, 0) >= MANY and self.now() - row.since > LONG

    def _pause(self, lane: str, errors: list[ChatUnavailable]) -> float:
        """The seconds until the next attempt: what was asked for, else longer each time."""
        failures = self._failures.get(lane, 0)
        self._failures[lane] = failures + 1
        doubled = min(FIRST_PAUSE * 2.0 ** min(failures, 10), LONGEST_PAUSE)
        asked = (doubled if it.retry_after is None else it.retry_after for it in errors)
        return min(asked, default=doubled)

    async def _give_back(self, lane: str, token: str, pause: float | None) -> bool:
        """Whether something is due in the lane again already. With a pause all of it waits."""
        now = self.now()
        next_at = None if pause is None else now + timedelta(seconds=pause)
        due = await self.runner.write(
            lambda conn: lanes.release(conn, lane, token, next_at=next_at, now=now)
        )
        self._leases.discard((lane, token))
        if pause is not None:
            self.later(lane, pause)
        return due

    async def _rest(self, lane: str, token: str, put_off: list[tuple[Owed, PutOff]]) -> bool:
        """Gives the lease back where only edits wait; whether something new is due already."""
        if all(it.in_line for _, it in put_off):  # which is no failure
            pause = min(it.error.retry_after or 0.0 for _, it in put_off)
            self._failures.pop(lane, None)
            self._in_line[lane] = {row.id for row, _ in put_off}
        else:
            pause = self._pause(lane, [it.error for _, it in put_off])
        tried = [(row.id, row.generation) for row, _ in put_off]
        now = self.now()
        until = now + timedelta(seconds=pause)
        due = await self.runner.write(
            lambda conn: lanes.rest(conn, lane, token, until=until, now=now, tried=tried)
        )
        self._leases.discard((lane, token))
        self.later(lane, pause)
        return due

    async def _put_down(self, lane: str, token: str | None, pause: float | None) -> None:
        """Gives the lease back if that can be done; else it runs out."""
        if token is None or (lane, token) not in self._leases:
            return
        try:
            async with asyncio.timeout(PUT_DOWN):
                await self._give_back(lane, token, pause)
        except (TimeoutError, *AWAY) as error:
            log("lease_kept", level="warning", lane=lane, exc_info=error)
            self._leases.discard((lane, token))

    async def _tidy(self) -> None:
        """Deletes old private lines from the outbox, a few at a time."""
        now = self.now()
        if self._tidied and timedelta(0) <= now - self._tidied < TIDY_EVERY:
            return
        count = await self.runner.write(
            lambda conn: outbox.tidy(conn, kind=TELL, before=now - KEPT, most=TIDIED_AT_ONCE)
        )
        if count:
            log("outbox_tidied", rows=count)
        self._tidied = now if count < TIDIED_AT_ONCE else None


def _note(row: Owed, outcome: str, why: str = "") -> None:
    """The one log line of an attempt, and its count."""
    level: Level = "warning" if outcome in GIVEN_UP else "info"
    facts = {"kind": row.kind, "key": row.key, "outcome": outcome, "attempts": row.attempts + 1}
    log("delivery", level=level, exc_info=None, **facts, **({"why": why} if why else {}))
    DELIVERIES.labels(row.kind, outcome).inc()
