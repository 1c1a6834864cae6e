"""How often Teams lets a bot speak, kept to before it has to say so."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

# Calls and seconds. Source: learn.microsoft.com, "Optimize your bot with rate limiting in Teams".
THREAD = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))  # in one conversation or thread
APP = ((50, 1.0),)  # of the app in one tenant
KEPT = 1000  # names; above that those are dropped that have been silent for the longest window


class Buckets:
    """Counts calls by name. `clock` in seconds; `limits` as calls and seconds."""

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        limits: tuple[tuple[int, float], ...] = THREAD,
    ) -> None:
        self._clock = clock
        self._limits = limits
        self._longest = max(seconds for _, seconds in limits)
        self._most = max(calls for calls, _ in limits)
        self._calls: dict[str, deque[float]] = {}  # when the last ones were made
        self._held: dict[str, float] = {}  # until when Teams asked us to wait

    def left(self, name: str) -> float:
        """The seconds until a call of that name may be made; 0: now."""
        now = self._clock()
        calls = self._calls.get(name, ())
        free = [calls[-most] + window for most, window in self._limits if len(calls) >= most]
        return max(0.0, max([self._held.get(name, now), *free]) - now)

    def count(self, name: str) -> None:
        """A call of that name is made now."""
        now = self._clock()
        self._calls.setdefault(name, deque(maxlen=self._most)).append(now)
        self._tidy(now)

    def hold(self, name: str, seconds: float) -> None:
        """No call of that name for so long: Teams said so."""
        self._held[name] = max(self._clock() + seconds, self._held.get(name, 0.0))

    def _tidy(self, now: float) -> None:
        if len(self._calls) > KEPT:
            silent = now - self._longest
            self._calls = {key: calls for key, calls in self._calls.items() if calls[-1] > silent}
            self._held = {key: until for key, until in self._held.items() if until > now}
