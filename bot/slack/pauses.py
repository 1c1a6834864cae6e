"""What Slack asked us not to call for a while: nobody in this process does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.chat import ChatUnavailable

EVERYTHING = "*"  # the name that stands for every call
LONGEST = 300.0  # seconds; a longer pause is asked for again when it is over
STEP = timedelta(seconds=1)  # between those who wait for the same pause to end
FARTHEST = timedelta(seconds=240)  # as far ahead somebody is told to come again


@dataclass
class Pause:
    """One pause. `promised`: when each who asked meanwhile is to come; `last`: the latest."""

    begin: datetime
    end: datetime
    reason: str
    promised: dict[str, datetime]
    last: datetime


class Pauses:
    """Pauses by name. Slack counts by workspace, so what one call was told holds for all."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._pauses: dict[str, Pause] = {}

    def check(self, name: str, who: str) -> None:
        """Raises ChatUnavailable where a call has to wait: it is not made at all.

        Who asks later is to come later, also than those who wait since an earlier pause: if all
        came at the pause's end, most would be refused, and the oldest might be refused for ever.
        Asking again changes nobody's moment.
        """
        for each in (name, EVERYTHING):
            pause = self._pauses.get(each)
            if pause is None:
                continue
            now = self._now()
            if not pause.begin <= now < max(pause.end, pause.last):  # over, or set back since
                del self._pauses[each]
                continue
            if now >= pause.end and pause.promised.pop(who, None) is not None:
                continue
            moment = pause.promised.get(who)
            if moment is None:
                moment = min(max(pause.end, pause.last) + STEP, now + FARTHEST)
                pause.promised[who], pause.last = moment, max(pause.last, moment)
            left = (max(moment, pause.end) - now).total_seconds()
            answered = each != EVERYTHING
            raise ChatUnavailable(pause.reason, retry_after=left, unsure=False, answered=answered)

    def begin(self, name: str, who: str, told: ChatUnavailable) -> ChatUnavailable:
        """The same error, whose `retry_after` all calls of that name are held to from now on."""
        if told.retry_after is not None:
            now = self._now()
            end, before = now + timedelta(seconds=told.retry_after), self._pauses.get(name)
            waiting = before.promised if before and before.begin <= now else {}
            last = max(before.last, end) if before and waiting else end
            self._pauses[name] = Pause(now, end, told.reason, waiting | {who: end}, last)
        return told


def seconds(headers: Mapping[str, str]) -> float | None:
    """The Retry-After of an answer, within reason; None for one without any sense."""
    found = {str(key).lower(): value for key, value in headers.items()}
    try:
        asked = float(found["retry-after"])
    except (KeyError, TypeError, ValueError):
        return None
    return min(asked, LONGEST) if math.isfinite(asked) and asked > 0 else None
