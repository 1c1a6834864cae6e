"""A re-review: what of the last answers stands, and what has to be asked again.

Both are derived from the review before, the checklist and the moment the review was opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from conversations.checklist import Check, Checklist
from conversations.effects import Record, Refused, Step
from conversations.events import Attested, FullPassAsked, Started
from conversations.review import Answer, Review, Verdict, carried, put_off, scoped
from conversations.scoring import is_gap

SECONDS_A_CHECK, SECONDS_A_LAYER = 20, 5  # for an answer; for one "Still true"
MARK = 12  # characters of a wording's mark


class Why(StrEnum):
    """Why a check is asked again, in the order in which the first that fits is named."""

    NEW = "new"  # in the checklist
    GAP = "gap"  # not met last time, or not answered
    CRITICAL = "critical"
    CHANGED = "changed"  # in its wording
    AGED = "aged"  # its answer is older than the check's interval


def marks(checklist: Checklist) -> dict[str, str]:
    """A mark of every check's wording, by check id: another wording has another mark."""
    return {
        check.id: hashlib.sha256(check.text.encode()).hexdigest()[:MARK]
        for check in checklist.checks
    }


def following(checklist: Checklist, review: Review, last: Review | None) -> Review:
    """The new review as it follows the service's last one (None: it has none), not yet opened."""
    review = replace(review, texts=marks(checklist))
    if last is None:
        return review
    return replace(
        review,
        previous=last.id,
        before=last.answers,
        texts_before=last.texts,
        profile=last.profile,
        ask_everything=last.ask_everything,
        assignees=last.assignees,
    )


def last_time(review: Review, check_id: str) -> Answer | None:
    """What somebody answered in the review before; None where only scoping proposed something."""
    known = review.before.get(check_id)
    return None if known is None or known.proposed else known


def wording(review: Review, check: Check) -> Why | None:
    """NEW or CHANGED, as the check is compared with the review before; None: as it was.

    None, too, where that one was opened before wordings were marked.
    """
    if not review.texts_before:
        return None
    if check.id not in review.texts_before:
        return Why.NEW
    now = review.texts.get(check.id)
    return Why.CHANGED if now and now != review.texts_before[check.id] else None


def asked(checklist: Checklist, review: Review) -> Mapping[str, Why]:
    """The checks that a re-review asks, with the reason, in the checklist's order.

    What is neither here nor proposed as N/A stands as it was answered last time. Empty for a
    service's first review.
    """
    if review.previous is None:
        return {}
    reasons = ((check.id, _why(checklist, review, check)) for check in checklist.checks)
    return {check_id: why for check_id, why in reasons if why}


def _why(checklist: Checklist, review: Review, check: Check) -> Why | None:
    known, change = last_time(review, check.id), wording(review, check)
    if known is None and _reason(checklist, review, check) is not None:
        return None  # proposed as N/A
    if change is Why.NEW:
        return Why.NEW
    if known is None or is_gap(check, {check.id: known}):
        return Why.GAP
    if check.critical:
        return Why.CRITICAL
    if change is Why.CHANGED:
        return Why.CHANGED
    aged = known.at + timedelta(days=check.interval_days) < review.started_at
    return Why.AGED if aged else None


def _reason(checklist: Checklist, review: Review, check: Check) -> str | None:
    """Why scoping proposes that the check does not apply; None where it does not."""
    if review.ask_everything or not scoped(checklist, review):
        return None
    return checklist.reason_without(check, review.profile)


def carry(checklist: Checklist, review: Review, event: Started) -> Step:
    """The review with the answers that need not be asked.

    People's are carried over with their author and date, scoping's proposed again. A first review
    stays as it is.
    """
    if review.previous is None or review.answers:
        return Step(review)
    ask = asked(checklist, review)
    answers = {
        check.id: answer
        for check in checklist.checks
        if check.id not in ask and (answer := _standing(checklist, review, check, event))
    }
    records = tuple(Record(check_id, event.by, it) for check_id, it in answers.items())
    return Step(replace(review, answers=answers), records=records)


def _standing(checklist: Checklist, review: Review, check: Check, event: Started) -> Answer | None:
    known = last_time(review, check.id)
    if known is not None:
        return replace(known, carried=True)
    reason = _reason(checklist, review, check)
    if reason is None:
        return None
    before = review.before.get(check.id)
    by, at = (before.by, before.at) if before else (event.by, event.at)
    return Answer(Verdict.NOT_APPLICABLE, by, at, note=reason, proposed=True)


def attest(checklist: Checklist, review: Review, event: Attested) -> Step:
    """The review in which the layer's carried answers are those of whoever says they still hold.

    Verdict, note and evidence stay; who said it first stands in the history.
    """
    layer = checklist.layers_by_id.get(event.layer)
    if layer is None:
        raise Refused("unknown_button")
    said = {
        check.id: replace(review.answers[check.id], by=event.by, at=event.at, carried=False)
        for check in carried(review, layer)
    }
    answers = {**review.answers, **said}
    after = replace(review, answers=answers, skipped=put_off(answers, review.skipped))
    return Step(after, records=tuple(Record(key, event.by, it) for key, it in said.items()))


def ask_all(review: Review, event: FullPassAsked) -> Step:
    """The review in which nothing stands from last time, so that every check is asked."""
    gone = [key for key, answer in review.answers.items() if answer.carried]
    answers = {key: answer for key, answer in review.answers.items() if not answer.carried}
    after = replace(review, answers=answers, skipped=review.skipped - set(gone))
    return Step(after, records=tuple(Record(key, event.by, None) for key in gone))


def minutes(checklist: Checklist, review: Review) -> int:
    """About how long the review takes: its unanswered checks, and a tap a layer; at least 1."""
    left = sum(check.id not in review.answers for check in checklist.checks)
    taps = sum(bool(carried(review, layer)) for layer in checklist.layers)
    return max(1, round((SECONDS_A_CHECK * left + SECONDS_A_LAYER * taps) / 60))
