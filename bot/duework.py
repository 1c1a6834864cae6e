"""What happens by itself: due rows are claimed and carried out, one transaction each.

The alarm (bot/scheduler.py) only wakes this; what is due stands in the database. Any number of
processes may do so at once.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection

from bot.chat import ChatUnavailable
from bot.holding import Lost
from bot.logs import Level, log
from bot.metrics import DUE, DUE_LAG
from bot.runner import Runner
from storage import due, turns
from storage.database import AWAY, Conflict
from storage.due import Leased, Plan

BATCH = 200  # rows claimed at a time
AT_ONCE = 8  # of which the platform is asked something at a time
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 3600.0  # seconds until a row that failed is tried again
NOBODY = "bot"  # whose turns these are


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a due row. `skipped` names why nothing was done; None: it was.

    `following` is the thing's next time. `missed` older occurrences were skipped on the way,
    while nobody was at work.
    """

    following: Plan | None = None
    lanes: frozenset[str] = frozenset()
    skipped: str | None = None
    missed: int = 0


class Kind(Protocol):
    """One kind of thing that happens by itself."""

    async def prepare(self, plan: Plan) -> Any:
        """What the platform has to be asked before; handed on to `carry_out`."""

    def carry_out(self, conn: Connection, plan: Plan, prepared: Any) -> Done:
        """Does it, in the transaction that plans its next time as well."""


class DueWork:
    """Carries out what is due. `wake` is told the lanes in which posts wait then."""

    def __init__(
        self,
        runner: Runner,
        kinds: Mapping[str, Kind],
        wake: Callable[[Iterable[str]], None],
        now: Callable[[], datetime],
    ) -> None:
        self.runner = runner
        self.kinds = kinds
        self.wake = wake
        self.now = now
        self._closing = False
        self._sweeping = asyncio.Lock()

    async def sweep(self) -> None:
        """Carries out everything that is due and in nobody's hands, in order."""
        async with self._sweeping:
            while not self._closing:
                token, now = secrets.token_hex(8), self.now()
                claimed = await self.runner.write(
                    lambda conn: due.claim(conn, now=now, token=token, limit=BATCH)  # noqa: B023
                )
                for it in claimed:
                    DUE.labels(it.plan.kind, "claimed", "").inc()
                if claimed:
                    await self._carry_out_all(claimed, token)
                if len(claimed) < BATCH:
                    return

    async def close(self, seconds: float) -> None:
        """Begins nothing new, waits for what is in hand at most so long; leases are given back."""
        self._closing = True
        try:
            async with asyncio.timeout(seconds), self._sweeping:
                pass
        except TimeoutError:
            log("due_unfinished", level="warning")  # the lease runs out

    async def _carry_out_all(self, claimed: list[Leased], token: str) -> None:
        """Several at a time ask the platform what they need; then each is done, in order."""
        left = {it.plan.id for it in claimed}
        try:
            for at in range(0, len(claimed), AT_ONCE):
                some = claimed[at : at + AT_ONCE]
                asked = (self.kinds[it.plan.kind].prepare(it.plan) for it in some)
                found = await asyncio.gather(*asked, return_exceptions=True)
                for it, prepared in zip(some, found):
                    if self._closing:
                        return
                    left.discard(it.plan.id)
                    await self._carry_out(it, prepared)
        finally:
            if left:
                await self.runner.write(lambda conn: due.give_back(conn, token, left))

    async def _carry_out(self, it: Leased, prepared: Any) -> None:
        plan = it.plan
        try:
            if isinstance(prepared, BaseException):
                raise prepared  # noqa: TRY301 - it is met with like what comes of doing it
            done = await self._done(it, prepared)
        except Lost:
            _note(plan, "lost")
        except ChatUnavailable as error:  # the platform was to be asked something first
            _note(plan, "retried", error.reason)
            await self._put_off(it, error.retry_after)
        except Exception as error:  # noqa: BLE001 - others go on, and this one is tried again
            _note(plan, "failed", exc_info=error)
            await self._put_off(it)
        else:
            DUE_LAG.observe(max((self.now() - plan.at).total_seconds(), 0.0))
            _note(plan, "skipped" if done.skipped else "done", done.skipped or "")
            if done.missed:
                _note(plan, "skipped", "missed", count=done.missed)
            self.wake(done.lanes)

    async def _done(self, it: Leased, prepared: Any) -> Done:
        kind = self.kinds[it.plan.kind]

        def work(conn: Connection) -> Done:
            if not due.extend(conn, it, self.now()):
                raise Lost(it.plan.id)
            done = kind.carry_out(conn, it.plan, prepared)
            if not done.skipped:
                turns.record(
                    conn, f"due:{it.plan.id}:{it.plan.occurrence}", self.now(), NOBODY, it.plan.kind
                )
            due.settle(conn, it, done.following)
            return done

        try:
            return await self.runner.write(work)
        except Conflict:  # somebody changed the same thing at the same moment
            return await self.runner.write(work)

    async def _put_off(self, it: Leased, asked: float | None = None) -> None:
        """Lets go of the row for a while.

        So many seconds as were `asked` for, else longer each time.
        """
        doubled = min(FIRST_PAUSE * 2.0 ** min(it.attempts, 12), LONGEST_PAUSE)
        pause = doubled if asked is None else asked
        until = self.now() + timedelta(seconds=pause)
        try:
            await self.runner.write(lambda conn: due.put_off(conn, it, until))
        except AWAY as error:
            log("lease_kept", level="warning", due=it.plan.id, exc_info=error)


def _note(
    plan: Plan,
    outcome: str,
    why: str = "",
    *,
    count: int = 1,
    exc_info: BaseException | None = None,
) -> None:
    """The one log line of a row, and its count."""
    level: Level = "warning" if outcome in {"failed", "lost"} else "info"
    facts = {"kind": plan.kind, "id": plan.id, "occurrence": plan.occurrence, "outcome": outcome}
    more: dict[str, Any] = {"why": why} if why else {}
    if count > 1:
        more["count"] = count
    log("due", level=level, exc_info=exc_info, **facts, **more)
    DUE.labels(plan.kind, outcome, why).inc(count)
