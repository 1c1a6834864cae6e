"""A review and its answers, as frozen values. What to ask next is always derived from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from conversations.checklist import Check, Checklist, Layer


class Verdict(StrEnum):
    """What somebody said of a check."""

    MET = "met"
    PARTLY = "partly"
    UNMET = "unmet"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


class State(StrEnum):
    """Whether a review still takes answers."""

    OPEN = "open"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict with what was said for it. `by` and `at` are those of the verdict."""

    verdict: Verdict
    by: str  # a person id, "slack:U123"
    at: datetime
    note: str = ""
    evidence: tuple[str, ...] = ()
    proposed: bool = False  # by scoping, not by a person's own tap
    carried: bool = False  # from the review before, and not attested since

    def __hash__(self) -> int:
        """Of the moment and the person: lines of cards are remembered by their answer."""
        return hash((self.at, self.by))


@dataclass(frozen=True, slots=True)
class Gap:
    """What people said of a gap: who sees to it, and until when. Its date is that of `due` in UTC.

    `owner` None: the service's owners.
    """

    owner: str | None
    due: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """Where a review lives: a channel of a workspace on a platform."""

    platform: str
    workspace: str
    channel: str


@dataclass(frozen=True, slots=True)
class Review:
    """One pass of one service through one checklist version, in one thread."""

    id: str
    service: str  # the name as people wrote it
    service_key: str
    checklist: str
    place: Place
    started_by: str
    started_at: datetime
    state: State = State.OPEN
    finished_by: str | None = None
    finished_at: datetime | None = None
    profile: Mapping[str, bool] = field(default_factory=dict)
    ask_everything: bool = False  # scoping was skipped: all checks apply
    answers: Mapping[str, Answer] = field(default_factory=dict)
    skipped: frozenset[str] = frozenset()  # check ids put off; they come back at the end
    closings: int = 0  # how often it was finished; reopening keeps the count
    assignees: Mapping[str, str] = field(default_factory=dict)  # layer id -> person id
    gaps: Mapping[str, Gap] = field(default_factory=dict)  # by check id, where people said so
    previous: str | None = None  # id of the review whose answers it carries over
    before: Mapping[str, Answer] = field(default_factory=dict)  # the answers of that one
    scheduled: bool = False  # opened by the bot, on the service's schedule
    texts: Mapping[str, str] = field(default_factory=dict)  # check id -> mark of its wording
    texts_before: Mapping[str, str] = field(default_factory=dict)  # the same, of the one before
    version: int = 0  # counts stored changes, for compare-and-set

    @property
    def open(self) -> bool:
        """Whether it still takes answers."""
        return self.state is State.OPEN


def scoped(checklist: Checklist, review: Review) -> bool:
    """Whether scoping is behind us: every question answered, or skipped as a whole."""
    return review.ask_everything or all(fact.id in review.profile for fact in checklist.facts)


def unanswered(review: Review, layer: Layer) -> tuple[Check, ...]:
    """The layer's checks without an answer, in order."""
    return tuple(check for check in layer.checks if check.id not in review.answers)


def pending(review: Review, layer: Layer) -> tuple[Check, ...]:
    """The layer's checks that are neither answered nor put off, in order."""
    return tuple(check for check in unanswered(review, layer) if check.id not in review.skipped)


def carried(review: Review, layer: Layer) -> tuple[Check, ...]:
    """The layer's checks whose answer stands from the review before, put off or not, in order."""
    given = ((check, review.answers.get(check.id)) for check in layer.checks)
    return tuple(check for check, answer in given if answer and answer.carried)


def to_attest(review: Review, layer: Layer) -> tuple[Check, ...]:
    """The layer's checks whose carried answer waits for somebody to say that it is still true."""
    return tuple(check for check in carried(review, layer) if check.id not in review.skipped)


def waits(review: Review, layer: Layer) -> bool:
    """Whether the layer has checks to answer or answers to attest that are not put off."""
    return bool(pending(review, layer) or to_attest(review, layer))


def put_off(answers: Mapping[str, Answer], skipped: frozenset[str]) -> frozenset[str]:
    """Those of the skipped checks that still are: what somebody answered is put off no more."""
    return frozenset(it for it in skipped if it not in answers or answers[it].carried)


def reached(checklist: Checklist, review: Review) -> tuple[Layer, ...]:
    """The layers whose card stands in the thread: those done, and the current one."""
    if not scoped(checklist, review):
        return ()
    current = current_layer(checklist, review)
    if current is None or not waits(review, current):
        return checklist.layers
    return checklist.layers[: current.number]


def current_layer(checklist: Checklist, review: Review) -> Layer | None:
    """The layer being asked: the first where something waits, else the first put off.

    None when every check is answered.
    """
    for layer in checklist.layers:
        if waits(review, layer):
            return layer
    for layer in checklist.layers:
        if unanswered(review, layer):
            return layer
    return None


def current_check(checklist: Checklist, review: Review) -> Check | None:
    """The check that a typed reply without a number answers.

    None when all are answered, or those of the current layer only wait to be attested.
    """
    layer = current_layer(checklist, review)
    if layer is None:
        return None
    asked = pending(review, layer)
    if not asked and not to_attest(review, layer):
        asked = unanswered(review, layer)
    return asked[0] if asked else None


def last_answered(checklist: Checklist, review: Review, *, by: str | None = None) -> Check | None:
    """The check that somebody answered last (`by`: that person).

    Of several at one moment ("1-4 yes") the last in order. None while nobody has: what is proposed
    or carried over is nobody's answer.
    """
    found: tuple[Check, Answer] | None = None
    for check in checklist.checks:
        answer = review.answers.get(check.id)
        if answer is None or answer.proposed or answer.carried or (by and by != answer.by):
            continue
        if found is None or answer.at >= found[1].at:
            found = check, answer
    return found[0] if found else None


def leftovers(checklist: Checklist, review: Review) -> tuple[Check, ...]:
    """What was put off and now comes back: empty while anything else waits.

    Answers of last time that were put off do not come back: they stand as they were.
    """
    if not scoped(checklist, review) or any(waits(review, it) for it in checklist.layers):
        return ()
    return tuple(check for check in checklist.checks if check.id not in review.answers)
