"""The week of a channel: where its services stand, what moved since the last time, what is missed.

Plain facts, made at the moment of the occurrence and kept with the post, so that it says the same
whenever it leaves. The card is in views/weekly.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from conversations.scoring import Readiness, gaps, is_gap
from conversations.views.private import gap_due, rank
from conversations.views.scene import Scene

MOST_MOVERS, MOST_MISSED = 6, 3
ORDER = (Readiness.NOT_READY, Readiness.CONDITIONAL, Readiness.READY)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one service stands. `days` is the age of its review, since it was finished or opened.

    `change` in percent points, and `readiness_before`, against the last weekly scorecard; None
    where it had none.
    """

    key: str
    name: str
    review: str
    open: bool
    readiness: Readiness
    percent: int | None
    weakest: str | None  # layer id
    applicable: int
    critical_open: int
    overdue: int
    days: int
    again: bool = False  # its re-review is open
    change: int | None = None
    readiness_before: Readiness | None = None
    overdue_change: int = 0  # how many more gaps are overdue; less than 0: how many fewer

    @property
    def moved(self) -> bool:
        """Whether anything changed since the last time."""
        other = self.readiness_before not in {None, self.readiness}
        return other or bool(self.change) or bool(self.overdue_change)


@dataclass(frozen=True, slots=True)
class Missed:
    """A check that is a gap of several services."""

    check: str  # id
    services: int


@dataclass(frozen=True, slots=True)
class Week:
    """What the weekly scorecard says. `standings` with the least ready first."""

    day: str  # ISO 8601, the date it is for
    standings: tuple[Standing, ...] = ()
    missed: tuple[Missed, ...] = field(default=())

    @property
    def movers(self) -> list[Standing]:
        """What moved, the biggest change first, another readiness before all others."""
        moved = [it for it in self.standings if it.moved]
        return sorted(moved, key=_weight)[:MOST_MOVERS]


def week(
    day: str,
    scenes: Sequence[Scene],
    before: Mapping[str, Mapping[str, Any]],
    now: datetime,
    again: Container[str] = (),
) -> Week:
    """The week of services, each by the review that says where it stands.

    `before`: their last `kept`, by service key; `again`: the keys of those that are being reviewed
    again.
    """
    ranked = sorted(scenes, key=rank)
    standings = tuple(
        replace(
            _standing(it, before.get(it.review.service_key), now),
            again=it.review.service_key in again,
        )
        for it in ranked
    )
    return Week(day, standings, tuple(_missed(ranked)))


def kept(it: Standing) -> dict[str, Any]:
    """What the next week compares with."""
    return {"readiness": it.readiness.value, "percent": it.percent, "overdue": it.overdue}


def packed(it: Week) -> dict[str, Any]:
    """The week as JSON keeps it."""
    return asdict(it)


def unpacked(data: Mapping[str, Any]) -> Week:
    """The week of `packed`."""
    standings = (
        Standing(
            **{
                **it,
                "readiness": Readiness(it["readiness"]),
                "readiness_before": it["readiness_before"] and Readiness(it["readiness_before"]),
            }
        )
        for it in data["standings"]
    )
    missed = tuple(Missed(**it) for it in data["missed"])
    return Week(data["day"], tuple(standings), missed)


def _standing(scene: Scene, before: Mapping[str, Any] | None, now: datetime) -> Standing:
    review, result = scene.review, scene.score
    percent = result.overall.percent
    earlier = before["percent"] if before else None
    overdue = _overdue(scene, now)
    return Standing(
        key=review.service_key,
        name=review.service,
        review=review.id,
        open=review.open,
        readiness=result.readiness,
        percent=percent,
        weakest=result.weakest_layer,
        applicable=result.overall.applicable,
        critical_open=len(result.critical_open),
        overdue=overdue,
        days=max((now - (review.finished_at or review.started_at)).days, 0),
        change=percent - earlier if percent is not None and earlier is not None else None,
        readiness_before=Readiness(before["readiness"]) if before else None,
        overdue_change=overdue - before["overdue"] if before else 0,
    )


def _overdue(scene: Scene, now: datetime) -> int:
    missing = gaps(scene.checklist, scene.review.answers, finished=not scene.review.open)
    dates = (gap_due(scene, check) for check in missing)
    return sum(due is not None and due.date() < now.date() for due in dates)


def _missed(scenes: Iterable[Scene]) -> list[Missed]:
    """The checks that most finished reviews lack, those of at least two; ties in their order."""
    finished = [it for it in scenes if not it.review.open]
    counts: Counter[str] = Counter()
    for scene in finished:
        for check in scene.checklist.checks:
            counts[check.id] += is_gap(check, scene.review.answers)
    return [Missed(check, n) for check, n in counts.most_common(MOST_MISSED) if n > 1]


def _weight(it: Standing) -> tuple[bool, int, str]:
    same = it.readiness_before in {None, it.readiness}
    return (same, -abs(it.change or 0) - abs(it.overdue_change), it.key)
