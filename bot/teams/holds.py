"""Cards in whose place somebody fills in a form: an edit would take what is half typed away."""

from __future__ import annotations

import time
from collections.abc import Callable

from conversations.review import Place

SECONDS = 120.0  # for which a form keeps edits of its message waiting
LONGEST = 15.0  # seconds until such an edit is tried again


class Holds:
    """In memory, and of this process: it saves trouble, nothing depends on it. `clock` in seconds.

    Everybody who presses a button gets the newest card all the same, as the answer to it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[tuple[Place, str], float] = {}

    def begin(self, place: Place, message: str) -> None:
        """A form was opened there."""
        now = self._clock()
        self._until = {key: until for key, until in self._until.items() if until > now}
        self._until[place, message] = now + SECONDS

    def end(self, place: Place, message: str) -> None:
        """It was sent, or given up."""
        self._until.pop((place, message), None)

    def left(self, place: Place, message: str) -> float:
        """The seconds until an edit is worth trying; 0: now."""
        return max(0.0, min(self._until.get((place, message), 0.0) - self._clock(), LONGEST))
