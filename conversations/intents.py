"""What a press or a submitted form means: an event of the review it names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from conversations import actions as act
from conversations import events as happened
from conversations.checklist import Check, Checklist, Layer
from conversations.effects import Refused
from conversations.gaps import chosen_date, gaps_of
from conversations.review import Answer, Review, Verdict, carried, unanswered
from conversations.text import EVIDENCE_MOST, evidence_url, note, reason
from conversations.views import forms

Read = TypeVar("Read")

# What a press can mean at once, and what opens a form instead.
Pressed = (
    act.Give
    | act.Scope
    | act.AskAll
    | act.Attest
    | act.FullPass
    | act.Skip
    | act.SkipCheck
    | act.Walk
    | act.Finish
    | act.Reopen
    | act.AcceptGaps
    | act.Settle
)
Submitted = act.Edit | act.EditLayer | act.EditScope | act.EditGaps | act.SettleForm | act.HandOver


class FieldRefused(Refused):
    """A form's field cannot be taken; the words belong beside that field."""

    def __init__(self, field: str, cause: Refused) -> None:
        super().__init__(cause.words, **cause.facts)
        self.field = field


def pressed(  # noqa: C901 - one line a button
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
        case act.Attest(layer=layer, walking=walking):
            return happened.Attested(by=by, at=at, layer=layer, walking=walking)
        case act.FullPass():
            return happened.FullPassAsked(by=by, at=at)
        case act.Skip(layer=layer):
            found = _layer(checklist, layer)
            put_off = (*unanswered(review, found), *carried(review, found))
            return happened.Skipped(by=by, at=at, checks=tuple(check.id for check in put_off))
        case act.SkipCheck(check=check, walking=walking):
            return happened.Skipped(by=by, at=at, checks=(check,), walking=walking)
        case act.Walk(layer=layer):
            return happened.WalkAsked(by=by, at=at, layer=layer)
        case act.Finish():
            return happened.Finished(by=by, at=at)
        case act.Reopen():
            return happened.Reopened(by=by, at=at)
        case act.AcceptGaps():
            return happened.GapsAccepted(by=by, at=at)
        case act.Settle(check=check, verdict=verdict):
            return happened.Settled(by=by, at=at, check=check, verdict=verdict)


def submitted(
    checklist: Checklist,
    review: Review,
    action: Submitted,
    values: Mapping[str, str],
    by: str,
    at: datetime,
    today: date,
) -> happened.Event:
    """The event of a form. Raises FieldRefused with the field that has to be mended.

    `today` is the person's: what they may put off to begins there.
    """
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
        case act.EditGaps():
            return _gaps_changed(checklist, review, action, values, by, at, today)
        case act.SettleForm(check=check_id):
            return _settled_or_put_off(checklist, review, check_id, values, by, at, today)
        case act.HandOver(check=check_id):
            owner = values.get(forms.OWNER)
            return happened.GapChanged(
                by=by,
                at=at,
                checks=(_check(checklist, check_id).id,),
                owner=owner,
                to_owners=owner is None,
            )


def _changed(
    check_id: str, known: Answer | None, values: Mapping[str, str], by: str, at: datetime
) -> happened.Event:
    verdict, text, links = _verdict(values), _note(values), _links(values)
    if known and known.verdict is Verdict.NOT_APPLICABLE is not verdict and text == known.note:
        text = ""  # the reason for N/A does not outlive it
    _reason_given(verdict, text)
    if known and known.verdict is verdict and _is_given(known):
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
    kept = known.evidence if known and (known.verdict is verdict or _is_given(known)) else ()
    joined = tuple(dict.fromkeys((*kept, *links))) if links else None
    if known and known.verdict is verdict and _is_given(known):
        return happened.Amended(by=by, at=at, check=check.id, note=text or None, evidence=joined)
    return happened.Answered(
        by=by, at=at, checks=(check.id,), verdict=verdict, note=text or None, evidence=joined
    )


def _is_given(known: Answer) -> bool:
    """Whether somebody gave the answer in this review: else a form that is sent gives it."""
    return not known.proposed and not known.carried


def _gaps_changed(
    checklist: Checklist,
    review: Review,
    action: act.EditGaps,
    values: Mapping[str, str],
    by: str,
    at: datetime,
    today: date,
) -> happened.Event:
    """Fields left empty keep what is there; one of them has to be filled in.

    With a verdict it is an answer.
    """
    layer, which = _layer(checklist, action.layer), values.get(forms.CHECK, "")
    here = [check.id for check in gaps_of(checklist, review) if check in layer.checks]
    checks = here if which == forms.ALL else [_check(checklist, which).id]
    owner, day = values.get(forms.OWNER), values.get(forms.DUE)
    if values.get(forms.VERDICT):
        if owner or day or which == forms.ALL:
            raise FieldRefused(forms.VERDICT, Refused("one_or_the_other"))
        return _settled(checklist, which, values, by, at)
    if not owner and not day:
        raise FieldRefused(forms.OWNER, Refused("nothing_chosen"))
    due = _due(values, today)
    return happened.GapChanged(by=by, at=at, checks=tuple(checks), owner=owner, due=due)


def _settled_or_put_off(
    checklist: Checklist,
    review: Review,
    check_id: str,
    values: Mapping[str, str],
    by: str,
    at: datetime,
    today: date,
) -> happened.Event:
    """An answer, with a date perhaps; where only that was filled in, the gap is put off."""
    due, known = _due(values, today), review.answers.get(_check(checklist, check_id).id)
    there = (known.verdict, known.note, known.evidence) if known else ("", "", ())
    if due and (values.get(forms.VERDICT, ""), _note(values), _links(values)) == there:
        return happened.GapChanged(by=by, at=at, checks=(check_id,), due=due)
    return replace(_settled(checklist, check_id, values, by, at), due=due)


def _due(values: Mapping[str, str], today: date) -> datetime | None:
    day = values.get(forms.DUE)
    return _field(forms.DUE, lambda text: chosen_date(text, today), day) if day else None


def _settled(
    checklist: Checklist, check_id: str, values: Mapping[str, str], by: str, at: datetime
) -> happened.Settled:
    verdict, text, links = _verdict(values), _note(values), _links(values)
    _reason_given(verdict, text)
    return happened.Settled(
        by=by,
        at=at,
        check=_check(checklist, check_id).id,
        verdict=verdict,
        note=text,
        evidence=links,
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


def _field(field: str, read: Callable[[str], Read], text: str) -> Read:
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
