"""What Slack asked us not to call for a while: nobody in this process does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from bot.chat import ChatUnavailable

EVERYTHING = "*"  # the name that stands for every call
LONGEST = 300.0  # seconds; a longer pause is asked for again when it is over
STEP, STEPS = 1.0, 240  # seconds between those who wait in a line; as far back as is counted
FIRST = 60  # of a line who go ahead when a pause is over: as many as one minute is for
ABSENT = timedelta(seconds=30)  # who has not come so long after their time will not come


@dataclass
class Line:
    """A pause, and the line of those who wait for it: each with the time they were told."""

    begin: datetime
    end: datetime
    reason: str
    waiting: dict[str, datetime]

    def place(self, who: str) -> int:
        """How many are before them; of the last ones not exactly."""
        if who not in self.waiting:
            return len(self.waiting)
        return next((at for at, it in enumerate(islice(self.waiting, STEPS)) if it == who), STEPS)

    def drop_absent(self, now: datetime) -> None:
        """Lets go of those at the front who were told a time and did not come."""
        while self.waiting and self.waiting[first := next(iter(self.waiting))] + ABSENT < now:
            del self.waiting[first]


class Pauses:
    """Pauses by name. Slack counts by workspace, so what one call was told holds for all."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lines: dict[str, Line] = {}

    def check(self, name: str, who: str) -> None:
        """Raises ChatUnavailable where a call has to wait: it is not made at all.

        Those who ask form a line, in which they stay from pause to pause until it is their turn. If
        all came at a pause's end most would be refused; if anybody who happens to ask then could go
        ahead, those who wait longest might be overtaken for ever.
        """
        for each in (name, EVERYTHING):
            if left := self.wait(each, who):
                reason, answered = self._lines[each].reason, each != EVERYTHING
                raise ChatUnavailable(reason, retry_after=left, unsure=False, answered=answered)
        for each in (name, EVERYTHING):
            if line := self._lines.get(each):
                line.waiting.pop(who, None)

    def wait(self, name: str, who: str) -> float:
        """Seconds until it is their turn to call; 0: it is."""
        line, now = self._lines.get(name), self._now()
        if line is None:
            return 0.0
        line.drop_absent(now)
        if now < line.begin or (now >= line.end and not line.waiting):  # set back, or all over
            del self._lines[name]
            return 0.0
        place = line.place(who)
        if now >= line.end and place < FIRST and who in line.waiting:
            return 0.0
        left = max((line.end - now).total_seconds(), 0.0) + min(place, STEPS) * STEP
        line.waiting[who] = now + timedelta(seconds=left)
        return left

    def begin(self, name: str, who: str, told: ChatUnavailable) -> ChatUnavailable:
        """The same error, whose `retry_after` all calls of that name are held to from now on."""
        if told.retry_after is not None:
            now = self._now()
            end, before = now + timedelta(seconds=told.retry_after), self._lines.get(name)
            waiting = before.waiting if before and before.begin <= now else {}
            self._lines[name] = Line(now, end, told.reason, {who: end, **waiting})
        return told


def seconds(headers: Mapping[str, str]) -> float | None:
    """The Retry-After of an answer, within reason; None for one without any sense."""
    found = {str(key).lower(): value for key, value in headers.items()}
    try:
        asked = float(found["retry-after"])
    except (KeyError, TypeError, ValueError):
        return None
    return min(asked, LONGEST) if math.isfinite(asked) and asked > 0 else None
