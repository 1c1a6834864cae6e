"""Typed replies: which checks they mean, and the event that a tap or a form would have been."""

from __future__ import annotations

from typing import assert_never

from conversations.checklist import Check, Checklist, Layer
from conversations.effects import Refused
from conversations.events import Amended, Answered, AskedEverything, Event, Replied, Skipped
from conversations.replies import EvidenceUrls, NoteText, SkipReply, Verdicts
from conversations.review import (
    Answer,
    Review,
    current_check,
    current_layer,
    last_answered,
    pending,
    scoped,
)


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
        case _:
            assert_never(reply)


def _with_line(note: str, line: str) -> str:
    """The note with the line at its end, where it is not there already."""
    if not note or note == line or note.endswith(f"\n{line}"):
        return note or line
    return f"{note}\n{line}"


def _joined(known: Answer | None, urls: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*(known.evidence if known else ()), *urls)))


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
    assert check is not None  # noqa: S101 - a current layer has an unanswered check
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
    waiting = pending(review, layer)
    if not waiting:
        raise Refused("put_off_already")
    checks = waiting if reply.layer else waiting[:1]
    return Skipped(by=event.by, at=event.at, checks=tuple(check.id for check in checks))
