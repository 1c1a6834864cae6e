"""The week of a channel: where its services stand, what moved since the last time, what is missed.

Plain facts, made at the moment of the occurrence and kept with the post, so that it says the same
whenever it leaves. The card is in views/weekly.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from conversations.checklist import Checklist
from conversations.scoring import Readiness
from conversations.standing import Stand, rank

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
    stands: Sequence[Stand],
    before: Mapping[str, Mapping[str, Any]],
    now: datetime,
    checklist: Checklist,
) -> Week:
    """The week of services. `before`: their last `kept`, by service id."""
    today = now.date().isoformat()
    ranked = sorted(stands, key=rank)
    standings = tuple(_standing(it, before.get(it.service), now, today) for it in ranked)
    return Week(day, standings, tuple(_missed(ranked, checklist)))


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


def _standing(it: Stand, before: Mapping[str, Any] | None, now: datetime, today: str) -> Standing:
    facts = it.facts
    percent = facts.percent
    earlier = before["percent"] if before else None
    overdue = facts.overdue(today)
    return Standing(
        key=it.key,
        name=it.name,
        review=it.review,
        open=it.open,
        readiness=facts.readiness,
        percent=percent,
        weakest=facts.weakest,
        applicable=facts.applicable,
        critical_open=facts.critical_open,
        overdue=overdue,
        days=max((now - (it.finished_at or it.started_at)).days, 0),
        again=it.again,
        change=percent - earlier if percent is not None and earlier is not None else None,
        readiness_before=Readiness(before["readiness"]) if before else None,
        overdue_change=overdue - before["overdue"] if before else 0,
    )


def _missed(stands: Iterable[Stand], checklist: Checklist) -> list[Missed]:
    """The checks that most finished reviews lack, those of at least two; ties in their order."""
    counts: Counter[str] = Counter(dict.fromkeys((it.id for it in checklist.checks), 0))
    for it in stands:
        if not it.open:
            counts.update(it.facts.gaps)
    return [Missed(check, n) for check, n in counts.most_common(MOST_MISSED) if n > 1]


def _weight(it: Standing) -> tuple[bool, int, str]:
    same = it.readiness_before in {None, it.readiness}
    return (same, -abs(it.change or 0) - abs(it.overdue_change), it.key)
