"""What a press or a submitted form means: an event of the review it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from conversations import actions as act
from conversations import events as happened
from conversations.checklist import Check, Checklist, Layer
from conversations.effects import Refused
from conversations.review import Answer, Review, Verdict, unanswered
from conversations.text import EVIDENCE_MOST, evidence_url, note, reason
from conversations.views import forms

# What a press can mean at once, and what opens a form instead.
Pressed = (
    act.Give
    | act.Scope
    | act.AskAll
    | act.Skip
    | act.SkipCheck
    | act.Walk
    | act.Finish
    | act.Reopen
)
Submitted = act.Edit | act.EditLayer | act.EditScope


class FieldRefused(Refused):
    """A form's field cannot be taken; the words belong beside that field."""

    def __init__(self, field: str, cause: Refused) -> None:
        super().__init__(cause.words, **cause.facts)
        self.field = field


def pressed(
    checklist: Checklist, review: Review, action: Pressed, by: str, at: datetime
) -> happened.Event:
    """The event of a button. Raises Refused for a check or layer that the checklist lacks."""
    match action:
        case act.Give(check=check, verdict=verdict, walking=walking):
            return happened.Answered(
                by=by, at=at, checks=(check,), verdict=verdict, walking=walking
            )
        case act.Scope(fact=fact, yes=yes):
            return happened.Scoped(by=by, at=at, facts={fact: yes})
        case act.AskAll():
            return happened.AskedEverything(by=by, at=at)
        case act.Skip(layer=layer):
            put_off = unanswered(review, _layer(checklist, layer))
            return happened.Skipped(by=by, at=at, checks=tuple(check.id for check in put_off))
        case act.SkipCheck(check=check, walking=walking):
            return happened.Skipped(by=by, at=at, checks=(check,), walking=walking)
        case act.Walk(layer=layer):
            return happened.WalkAsked(by=by, at=at, layer=layer)
        case act.Finish():
            return happened.Finished(by=by, at=at)
        case act.Reopen():
            return happened.Reopened(by=by, at=at)


def submitted(
    checklist: Checklist,
    review: Review,
    action: Submitted,
    values: Mapping[str, str],
    by: str,
    at: datetime,
) -> happened.Event:
    """The event of a form. Raises FieldRefused with the field that has to be mended."""
    match action:
        case act.EditScope():
            facts = {fact.id: values[fact.id] == "yes" for fact in checklist.facts
                     if values.get(fact.id)}  # fmt: skip
            return happened.Scoped(by=by, at=at, facts=facts)
        case act.Edit(check=check_id, focus="reason", walking=walking):
            return happened.Answered(
                by=by,
                at=at,
                checks=(check_id,),
                verdict=Verdict.NOT_APPLICABLE,
                note=_field(forms.REASON, reason, values.get(forms.REASON, "")),
                walking=walking,
            )
        case act.Edit(check=check_id, focus="evidence"):
            return happened.Amended(
                by=by, at=at, check=check_id, note=_note(values), evidence=_links(values)
            )
        case act.Edit(check=check_id):
            known = review.answers.get(_check(checklist, check_id).id)
            return _changed(check_id, known, values, by, at)
        case act.EditLayer():
            return _changed_in_layer(checklist, review, values, by, at)


def _changed(
    check_id: str, known: Answer | None, values: Mapping[str, str], by: str, at: datetime
) -> happened.Event:
    verdict, text, links = _verdict(values), _note(values), _links(values)
    if known and known.verdict is Verdict.NOT_APPLICABLE is not verdict and text == known.note:
        text = ""  # the reason for N/A does not outlive it
    _reason_given(verdict, text)
    if known and known.verdict is verdict and not known.proposed:
        return happened.Amended(by=by, at=at, check=check_id, note=text, evidence=links)
    return happened.Answered(
        by=by, at=at, checks=(check_id,), verdict=verdict, note=text, evidence=links
    )


def _changed_in_layer(
    checklist: Checklist, review: Review, values: Mapping[str, str], by: str, at: datetime
) -> happened.Event:
    """Fields left empty keep what is there: the form cannot show the answer of every check."""
    check = _check(checklist, values.get(forms.CHECK, ""))
    known = review.answers.get(check.id)
    verdict, text = _verdict(values), _note(values)
    if verdict is Verdict.NOT_APPLICABLE and not (known and known.verdict is verdict):
        _reason_given(verdict, text)
    links = _links(values)
    joined = tuple(dict.fromkeys((*(known.evidence if known else ()), *links))) if links else None
    if known and known.verdict is verdict and not known.proposed:
        return happened.Amended(by=by, at=at, check=check.id, note=text or None, evidence=joined)
    return happened.Answered(
        by=by, at=at, checks=(check.id,), verdict=verdict, note=text or None, evidence=joined
    )


def _reason_given(verdict: Verdict, text: str) -> None:
    if verdict is Verdict.NOT_APPLICABLE:
        _field(forms.NOTE, reason, text)


def _verdict(values: Mapping[str, str]) -> Verdict:
    try:
        return Verdict(values.get(forms.VERDICT, ""))
    except ValueError:
        raise FieldRefused(forms.VERDICT, Refused("choose_verdict")) from None


def _note(values: Mapping[str, str]) -> str:
    return _field(forms.NOTE, note, values.get(forms.NOTE, ""))


def _links(values: Mapping[str, str]) -> tuple[str, ...]:
    typed = values.get(forms.EVIDENCE, "").split()
    links = tuple(dict.fromkeys(_field(forms.EVIDENCE, evidence_url, one) for one in typed))
    if len(links) > EVIDENCE_MOST:
        raise FieldRefused(forms.EVIDENCE, Refused("too_many_links", most=EVIDENCE_MOST))
    return links


def _field(field: str, read: Callable[[str], str], text: str) -> str:
    try:
        return read(text)
    except Refused as cause:
        raise FieldRefused(field, cause) from cause


def _check(checklist: Checklist, check_id: str) -> Check:
    if check_id not in checklist.by_id:
        raise Refused("unknown_button")
    return checklist.by_id[check_id]


def _layer(checklist: Checklist, layer_id: str) -> Layer:
    if layer_id not in checklist.layers_by_id:
        raise Refused("unknown_button")
    return checklist.layers_by_id[layer_id]
