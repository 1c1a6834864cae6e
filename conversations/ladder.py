"""When there is reason for a nudge. At what hour it goes out is in workhours."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

WEEK = timedelta(days=7)
SILENCE = timedelta(days=2)
MOST_A_WEEK = 2


@dataclass(frozen=True, slots=True)
class DueDays:
    """How many days after the review a gap is due, unless people say otherwise."""

    critical: int = 14
    other: int = 30


@dataclass(frozen=True, slots=True)
class Step:
    """A nudge so many days after a gap's due date (negative: before it), and who hears of it.

    Its owner does at every step; here whether the service's owners and the home channel do too.
    """

    days: int
    owners: bool = False
    channel: bool = False


LADDER = (Step(-3), Step(0), Step(3), Step(7, owners=True), Step(14, owners=True, channel=True))


def ladder(due: date, steps: Sequence[Step] = LADDER) -> list[tuple[Step, date]]:
    """The steps, each with its date, earliest first."""
    return [(step, due + timedelta(step.days)) for step in sorted(steps, key=lambda one: one.days)]


def latest_step(due: date, today: date, steps: Sequence[Step] = LADDER) -> Step | None:
    """The step that the gap has come to, whatever became of those before it; None: none yet."""
    come = [step for step, day in ladder(due, steps) if day <= today]
    return come[-1] if come else None


def silent_since(
    opened_at: datetime, answered_at: datetime | None, silence: timedelta = SILENCE
) -> datetime:
    """From when (UTC) an open review counts as silent: two days after its last answer.

    `answered_at` is None for a review without one, which is counted from its opening.
    """
    last = opened_at if answered_at is None else max(opened_at, answered_at)
    return last.astimezone(UTC) + silence


def room_from(nudged_at: Iterable[datetime], now: datetime, most: int = MOST_A_WEEK) -> datetime:
    """From when (UTC) a person may be nudged again, so that no seven days hold more than `most`.

    Now, if there is room already. `most` is at least 1.
    """
    if most < 1:
        raise ValueError("most must be at least 1")
    latest = heapq.nlargest(most, nudged_at)
    if len(latest) < most:
        return now.astimezone(UTC)
    return max(now, latest[-1] + WEEK).astimezone(UTC)
