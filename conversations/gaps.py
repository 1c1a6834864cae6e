"""The gaps of a finished review: whose each is, until when, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from conversations.answering import DOUBLE_CLICK, answer
from conversations.calendar import at
from conversations.checklist import Check, Checklist
from conversations.effects import (
    END,
    GAPS,
    ROOT,
    Effect,
    Refresh,
    Refused,
    Remind,
    Step,
    Tell,
    layer_slot,
    scorecard_slot,
)
from conversations.events import Answered, GapChanged, GapsAccepted, Settled
from conversations.review import Gap, Review
from conversations.scoring import gaps, is_gap, score

NOON = time(12)
FARTHEST = timedelta(days=3 * 366)  # of a date that a gap may be put off to


def gaps_of(checklist: Checklist, review: Review) -> list[Check]:
    """The review's gaps, in the checklist's order; while it is open only those that are known."""
    return gaps(checklist, review.answers, finished=not review.open)


def owner_of(checklist: Checklist, review: Review, check: Check) -> str | None:
    """Whose gap it is: as people said, else the layer's person; None: the service's owners."""
    said = review.gaps.get(check.id)
    return said.owner if said else review.assignees.get(checklist.layer_of[check.id].id)


def due_of(checklist: Checklist, review: Review, check: Check) -> datetime | None:
    """When it is due: as people said, else so many days after the review finished.

    None while the review is open. The date that counts is the UTC one.
    """
    said = review.gaps.get(check.id)
    if said:
        return said.due
    if review.finished_at is None:
        return None
    days = checklist.due_days
    return review.finished_at + timedelta(days.critical if check.critical else days.other)


def all_accepted(checklist: Checklist, review: Review) -> bool:
    """Whether people have said of every gap whose it is and until when."""
    return all(check.id in review.gaps for check in gaps_of(checklist, review))


def chosen_date(text: str, today: date) -> datetime:
    """A date that a person chose (2026-12-09), today or later: its noon in UTC. Raises Refused."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError:
        raise Refused("date_unreadable") from None
    if day < today:
        raise Refused("date_past")
    if day > today + FARTHEST:
        raise Refused("date_far")
    return at(day, NOON, "UTC")


def accept(checklist: Checklist, review: Review, event: GapsAccepted) -> Step:
    """The review with owner and date said of every gap, as they were proposed.

    A second tap finds nothing left to say, and has no effect.
    """
    _finished(review)
    said = {
        check.id: Gap(owner_of(checklist, review, check), _due(checklist, review, check, event.at))
        for check in gaps_of(checklist, review)
        if check.id not in review.gaps
    }
    if not said:
        return Step(review)
    return Step(replace(review, gaps={**review.gaps, **said}), (Refresh(GAPS), Remind()))


def change(checklist: Checklist, review: Review, event: GapChanged) -> Step:
    """The review with gaps handed over or put off; a new owner is told directly."""
    _finished(review)
    open_gaps = {check.id for check in gaps_of(checklist, review)}
    said: dict[str, Gap] = {}
    for check_id in event.checks:
        check = _check(checklist, check_id)
        if check_id not in open_gaps:
            raise Refused("no_gap", number=check.number, service=review.service)
        owner = None if event.to_owners else event.owner or owner_of(checklist, review, check)
        gap = Gap(owner, event.due or _due(checklist, review, check, event.at))
        if review.gaps.get(check_id) != gap:
            said[check_id] = gap
    if not said and event.to_owners:
        raise Refused("owners_already")
    if not said:
        return Step(review)
    after = replace(review, gaps={**review.gaps, **said})
    told = (*_handed(checklist, review, after, said, event), *_put_off(checklist, review, event))
    return Step(after, (Refresh(GAPS), Remind(), *told))


def settle(checklist: Checklist, review: Review, event: Settled) -> Step:
    """The finished review with another answer to one of its gaps; the person hears what it did.

    A second tap has no effect.
    """
    check = _check(checklist, event.check)
    known = review.answers.get(check.id)
    if not is_gap(check, review.answers):
        twice = known and (known.by, known.verdict) == (event.by, event.verdict)
        if known and twice and event.at - known.at < DOUBLE_CLICK:
            return Step(review)
        raise Refused("no_gap", number=check.number, service=review.service)
    taken = answer(
        checklist,
        review,
        Answered(
            by=event.by,
            at=event.at,
            checks=(check.id,),
            verdict=event.verdict,
            note=event.note,
            evidence=event.evidence,
        ),
    )
    after = taken.review
    if after == review:
        return taken
    if not is_gap(check, after.answers):
        left = {key: gap for key, gap in after.gaps.items() if key != check.id}
        after = replace(after, gaps=left)
    elif event.due:
        gap = Gap(owner_of(checklist, review, check), event.due)
        after = replace(after, gaps={**after.gaps, check.id: gap})
    return Step(after, settled_effects(checklist, review, check, event), taken.records)


def settled_effects(
    checklist: Checklist, before: Review, check: Check, event: Settled
) -> tuple[Effect, ...]:
    """The cards that show the answer, and a line to whoever gave it."""
    slots = (
        ROOT,
        layer_slot(checklist.layer_of[check.id].number),
        END,
        GAPS,
        scorecard_slot(before.closings),
    )
    facts = {
        "number": check.number,
        "verdict": event.verdict.value,
        "service": before.service,
        "was": score(checklist, before.answers).overall.percent,
    }
    told = Tell(event.by, "tells.settled", facts, here=True)
    return (*(Refresh(slot) for slot in slots), Remind(), told)


def _handed(
    checklist: Checklist, before: Review, after: Review, said: dict[str, Gap], event: GapChanged
) -> tuple[Tell, ...]:
    """The line to whoever has them now, who did not do it."""
    to = event.owner
    if to is None or event.to_owners or to == event.by:
        return ()
    new = [
        check
        for check_id in said
        if owner_of(checklist, before, check := checklist.by_id[check_id]) != to
    ]
    if not new:
        return ()
    first = min(after.gaps[check.id].due for check in new)
    facts = {
        "by": event.by,
        "service": before.service,
        "numbers": [check.number for check in new],
        "due": first.strftime("%-d %b %Y"),
    }
    return (Tell(to, "tells.handed", facts, direct=True),)


def _put_off(checklist: Checklist, before: Review, event: GapChanged) -> tuple[Tell, ...]:
    """The line to whoever moved a date, and nothing else."""
    if event.due is None or event.owner or event.to_owners:
        return ()
    facts = {
        "service": before.service,
        "numbers": [checklist.by_id[it].number for it in event.checks],
        "due": event.due.strftime("%-d %b %Y"),
    }
    return (Tell(event.by, "tells.put_off", facts, here=True),)


def _due(checklist: Checklist, review: Review, check: Check, now: datetime) -> datetime:
    return due_of(checklist, review, check) or now


def _finished(review: Review) -> None:
    if review.open:
        raise Refused("gaps_open", service=review.service)


def _check(checklist: Checklist, check_id: str) -> Check:
    if check_id not in checklist.by_id:
        raise Refused("unknown_button")
    return checklist.by_id[check_id]
