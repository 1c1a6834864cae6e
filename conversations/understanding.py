"""Typed replies: which checks they mean, and the event that a tap or a form would have been."""

from __future__ import annotations

from typing import assert_never

from conversations.checklist import Check, Checklist, Layer
from conversations.effects import Refused
from conversations.events import (
    Amended,
    Answered,
    AskedEverything,
    Attested,
    Event,
    Replied,
    Skipped,
)
from conversations.replies import EvidenceUrls, NoteText, SkipReply, StillTrue, Verdicts
from conversations.rereview import last_time
from conversations.review import (
    Answer,
    Review,
    Verdict,
    carried,
    current_check,
    current_layer,
    last_answered,
    pending,
    scoped,
    to_attest,
)
from conversations.text import EVIDENCE_MOST


def understand(checklist: Checklist, review: Review, event: Replied) -> Event:
    """The typed reply as the event that a tap or a form would have been."""
    reply = event.reply
    match reply:
        case Verdicts():
            return _verdicts(checklist, review, event, reply)
        case NoteText():
            check_id, known = _answered_last(checklist, review, event.by)
            note = _with_line(known.note, reply.text)
            return Amended(by=event.by, at=event.at, check=check_id, note=note)
        case EvidenceUrls():
            check_id, known = _answered_last(checklist, review, event.by)
            return Amended(
                by=event.by, at=event.at, check=check_id, evidence=_joined(known, reply.urls)
            )
        case SkipReply():
            return _skipped(checklist, review, event, reply)
        case StillTrue():
            return _attested(checklist, review, event)
        case _:
            assert_never(reply)


def _with_line(note: str, line: str) -> str:
    """The note with the line at its end, where it is not there already."""
    if not note or note == line or note.endswith(f"\n{line}"):
        return note or line
    return f"{note}\n{line}"


def _joined(known: Answer | None, urls: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(known.evidence if known else ()), *urls)))


def _joined_to(
    review: Review, check_id: str, verdict: Verdict, urls: tuple[str, ...]
) -> tuple[str, ...]:
    """The links with those that the check has.

    Last time's stay with last time's verdict, as far as they have room: nobody can take one away
    before there is an answer.
    """
    known = review.answers.get(check_id)
    if known and not known.carried:
        return _joined(known, urls)
    last = known or last_time(review, check_id)
    if last is None or last.verdict is not verdict:
        return _joined(None, urls)
    room = max(EVIDENCE_MOST - len(set(urls) - set(last.evidence)), 0)
    return _joined(None, (*last.evidence[-room:], *urls) if room else urls)


def _answered_last(checklist: Checklist, review: Review, person: str) -> tuple[str, Answer]:
    """The answer that a bare link or note is for: the person's own last, else anybody's."""
    check = last_answered(checklist, review, by=person) or last_answered(checklist, review)
    if check is None:
        raise Refused("nothing_answered")
    return check.id, review.answers[check.id]


def _verdicts(checklist: Checklist, review: Review, event: Replied, reply: Verdicts) -> Answered:
    checks = _named(checklist, review, event, reply)
    evidence = None
    if reply.evidence:
        alone = len(checks) == 1
        evidence = (
            _joined_to(review, checks[0].id, reply.verdict, reply.evidence)
            if alone
            else _joined(None, reply.evidence)
        )
    return Answered(
        by=event.by,
        at=event.at,
        checks=tuple(check.id for check in checks),
        verdict=reply.verdict,
        note=reply.note or None,
        evidence=evidence,
    )


def _named(
    checklist: Checklist, review: Review, event: Replied, reply: Verdicts
) -> tuple[Check, ...]:
    """The checks a typed reply means: by number, by position in the layer, or the one asked.

    The same message once more means what it meant, though another check is asked by now.
    """
    if reply.numbers:
        return tuple(_numbered(checklist, *number) for number in reply.numbers)
    if meant := _answered_by(checklist, review, event):
        return meant
    if not scoped(checklist, review):
        raise Refused("scope_first", service=review.service)
    layer = current_layer(checklist, review)
    if layer is None:
        raise Refused("say_which")
    if reply.positions:
        return tuple(_positioned(layer, position) for position in reply.positions)
    check = current_check(checklist, review)
    if check is None:
        raise Refused("still_true_first", number=layer.number, title=layer.title)
    return (check,)


def _answered_by(checklist: Checklist, review: Review, event: Replied) -> tuple[Check, ...]:
    """The checks whose answer is this very message: a person says one thing at a time."""
    given = ((check, review.answers.get(check.id)) for check in checklist.checks)
    return tuple(
        check
        for check, it in given
        if it and (it.by, it.at, it.proposed) == (event.by, event.at, False)
    )


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
    asked, standing = pending(review, layer), to_attest(review, layer)
    checks = (*asked, *standing) if reply.layer else (asked[:1] or standing)
    if not checks:
        raise Refused("put_off_already")
    return Skipped(by=event.by, at=event.at, checks=tuple(check.id for check in checks))


def _attested(checklist: Checklist, review: Review, event: Replied) -> Attested:
    """The current layer's answers of last time are still true.

    The same message once more means the layer that it meant. Where nothing is carried over, it
    is people talking: nothing comes of it.
    """
    meant = _answered_by(checklist, review, event)
    if not scoped(checklist, review) and any(carried(review, it) for it in checklist.layers):
        raise Refused("scope_first", service=review.service)
    layer = checklist.layer_of[meant[0].id] if meant else current_layer(checklist, review)
    return Attested(by=event.by, at=event.at, layer=(layer or checklist.layers[0]).id)
