"""What every module here shares: JSON, time and ids."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

Json = dict[str, Any]
"""A JSON object as it crosses the wire."""

Clock = Callable[[], datetime]
"""Gives the present as an aware UTC datetime."""


def system_clock() -> datetime:
    """The machine's own time, UTC."""
    return datetime.now(UTC)


class Ids:
    """Ids from one counter, so that a test sees the same ones every time.

    Without a counter they start at the clock's milliseconds: an app that remembers event ids
    across a restart of this workspace never meets one twice.
    """

    def __init__(self, clock: Clock, counter: Iterator[int] | None = None) -> None:
        self._counter = counter or count(int(clock().timestamp() * 1000))

    def number(self) -> int:
        """The counter's next number."""
        return next(self._counter)

    def new(self, prefix: str) -> str:
        """A fresh id in Slack's look: the prefix and capital hex digits."""
        return f"{prefix}{self.number():010X}"


class Stamps:
    """Message timestamps: "seconds.micros", strictly increasing, at or after the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def new(self) -> str:
        """The next timestamp; a microsecond past the last one when the clock stands still."""
        self._last = max(round(self._clock().timestamp() * 1_000_000), self._last + 1)
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
