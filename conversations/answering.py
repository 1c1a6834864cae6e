"""Answers: taps, forms and typed replies become verdicts with their notes and evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from conversations.checklist import Check, Checklist, Layer
from conversations.effects import Record, Refused, Step
from conversations.events import Amended, Answered, AskedEverything, Event, Replied, Skipped
from conversations.replies import EvidenceUrls, NoteText, SkipReply, Verdicts
from conversations.review import (
    Answer,
    Review,
    Verdict,
    current_check,
    current_layer,
    scoped,
    unanswered,
)
from conversations.text import EVIDENCE_MOST, NOTE_LONGEST, REASON_LONGEST


def answer(checklist: Checklist, review: Review, event: Answered) -> Step:
    """The review with these verdicts. The last one said counts; every one is recorded.

    An event that was said before the answer that stands (it came late) goes into the history
    only. The same thing said twice by the same person is one.
    """
    answers, records = dict(review.answers), []
    for check_id in event.checks:
        if check_id not in checklist.by_id:
            raise Refused("unknown_button")
        known = answers.get(check_id)
        said = _said(known, event)
        if known is not None and _same(known, said):
            continue
        records.append(Record(check_id, event.by, said))
        if known is None or said.at >= known.at:
            answers[check_id] = said
    skipped = review.skipped - answers.keys()
    return Step(replace(review, answers=answers, skipped=skipped), records=tuple(records))


def _said(known: Answer | None, event: Answered) -> Answer:
    """The new answer. Note and evidence that were not touched stay with the same person or the

    same verdict; somebody else's different verdict starts without them. A reason for N/A never
    outlives it.
    """
    stays = known is not None and (known.by == event.by or known.verdict is event.verdict)
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
    """Whether nothing new was said. A proposal that a person confirms becomes that person's."""
    return known == replace(said, at=known.at)


def skip(review: Review, event: Skipped) -> Step:
    """The review with these checks put off; answered ones are left alone."""
    put_off = {check for check in event.checks if check not in review.answers}
    return Step(replace(review, skipped=review.skipped | put_off))


def understand(checklist: Checklist, review: Review, event: Replied) -> Event:
    """The typed reply as the event that a tap or a form would have been."""
    reply = event.reply
    match reply:
        case Verdicts():
            return _verdicts(checklist, review, event, reply)
        case NoteText():
            check_id, known = _answered_last(checklist, review, event.by)
            note = f"{known.note}\n{reply.text}" if known.note else reply.text
            return Amended(by=event.by, at=event.at, check=check_id, note=note)
        case EvidenceUrls():
            check_id, known = _answered_last(checklist, review, event.by)
            return Amended(
                by=event.by, at=event.at, check=check_id, evidence=_joined(known, reply.urls)
            )
        case SkipReply():
            return _skipped(checklist, review, event, reply)
        case _:
            assert_never(reply)


def _joined(known: Answer | None, urls: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(known.evidence if known else ()), *urls)))


def _answered_last(checklist: Checklist, review: Review, person: str) -> tuple[str, Answer]:
    """The answer that a bare link or note is for: the person's own last, else anybody's.

    Of several given at one moment ("1-4 yes") it is the last of the list.
    """
    given = [
        (check.id, review.answers[check.id])
        for check in reversed(checklist.checks)
        if check.id in review.answers and not review.answers[check.id].proposed
    ]
    own = [(key, it) for key, it in given if it.by == person]
    if not given:
        raise Refused("nothing_answered")
    return max(own or given, key=lambda pair: pair[1].at)


def _verdicts(checklist: Checklist, review: Review, event: Replied, reply: Verdicts) -> Answered:
    checks = _named(checklist, review, reply)
    evidence = None
    if reply.evidence:
        known = review.answers.get(checks[0].id) if len(checks) == 1 else None
        evidence = _joined(known, reply.evidence)
    return Answered(
        by=event.by,
        at=event.at,
        checks=tuple(check.id for check in checks),
        verdict=reply.verdict,
        note=reply.note or None,
        evidence=evidence,
    )


def _named(checklist: Checklist, review: Review, reply: Verdicts) -> tuple[Check, ...]:
    """The checks a typed reply means: by number, by position in the layer, or the one asked."""
    if reply.numbers:
        return tuple(_numbered(checklist, *number) for number in reply.numbers)
    if not scoped(checklist, review):
        raise Refused("scope_first", service=review.service)
    layer = current_layer(checklist, review)
    if layer is None:
        raise Refused("say_which")
    if reply.positions:
        return tuple(_positioned(layer, position) for position in reply.positions)
    check = current_check(checklist, review)
    assert check is not None  # noqa: S101 - a current layer has an unanswered check
    return (check,)


def _numbered(checklist: Checklist, layer: int, position: int) -> Check:
    if not 1 <= layer <= len(checklist.layers):
        raise Refused("no_such_check", number=f"{layer}.{position}")
    return _positioned(checklist.layers[layer - 1], position)


def _positioned(layer: Layer, position: int) -> Check:
    if not 1 <= position <= len(layer.checks):
        raise Refused("no_such_position", position=position, layer=layer)
    return layer.checks[position - 1]


def _skipped(checklist: Checklist, review: Review, event: Replied, reply: SkipReply) -> Event:
    if not scoped(checklist, review):
        return AskedEverything(by=event.by, at=event.at)
    layer = current_layer(checklist, review)
    if layer is None:
        raise Refused("say_which")
    checks = unanswered(review, layer)
    one = current_check(checklist, review)
    if not reply.layer and one is not None:
        checks = (one,)
    return Skipped(by=event.by, at=event.at, checks=tuple(check.id for check in checks))


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
    _allow(said.verdict, said.note, said.evidence)
    after = replace(review, answers={**review.answers, event.check: said})
    return Step(after, records=(Record(event.check, event.by, said),))
