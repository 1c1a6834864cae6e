"""What became of something that a person was reminded of."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from conversations.checklist import Checklist
from conversations.nudging import OWNERS_FROM, Concern, due_day, holders, last_said
from conversations.scoring import is_gap


class State(StrEnum):
    """What became of something that a person was reminded of."""

    OPEN = "open"
    SETTLED = "settled"
    HANDED = "handed"  # somebody else sees to it now
    NEWER = "newer"  # a newer review that is open has answered it again, and not with met


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
        since, _, _ = silent.partition(" ")
        said = last_said(review)
        broken = not review.open or (said is not None and said.isoformat() > since)
        return State.SETTLED if broken else State.OPEN
    check = checklist.by_id.get(check_id)
    known = review.answers.get(check_id)
    again = review.open and (concern.last is None or (known is not None and not known.carried))
    if check is None or not is_gap(check, (review if again else concern.settled).answers):
        return State.SETTLED
    if again:
        return State.NEWER
    due = due_day(checklist, concern.settled, check)
    late = due is not None and (today - due).days >= OWNERS_FROM
    theirs = {*holders(checklist, concern, check), *(concern.owners if late else ())}
    return State.OPEN if person in theirs else State.HANDED
