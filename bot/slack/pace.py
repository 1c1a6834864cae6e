"""Slack takes few edits a minute: whose turn it is, and when.

The first few go out as they come. The rest of the minute's is spaced evenly, so that no card stands
still until the minute is over. Who waits longest comes first; progress, which nobody presses, comes
after everything that is pressed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

TAKEN = 50  # edits a minute that Slack is known to take
WINDOW = 60.0  # seconds in which they are counted
AT_ONCE = 6  # of a minute's edits one in so many goes out as it comes
SAVED = 5.0  # seconds of the even order that may be made up for when nobody edited
LATE = 1.0  # seconds after their time until nobody waits for them any more
ABSENT = 30.0  # and until they lose their place
KEPT = 5.0  # seconds for which a turn is kept for whoever was given it
LONGEST = 300.0  # seconds until somebody is to ask again, however long the line
QUIET = 5.0  # seconds since a pressed card was edited, after which progress is shown
OVERDUE = 60.0  # seconds that progress waits for that at most ...
SHARE = 6  # ... but of so many edits one at most is of such progress
MINDFUL = 600.0  # seconds after a refusal in which Slack is taken at its word
INSTANT = 0.001  # seconds that are no wait


@dataclass
class Waiting:
    """Since when somebody waits, and for when they were told to come: seconds of the clock."""

    since: float
    told: float


Line = dict[str, Waiting]


@dataclass(frozen=True)
class Turn:
    """A turn that was given, and how it moved the pace's `_slot` and `_between`."""

    at: float
    slot: float
    between: int


@dataclass(frozen=True)
class Order:
    """When edits may be made, in seconds: the next at `free`, those behind it `gap` apart.

    No longer than needed: once what was made is forgotten they are `even` seconds apart, as if the
    next one were made at `latest`.
    """

    free: float
    gap: float
    even: float
    latest: float

    def after(self, before: int) -> float:
        """When it is the turn of who has so many before them."""
        return min(self.free + before * self.gap, self.latest + before * self.even)


class Pace:
    """Turns at editing, by message. Of this process alone: others are noticed by refusals."""

    def __init__(self, now: Callable[[], datetime], a_minute: int = TAKEN) -> None:
        self._now = now
        self._a_minute = a_minute
        self._seen = self._refused = float("-inf")
        self._forget()

    def _forget(self) -> None:
        self._made: deque[float] = deque()  # when edits were made, within the last minute
        self._turns: dict[str, Turn] = {}  # given and not used yet
        self._pressed: Line = {}
        self._aside: Line = {}
        self._slot = self._last_pressed = float("-inf")  # the last one's place in the even order
        self._between = SHARE  # edits since the last one of progress

    def turn(self, message: str, *, aside: bool = False, pause: float = 0.0) -> float:
        """Seconds until the message is to ask again; 0: it may be edited now.

        `aside`: it shows progress, and lets others go first. `pause`: seconds in which nobody may.
        """
        now = self._tidied()
        if message in self._turns:
            return 0.0
        order, between = self._order(now, pause), self._between
        scarce = self._is_used(now) or self._pressed
        if aside and scarce and (wait := self._stand_aside(message, now, order)):
            return wait
        if before := _ahead(self._pressed, message, now):
            at = max(order.after(before), now + before * order.even)
        else:
            at = order.free
        if at > now + INSTANT:
            return _wait(self._pressed, message, now, at)
        slot = max(order.free, now - SAVED)
        moved, self._slot = min(slot - self._slot, order.gap), slot
        for line in (self._pressed, self._aside):
            line.pop(message, None)
        self._between = 0 if aside else self._between + 1
        self._turns[message] = Turn(now, moved, self._between - between)
        self._last_pressed = self._last_pressed if aside else now
        return 0.0

    def take(self, message: str) -> float:
        """Uses its turn, which who did not ask before is given now; else seconds until it is."""
        if wait := self.turn(message):
            return wait
        del self._turns[message]
        self._made.append(self._now().timestamp())
        return 0.0

    def unused(self, message: str) -> None:
        """It is not edited after all, and others are the earlier for it; nothing if it was."""
        if turn := self._turns.pop(message, None):
            self._slot -= turn.slot
            self._between = max(self._between - turn.between, 0)

    def refuse(self, message: str, seconds: float) -> None:
        """Slack did not take it, and wants it again then: it had its turn, so it is the next."""
        self._refused = now = self._tidied()
        self._pressed.pop(message, None)
        self._pressed = {message: Waiting(now, now + seconds), **self._pressed}

    def _stand_aside(self, message: str, now: float, order: Order) -> float:
        """Seconds until progress is to ask again; 0: it is in the line, or now the first of it."""
        if message in self._pressed:
            return 0.0
        since = self._aside[message].since if message in self._aside else now
        before, pressed = _ahead(self._aside, message, now), _ahead(self._pressed, "", now)
        quiet = max(order.free, self._last_pressed + QUIET)
        if pressed:
            quiet = order.after(pressed) + QUIET
        due = since + OVERDUE
        if (more := SHARE - self._between) > 0:
            due = max(due, order.after(more))
        at = min(quiet + before * order.even, due + before * SHARE * order.even)
        if at > now + INSTANT:
            return _wait(self._aside, message, now, at)
        self._aside.pop(message, None)
        self._between = 0
        self._pressed = {message: Waiting(since, now), **self._pressed}
        return 0.0

    def _most(self, now: float) -> int:
        """Edits a minute: a little less than Slack takes, since some are under way for longer."""
        most = min(self._a_minute, TAKEN) if now < self._refused + MINDFUL else self._a_minute
        return round(most * 24 / 25)

    def _is_used(self, now: float) -> bool:
        """Whether so many were edited in the last minute that the others are spaced."""
        return len(self._made) + len(self._turns) >= self._most(now) // AT_ONCE

    def _order(self, now: float, pause: float) -> Order:
        """By the least gap with which the minute's limit is never met; nobody before the pause."""
        most = self._most(now)
        even = WINDOW / most
        if not self._is_used(now):
            return Order(now + pause, even, even, now + pause)
        times = sorted([*self._made, *(it.at for it in self._turns.values())])
        # The edit after those that are left waits until the oldest is a minute old, and so on.
        numbered = enumerate(times, most - len(times) + 1)
        ends = [(number, at + WINDOW) for number, at in numbered if number > 0]
        gap = max([even, *((end - self._slot) / number for number, end in ends)])
        free = self._slot + gap
        if pause:
            free = max(free, now + pause)
        latest = max([free, *(end - (number - 1) * even for number, end in ends)])
        return Order(free, gap, even, latest)

    def _tidied(self) -> float:
        """The time; what is over by then is forgotten, and everything if the clock was set back."""
        now = self._now().timestamp()
        if self._seen > now:
            self._forget()
        self._seen = now
        while self._made and self._made[0] + WINDOW <= now:
            self._made.popleft()
        self._turns = {who: it for who, it in self._turns.items() if it.at + KEPT > now}
        self._pressed = {who: it for who, it in self._pressed.items() if it.told + ABSENT > now}
        self._aside = {who: it for who, it in self._aside.items() if it.told + ABSENT > now}
        return now


def _ahead(line: Mapping[str, Waiting], message: str, now: float) -> int:
    """How many in the line come before it, all if it does not stand there; not who is late."""
    count = 0
    for who, it in line.items():
        if who == message:
            break
        count += it.told + LATE > now
    return count


def _wait(line: Line, message: str, now: float, at: float) -> float:
    """Seconds until it is to ask again, which it is told; its place in the line stays."""
    told = min(at, now + LONGEST)
    line.setdefault(message, Waiting(now, told)).told = told
    return told - now
