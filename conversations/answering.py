"""Answers: verdicts with their notes and evidence, given, amended, put off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from conversations.checklist import Checklist
from conversations.effects import Record, Refused, Step
from conversations.events import Amended, Answered, Skipped
from conversations.rereview import last_time
from conversations.review import Answer, Review, Verdict, put_off
from conversations.text import EVIDENCE_MOST, NOTE_LONGEST, REASON_LONGEST

DOUBLE_CLICK = timedelta(seconds=10)


def answer(checklist: Checklist, review: Review, event: Answered) -> Step:
    """The review with these verdicts. The last one said counts; every one is recorded.

    An event that was said before the answer that stands (it came late) goes into the history
    only, unless what stands is nobody's answer in this review, but proposed by scoping or carried
    over. The same thing said twice at once by the same person is one.
    """
    answers, records = dict(review.answers), []
    for check_id in event.checks:
        if check_id not in checklist.by_id:
            raise Refused("unknown_button")
        known = answers.get(check_id)
        given = known is not None and not known.proposed and not known.carried
        late = known is not None and given and event.at < known.at
        said = _said(None if late else known or last_time(review, check_id), event, given=given)
        if known is not None and _same(known, said):
            continue
        records.append(Record(check_id, event.by, said))
        if not late:
            answers[check_id] = said
    skipped = put_off(answers, review.skipped)
    return Step(replace(review, answers=answers, skipped=skipped), records=tuple(records))


def _said(known: Answer | None, event: Answered, *, given: bool) -> Answer:
    """The new answer.

    Note and evidence that were not touched stay with the same person or the same verdict;
    somebody else's different verdict starts without them, and so does any other than last time's
    (`given`: known is of this review). A reason for N/A never outlives it.
    """
    same_person = known is not None and (given or known.proposed) and known.by == event.by
    stays = known is not None and (same_person or known.verdict is event.verdict)
    note = event.note
    if note is None:
        reason_gone = known is not None and known.verdict is Verdict.NOT_APPLICABLE
        note = known.note if known and stays and not reason_gone else ""
        if event.verdict is Verdict.NOT_APPLICABLE:
            note = known.note if known and known.verdict is Verdict.NOT_APPLICABLE else ""
    evidence = event.evidence
    if evidence is None:
        evidence = known.evidence if known and stays else ()
    _allow(event.verdict, note, evidence)
    return Answer(event.verdict, event.by, event.at, note, evidence)


def _allow(verdict: Verdict, note: str, evidence: tuple[str, ...]) -> None:
    if verdict is Verdict.NOT_APPLICABLE:
        if not note:
            raise Refused("reason_needed")
        if len(note) > REASON_LONGEST:
            raise Refused("reason_too_long", longest=REASON_LONGEST)
    if len(note) > NOTE_LONGEST:
        raise Refused("note_too_long", longest=NOTE_LONGEST)
    if len(evidence) > EVIDENCE_MOST:
        raise Refused("too_many_links", most=EVIDENCE_MOST)


def _same(known: Answer, said: Answer) -> bool:
    """Whether nothing new was said.

    A proposal that a person confirms becomes that person's, and whoever says the same again later
    has looked again: that is a new answer.
    """
    return said.at - known.at < DOUBLE_CLICK and known == replace(said, at=known.at)


def skip(checklist: Checklist, review: Review, event: Skipped) -> Step:
    """The review with these checks put off; those that somebody answered are left alone."""
    if not set(event.checks) <= checklist.by_id.keys():
        raise Refused("unknown_button")
    skipped = put_off(review.answers, review.skipped | set(event.checks))
    return Step(replace(review, skipped=skipped))


def amend(checklist: Checklist, review: Review, event: Amended) -> Step:
    """The review with a note or evidence added to an answer; the verdict keeps its author."""
    known = review.answers.get(event.check)
    if event.check not in checklist.by_id:
        raise Refused("unknown_button")
    if known is None:
        raise Refused("nothing_answered")
    said = replace(
        known,
        note=known.note if event.note is None else event.note,
        evidence=known.evidence if event.evidence is None else event.evidence,
    )
    if said == known:
        return Step(review)
    if known.proposed or known.carried:  # what a person adds to makes it that person's
        said = replace(said, by=event.by, at=event.at, proposed=False, carried=False)
    _allow(said.verdict, said.note, said.evidence)
    answers = {**review.answers, event.check: said}
    after = replace(review, answers=answers, skipped=put_off(answers, review.skipped))
    return Step(after, records=(Record(event.check, event.by, said),))
