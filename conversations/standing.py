"""Where a service stands, in plain facts: counted from the answers of a review, then kept.

They say the same for as long as the review, and the yardstick, stay as they are.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple

from conversations.checklist import Checklist
from conversations.gaps import due_of, gaps_of
from conversations.review import Review
from conversations.scoring import Readiness, Thresholds, score

FORM = 1  # of the facts: another one makes all that are kept worthless
ORDER = {it: at for at, it in enumerate(("not_ready", "conditional", "ready"))}


class Facts(NamedTuple):
    """What the answers of a review come to. A tuple, as `Stand`: of ten thousand services."""

    readiness: Readiness
    percent: int | None
    weakest: str | None  # layer id
    weakest_percent: int | None
    applicable: int
    critical_open: int
    gaps: list[str]  # check ids, in the checklist's order
    dues: list[str]  # of gaps: the dates that are known (ISO 8601, UTC), the first one first

    def overdue(self, today: str) -> int:
        """How many gaps were due before this date, ISO 8601."""
        return bisect_left(self.dues, today)


class Stand(NamedTuple):
    """A service, the review by which it stands, and what that comes to."""

    service: str  # id
    key: str
    name: str
    review: str  # id
    open: bool
    started_at: datetime
    finished_at: datetime | None
    again: bool  # its re-review is open
    facts: Facts


@dataclass(frozen=True)
class Yardstick:
    """What reviews are measured by."""

    checklist: Checklist
    thresholds: Thresholds = Thresholds()

    @cached_property
    def mark(self) -> str:
        """A fingerprint of all that facts depend on beside their review."""
        layers = [(it.id, [(one.id, one.critical) for one in it.checks])
                  for it in self.checklist.layers]  # fmt: skip
        parts = (FORM, self.checklist.version, self.checklist.due_days, self.thresholds, layers)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def facts(self, review: Review) -> Facts:
        """Where a service stands by this review."""
        result = score(self.checklist, review.answers, self.thresholds)
        weakest = result.weakest_layer
        missing = gaps_of(self.checklist, review)
        dues = (due_of(self.checklist, review, check) for check in missing)
        return Facts(
            readiness=result.readiness,
            percent=result.overall.percent,
            weakest=weakest,
            weakest_percent=result.layers[weakest].percent if weakest else None,
            applicable=result.overall.applicable,
            critical_open=len(result.critical_open),
            gaps=[check.id for check in missing],
            dues=sorted(due.astimezone(UTC).date().isoformat() for due in dues if due),
        )


def rank(it: Stand) -> tuple[int, int, str]:
    """What services are sorted by: the least ready first."""
    facts = it.facts
    return (ORDER[facts.readiness], facts.percent or 0, it.key)


def age(it: Stand | Review, now: datetime) -> str:
    """How long ago the review was finished, or started while it is open."""
    days = (now - (it.finished_at or it.started_at)).days
    return "today" if days < 1 else "yesterday" if days == 1 else f"{days} days ago"
