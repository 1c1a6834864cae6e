"""What a person is to be reminded of: today's state, and nothing else.

Whether this is the hour for it is in workhours; what was sent is only read, as rungs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

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
    """A service's newest review, and who owns the service.

    `last` is the review whose gaps are seen to while a newer one is open: the finished one before.
    """

    review: Review
    owners: tuple[str, ...]
    last: Review | None = None

    @property
    def settled(self) -> Review:
        """The review by which the service stands, and whose gaps are seen to."""
        return self.last or self.review


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
    mine: bool = True  # False: somebody else sees to it, and the service's owners hear of it too


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be said now, the most urgent first, and when more begins (UTC)."""

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
    today = wall(now, zone).date()
    found: list[Item | date] = []
    for concern in concerns:
        if concern.review.open:
            found += _silence(checklist, concern, person, now, rungs, policy)
        found += _gaps(checklist, concern, person, today, rungs, policy)
    return _found(checklist, found, zone)


def look_for_all(
    checklist: Checklist,
    concern: Concern,
    *,
    now: datetime,
    zone: str,
    rungs: Mapping[str, str],
    policy: Policy,
) -> Found:
    """The gaps that are overdue for so long that everybody is asked to help, those said before too.

    Nothing, if all of them were said before (`rungs`). `zone` is the channel's.
    """
    today, steps = wall(now, zone).date(), [it for it in policy.steps if it.channel]
    found: list[Item | date] = []
    for check in gaps_now(checklist, concern):
        due = due_day(checklist, concern.settled, check)
        if due:
            found += (day for _, day in ladder(due, steps) if day > today)
            found += _climbed(concern, check, due, latest_step(due, today, steps))
    seen = _found(checklist, found, zone)
    new = any(it.step and it.due and _is_new(it.step, it.due, rungs.get(it.subject))
              for it in seen.items)  # fmt: skip
    return seen if new else Found((), seen.next_at)


def _found(checklist: Checklist, found: Iterable[Item | date], zone: str) -> Found:
    """Own before others', then by date, critical first, in the checklist's order.

    Reviews in which nobody answers come after the gaps.
    """
    order = {check.id: (not check.critical, at) for at, check in enumerate(checklist.checks)}
    begins = [it if isinstance(it, datetime) else _begin(it, zone) for it in found
              if not isinstance(it, Item)]  # fmt: skip
    items = sorted(
        (it for it in found if isinstance(it, Item)),
        key=lambda it: (
            not it.mine,
            it.due or date.max,
            order.get(it.check or "", (True, len(order))),
            it.subject,
        ),
    )
    return Found(tuple(items), min(begins, default=None))


def concerned(concern: Concern) -> tuple[str, ...]:
    """Everybody whom the review may have to remind of something."""
    review = concern.review
    owners = (gap.owner for gap in concern.settled.gaps.values() if gap.owner)
    return tuple(dict.fromkeys((*concern.owners, *review.assignees.values(), *owners)))


def gaps_now(checklist: Checklist, concern: Concern) -> list[Check]:
    """The gaps that are seen to: a newer review that is open has not answered them again yet."""
    settled, again = concern.settled, concern.review.answers
    found = gaps_of(checklist, settled)
    if settled is concern.review:
        return found
    return [it for it in found if it.id not in again or again[it.id].carried]


def holders(checklist: Checklist, concern: Concern, check: Check) -> tuple[str, ...]:
    """Who sees to the gap: its owner, else all owners of the service."""
    owner = owner_of(checklist, concern.settled, check)
    return (owner,) if owner else concern.owners


def due_day(checklist: Checklist, review: Review, check: Check) -> date | None:
    """The gap's date; None while the review is open."""
    due = due_of(checklist, review, check)
    return due.astimezone(UTC).date() if due else None


def gap_subject(review: Review, check: str) -> str:
    """What a reminder of the gap is kept under: the gap stays the same in the next review."""
    return f"gap:{review.service_key}:{check}"


def silence_subject(review: Review) -> str:
    """The same of the silence in an open review."""
    return f"silent:{review.id}"


def awaited(checklist: Checklist, concern: Concern) -> tuple[str, ...]:
    """Who is waited for in an open review.

    Whoever has a layer with something unanswered, else the service's owners.
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
    review = concern.settled
    for check in gaps_now(checklist, concern):
        theirs = person in holders(checklist, concern, check)
        due = due_day(checklist, review, check)
        if due is None or not (theirs or person in concern.owners):
            continue
        steps = [it for it in policy.steps if theirs or it.owners]
        yield from (day for _, day in ladder(due, steps) if day > today)
        for it in _climbed(concern, check, due, latest_step(due, today, steps), mine=theirs):
            if it.step and _is_new(it.step, due, rungs.get(it.subject)):
                yield it


def _climbed(
    concern: Concern, check: Check, due: date, step: Step | None, *, mine: bool = True
) -> tuple[Item, ...]:
    """The gap at that step, if it has come to one."""
    if step is None:
        return ()
    review = concern.settled
    subject, rung = gap_subject(review, check.id), f"{due} {step.days}"
    return (Item(review.id, subject, rung, check.id, due, step, mine),)


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
    review, subject = concern.review, silence_subject(concern.review)
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
