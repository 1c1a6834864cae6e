"""A row in hand: what may be done with it, as long as its lane is ours."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from bot.chat import Chat, ChatRejected, ChatUnavailable, MessageGone
from bot.runner import Runner
from conversations.review import Place
from storage import lanes, outbox
from storage.database import AWAY
from storage.outbox import Owed

Result = TypeVar("Result")

# Of the clocks in a look-up: an hour, by which a clock may be wrongly set, and twice what Slack
# tolerates at the door.
SKEW = timedelta(minutes=70)
# A process that stood still so long before a call does not make it: what is left of the lease may
# not be enough, or it may be gone.
STALL = timedelta(seconds=lanes.LEASE_SECONDS / 2)
# For what was sent, but could not be stored at once. Where it cannot be looked up it would be sent
# again.
SETTLING, AGAIN = 10.0, 0.2  # seconds in all, and between two attempts


class Lost(Exception):
    """The lane's lease went to somebody else meanwhile: nothing may be sent under it."""


@dataclass(frozen=True)
class Held:
    """A row, and the token under which its lane is leased."""

    runner: Runner
    now: Callable[[], datetime]
    row: Owed
    token: str

    async def still(self) -> None:
        """Lengthens the lease. Raises Lost."""
        lane, token = self.row.lane, self.token
        if not await self.runner.write(lambda conn: lanes.extend(conn, lane, token, self.now())):
            raise Lost(lane)

    async def attempt(
        self, call: Callable[[], Awaitable[Result]], *, believe_failure: bool = False
    ) -> Result:
        """The call's result. It is counted before it is made: after a crash it counts as unknown.

        With `believe_failure` a failure that the platform itself reported counts as not carried
        out, for what cannot be looked up. Raises Lost, and what the call raises.
        """
        row, token, begun = self.row, self.token, self.now()
        if not await self.runner.write(lambda conn: outbox.attempt(conn, row, token, self.now())):
            raise Lost(row.lane)
        if self.now() - begun > STALL:
            await self._uncount()
            raise Lost(row.lane)
        try:
            return await call()
        except ChatUnavailable as error:
            if not error.unsure or (believe_failure and error.answered):
                await self._uncount()
            raise
        except (ChatRejected, MessageGone):
            await self._uncount()
            raise

    async def find(
        self, chat: Chat, place: Place, *, key: str, thread: str | None = None
    ) -> str | None:
        """The message that an earlier attempt of unknown outcome has left, if it has.

        Without such an attempt there is none, and nobody is asked.
        """
        if not self.row.attempts:
            return None
        since = self.row.since - SKEW
        return await chat.find(place, key=key, thread=thread, since=since, before_call=self.still)

    async def settle(
        self,
        outcome: str,
        remember: Callable[[Connection], None] | None = None,
        *,
        still_owed: bool = False,
    ) -> str:
        """The outcome. The row was sent; what came of it is stored in the same transaction.

        With `still_owed` the row stays owed: what stands there may be out of date. While the
        database is away it is tried again, for a while. Raises Lost, and then nothing is stored:
        whoever has the lane now looks the message up.
        """
        clock = asyncio.get_running_loop().time  # which nobody sets
        until = clock() + SETTLING

        def work(conn: Connection) -> None:
            if remember:
                remember(conn)
            if not lanes.extend(conn, self.row.lane, self.token, self.now()):
                raise Lost(self.row.lane)
            if not still_owed:
                outbox.done(conn, self.row, self.token)

        while True:
            try:
                await self.runner.write(work)
            except AWAY:
                if clock() > until:
                    raise
                await asyncio.sleep(AGAIN)
            else:
                return outcome

    async def drop(self, reason: str, remember: Callable[[Connection], None] | None = None) -> str:
        """The outcome. The row is given up, and the reason stands in it."""

        def work(conn: Connection) -> None:
            if remember:
                remember(conn)
            outbox.drop(conn, self.row, self.token, reason)

        await self.runner.write(work)
        return f"dropped: {reason}"

    async def _uncount(self) -> None:
        await self.runner.write(lambda conn: outbox.unattempt(conn, self.row, self.token))
