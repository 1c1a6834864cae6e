"""Scoping: a few facts of the service decide which checks are proposed not to apply."""

from __future__ import annotations

from dataclasses import replace

from conversations.checklist import Checklist
from conversations.effects import Record, Refused, Step
from conversations.events import AskedEverything, Scoped
from conversations.review import Answer, Review, Verdict, put_off, scoped


def scope(checklist: Checklist, review: Review, event: Scoped) -> Step:
    """The review with these facts; once all are known, what does not apply is proposed."""
    if not set(event.facts) <= {fact.id for fact in checklist.facts}:
        raise Refused("unknown_button")
    profile = {**review.profile, **event.facts}
    if profile == review.profile and not (review.ask_everything and scoped(checklist, review)):
        return Step(review)
    complete = all(fact.id in profile for fact in checklist.facts)
    after = replace(review, profile=profile, ask_everything=review.ask_everything and not complete)
    return _propose(checklist, after, event.by, event) if complete else Step(after)


def ask_everything(checklist: Checklist, review: Review, event: AskedEverything) -> Step:
    """The review with every check applying; what scoping had proposed is withdrawn."""
    if review.ask_everything:
        return Step(review)
    return _propose(checklist, replace(review, ask_everything=True), event.by, event)


def _propose(
    checklist: Checklist, review: Review, by: str, event: Scoped | AskedEverything
) -> Step:
    """Proposals that no longer hold are withdrawn, new ones made; people's answers stand.

    What was only carried over gives way to a proposal: it was said of a service of another kind.
    """
    answers, records = dict(review.answers), []
    for check in checklist.checks:
        reason = None if review.ask_everything else checklist.reason_without(check, review.profile)
        known = answers.get(check.id)
        if reason is None and known is not None and known.proposed:
            del answers[check.id]
            records.append(Record(check.id, by, None))
        elif reason is not None and _gives_way(known, reason):
            proposal = Answer(Verdict.NOT_APPLICABLE, by, event.at, note=reason, proposed=True)
            answers[check.id] = proposal
            records.append(Record(check.id, by, proposal))
    skipped = put_off(answers, review.skipped)
    return Step(replace(review, answers=answers, skipped=skipped), records=tuple(records))


def _gives_way(known: Answer | None, reason: str) -> bool:
    if known is None:
        return True
    if known.proposed:
        return known.note != reason
    return known.carried and known.verdict is not Verdict.NOT_APPLICABLE
