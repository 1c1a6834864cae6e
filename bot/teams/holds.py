"""Cards in whose place somebody fills in a form: an edit would take what is half typed away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.runner import Runner
from conversations.review import Place
from storage import holds

LASTS = timedelta(minutes=2)  # for which a form keeps edits of its message waiting
LONGEST = 15.0  # seconds until such an edit is tried again


class Holds:
    """In the database: the edits of a message may be another process's than its buttons.

    Everybody who presses a button gets the newest card all the same, as the answer to it.
    """

    def __init__(self, runner: Runner, now: Callable[[], datetime]) -> None:
        self._runner = runner
        self._now = now

    async def begin(self, place: Place, message: str, person: str) -> None:
        """The person opened a form there."""
        now = self._now()

        def work(conn: Connection) -> None:
            holds.tidy(conn, now)
            holds.begin(conn, place, message, person, now + LASTS)

        await self._runner.write(work)

    async def end(self, place: Place, message: str, person: str) -> None:
        """The person sent it, or gave it up; others may have theirs open still."""
        await self._runner.write(lambda conn: holds.end(conn, place, message, person))

    async def left(self, place: Place, message: str) -> float:
        """The seconds until an edit is worth trying; 0: now."""
        until = await self._runner.read(lambda conn: holds.until(conn, place, message))
        seconds = (until - self._now()).total_seconds() if until else 0.0
        return max(0.0, min(seconds, LONGEST))
