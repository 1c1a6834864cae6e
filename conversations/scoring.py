"""The exact score. Others recompute it from the answers, so the formula is public (docs/)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from conversations.checklist import Check, Checklist
from conversations.review import Answer, Verdict

NO_GAP = frozenset({Verdict.MET, Verdict.NOT_APPLICABLE})


class Readiness(StrEnum):
    """Whether the service may face real users."""

    READY = "ready"
    CONDITIONAL = "conditional"
    NOT_READY = "not_ready"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which percent a service is ready: overall, and in every layer."""

    overall: int = 80
    layer: int = 50


@dataclass(frozen=True, slots=True)
class Tally:
    """The counted verdicts of some checks."""

    met: int
    partly: int
    unmet: int
    not_applicable: int
    unknown: int
    unanswered: int

    @property
    def applicable(self) -> int:
        """All checks but those said not to apply."""
        return self.met + self.partly + self.unmet + self.unknown + self.unanswered

    @property
    def answered(self) -> int:
        """How many checks have any verdict."""
        return self.met + self.partly + self.unmet + self.unknown + self.not_applicable

    @property
    def credit(self) -> float:
        """Met counts 1, partly 0.5, everything else 0."""
        return self.met + self.partly / 2

    @property
    def percent(self) -> int | None:
        """100 x credit / applicable, halves rounded up; None where nothing applies.

        In whole numbers: with twice the credit d = 2 met + partly, floor(100 d / 2a + 1/2)
        is (100 d + a) // 2a.
        """
        if not self.applicable:
            return None
        doubled = 2 * self.met + self.partly
        return (100 * doubled + self.applicable) // (2 * self.applicable)


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a review. `layers` is keyed by layer id, in order."""

    overall: Tally
    layers: Mapping[str, Tally]
    weakest_layer: str | None  # lowest percent, the first on a tie; None where nothing applies
    readiness: Readiness
    critical_open: tuple[Check, ...]  # applicable critical checks that are not met


def score(
    checklist: Checklist, answers: Mapping[str, Answer], thresholds: Thresholds = Thresholds()
) -> Score:
    """The score of these answers.

    Not ready while a critical check is open; else ready when overall and every layer reach their
    thresholds; else conditional.
    """
    layers = {layer.id: tally(layer.checks, answers) for layer in checklist.layers}
    overall = tally(checklist.checks, answers)
    percents = {key: it.percent for key, it in layers.items() if it.percent is not None}
    critical_open = tuple(
        check for check in checklist.checks if check.critical and is_gap(check, answers)
    )
    if critical_open:
        readiness = Readiness.NOT_READY
    elif (
        overall.percent is not None  # where nothing applies there is nothing to be ready
        and overall.percent >= thresholds.overall
        and all(percent >= thresholds.layer for percent in percents.values())
    ):
        readiness = Readiness.READY
    else:
        readiness = Readiness.CONDITIONAL
    weakest = min(percents, key=lambda key: percents[key]) if percents else None
    return Score(overall, layers, weakest, readiness, critical_open)


def tally(checks: Iterable[Check], answers: Mapping[str, Answer]) -> Tally:
    """The counted verdicts of these checks."""
    counts = Counter(answers[check.id].verdict if check.id in answers else None for check in checks)
    return Tally(
        met=counts[Verdict.MET],
        partly=counts[Verdict.PARTLY],
        unmet=counts[Verdict.UNMET],
        not_applicable=counts[Verdict.NOT_APPLICABLE],
        unknown=counts[Verdict.UNKNOWN],
        unanswered=counts[None],
    )


def is_gap(check: Check, answers: Mapping[str, Answer]) -> bool:
    """Whether the check applies and is not met; an unanswered one is a gap too."""
    answer = answers.get(check.id)
    return answer is None or answer.verdict not in NO_GAP


def gaps(checklist: Checklist, answers: Mapping[str, Answer], *, finished: bool) -> list[Check]:
    """The gaps in the checklist's order; unanswered ones only once the review is finished."""
    return [
        check
        for check in checklist.checks
        if is_gap(check, answers) and (finished or check.id in answers)
    ]
