"""What Slack asked us not to call for a while: nobody in this process does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat import ChatUnavailable

EVERYTHING = "*"  # the name that stands for every call
LONGEST = 300.0  # seconds; a longer pause is asked for again when it is over
STEP, STEPS = 1.0, 240  # seconds between those who wait for one pause to end; how many at most


@dataclass
class Pause:
    """One pause. `queue`: who waits for its end, and at which place."""

    begin: datetime
    end: datetime
    reason: str
    queue: dict[str, int]


class Pauses:
    """Pauses by name. Slack counts by workspace, so what one call was told holds for all."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._pauses: dict[str, Pause] = {}

    def check(self, name: str, who: str) -> None:
        """Raises ChatUnavailable where a call has to wait: it is not made at all.

        Who asks later is to come later: if all came at the pause's end, most would be refused.
        Asking again changes nobody's place.
        """
        for each in (name, EVERYTHING):
            pause = self._pauses.get(each)
            if pause is None:
                continue
            now = self._now()
            if not pause.begin <= now < pause.end:  # over, or the clock was set back since
                del self._pauses[each]
                continue
            place = pause.queue.setdefault(who, len(pause.queue))
            left = (pause.end - now).total_seconds() + min(place, STEPS) * STEP
            answered = each != EVERYTHING
            raise ChatUnavailable(pause.reason, retry_after=left, unsure=False, answered=answered)

    def begin(self, name: str, who: str, told: ChatUnavailable) -> ChatUnavailable:
        """The same error, whose `retry_after` all calls of that name are held to from now on."""
        if told.retry_after is not None:
            now = self._now()
            end = now + timedelta(seconds=told.retry_after)
            self._pauses[name] = Pause(now, end, told.reason, {who: 0})
        return told


def seconds(headers: Mapping[str, str]) -> float | None:
    """The Retry-After of an answer, within reason; None for one without any sense."""
    found = {str(key).lower(): value for key, value in headers.items()}
    try:
        asked = float(found["retry-after"])
    except (KeyError, TypeError, ValueError):
        return None
    return min(asked, LONGEST) if math.isfinite(asked) and asked > 0 else None
