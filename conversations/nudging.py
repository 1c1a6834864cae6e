"""What a person is to be reminded of: today's state, and nothing else.

Whether this is the hour for it is in workhours; what was sent is only read, as rungs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from conversations.calendar import at, wall
from conversations.checklist import Check, Checklist
from conversations.gaps import due_of, gaps_of, owner_of
from conversations.ladder import (
    LADDER,
    MOST_A_WEEK,
    SILENCE,
    WEEK,
    Step,
    ladder,
    latest_step,
    silent_since,
)
from conversations.review import Review, unanswered
from conversations.scoring import is_gap

MIDNIGHT = time(0)
MOST_OF_SILENCE = 4  # reminders of one silence, a week apart
OWNERS_FROM, CHANNEL_FROM = 7, 14  # days after a gap's date


@dataclass(frozen=True, slots=True)
class Policy:
    """When people are reminded, and how often."""

    steps: tuple[Step, ...] = LADDER
    silence: timedelta = SILENCE
    most: int = MOST_A_WEEK  # nudges a person and rolling week


def steps_of(days: Iterable[int]) -> tuple[Step, ...]:
    """The ladder of these days, counted from a gap's date.

    From the seventh day on the service's owners hear of it too, from the fourteenth the channel.
    """
    return tuple(Step(it, it >= OWNERS_FROM, it >= CHANNEL_FROM) for it in sorted(set(days)))


@dataclass(frozen=True, slots=True)
class Concern:
    """A service's newest review, and who owns the service."""

    review: Review
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to be reminded of: a gap, or (`check` None) a review in which nobody answers.

    `rung` is how far this reminder goes; the next one has another.
    """

    review: str
    subject: str
    rung: str
    check: str | None = None
    due: date | None = None
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a person is to be reminded of now, the most urgent first, and when more begins (UTC)."""

    items: tuple[Item, ...]
    next_at: datetime | None


def look(
    checklist: Checklist,
    concerns: Sequence[Concern],
    person: str,
    *,
    now: datetime,
    zone: str,
    rungs: Mapping[str, str],
    policy: Policy,
) -> Found:
    """What the person is to be reminded of that they were not yet (`rungs`, by subject).

    `zone` is the person's: a gap's date begins there at midnight.
    """
    found = [
        it
        for concern in concerns
        for it in (
            _silence(checklist, concern, person, now, rungs, policy)
            if concern.review.open
            else _gaps(checklist, concern, person, wall(now, zone).date(), rungs, policy)
        )
    ]
    items = sorted((it for it in found if isinstance(it, Item)), key=_urgency)
    begins = [it if isinstance(it, datetime) else _begin(it, zone) for it in found
              if not isinstance(it, Item)]  # fmt: skip
    return Found(tuple(items), min(begins, default=None))


def concerned(concern: Concern) -> tuple[str, ...]:
    """Everybody whom the review may have to remind of something."""
    review = concern.review
    owners = (gap.owner for gap in review.gaps.values() if gap.owner)
    return tuple(dict.fromkeys((*concern.owners, *review.assignees.values(), *owners)))


def holders(checklist: Checklist, concern: Concern, check: Check) -> tuple[str, ...]:
    """Who sees to the gap: its owner, else all owners of the service."""
    owner = owner_of(checklist, concern.review, check)
    return (owner,) if owner else concern.owners


def due_day(checklist: Checklist, review: Review, check: Check) -> date | None:
    """The gap's date; None while the review is open."""
    due = due_of(checklist, review, check)
    return due.astimezone(UTC).date() if due else None


def gap_subject(review: Review, check: str) -> str:
    """What a reminder of the gap is kept under: the gap stays the same in the next review."""
    return f"gap:{review.service_key}:{check}"


def awaited(checklist: Checklist, concern: Concern) -> tuple[str, ...]:
    """Who is waited for in an open review: whoever has a layer with something unanswered, else

    the service's owners.
    """
    review = concern.review
    theirs = dict.fromkeys(
        person
        for layer in checklist.layers
        if (person := review.assignees.get(layer.id)) and unanswered(review, layer)
    )
    return tuple(theirs) or concern.owners


def last_said(review: Review) -> datetime | None:
    """When somebody last answered in this review; None: nobody has."""
    said = [it.at for it in review.answers.values() if not it.proposed and not it.carried]
    return max(said, default=None)


def _gaps(
    checklist: Checklist,
    concern: Concern,
    person: str,
    today: date,
    rungs: Mapping[str, str],
    policy: Policy,
) -> Iterator[Item | date]:
    """The gaps whose ladder has come to a new step, and the dates of steps to come."""
    review = concern.review
    for check in gaps_of(checklist, review):
        theirs = person in holders(checklist, concern, check)
        due = due_day(checklist, review, check)
        if due is None or not (theirs or person in concern.owners):
            continue
        steps = [it for it in policy.steps if theirs or it.owners]
        yield from (day for _, day in ladder(due, steps) if day > today)
        step, subject = latest_step(due, today, steps), gap_subject(review, check.id)
        if step and _is_new(step, due, rungs.get(subject)):
            yield Item(review.id, subject, f"{due} {step.days}", check.id, due, step)


def _is_new(step: Step, due: date, rung: str | None) -> bool:
    """Whether this step of the ladder to that date was not climbed yet."""
    known, _, days = (rung or "").partition(" ")
    return known != str(due) or step.days > int(days)


def _silence(
    checklist: Checklist,
    concern: Concern,
    person: str,
    now: datetime,
    rungs: Mapping[str, str],
    policy: Policy,
) -> Iterator[Item | datetime]:
    """The open review when nobody has answered for long, or the moment from which that is so."""
    if person not in awaited(checklist, concern):
        return
    review, subject = concern.review, f"silent:{concern.review.id}"
    since = silent_since(review.started_at, last_said(review), policy.silence)
    known, _, rest = rungs.get(subject, "").partition(" ")
    count, _, last = rest.partition(" ")
    times = int(count) if known == since.isoformat() else 0
    if times >= MOST_OF_SILENCE:
        return
    begins = datetime.fromisoformat(last) + WEEK if times else since
    if begins > now:
        yield begins
    else:
        yield Item(review.id, subject, f"{since.isoformat()} {times + 1} {now.isoformat()}")


def _begin(day: date, zone: str) -> datetime:
    return at(day, MIDNIGHT, zone)


def _urgency(item: Item) -> tuple[date, str, str]:
    """Gaps by their dates, then reviews in which nobody answers."""
    return (item.due or date.max, item.subject, item.review)


class State(StrEnum):
    """What became of something that a person was reminded of."""

    OPEN = "open"
    SETTLED = "settled"
    HANDED = "handed"  # somebody else sees to it now
    NEWER = "newer"  # a newer review asks it again


def state(
    checklist: Checklist,
    concern: Concern,
    person: str,
    check_id: str | None,
    silent: str,
    today: date,
) -> State:
    """What became of it, as of now: of a gap, or (`check_id` None) of the review's silence.

    `silent` is the rung of the reminder of that silence. `concern` holds the newest review.
    """
    review = concern.review
    if check_id is None:
        known, _, _ = silent.partition(" ")
        said = last_said(review)
        broken = not review.open or (said is not None and said.isoformat() > known)
        return State.SETTLED if broken else State.OPEN
    if review.open:
        return State.NEWER
    check = checklist.by_id.get(check_id)
    if check is None or not is_gap(check, review.answers):
        return State.SETTLED
    due = due_day(checklist, review, check)
    late = due is not None and (today - due).days >= OWNERS_FROM
    theirs = {*holders(checklist, concern, check), *(concern.owners if late else ())}
    return State.OPEN if person in theirs else State.HANDED
