"""What follows from an event: the one function that thinks, `step`."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from conversations import answering, gaps, rereview, scoping, understanding
from conversations import events as happened
from conversations.checklist import Checklist
from conversations.effects import (
    GAPS,
    ROOT,
    Effect,
    Refresh,
    Refused,
    Remind,
    Show,
    Step,
    Tell,
    layer_slot,
    walk_slot,
)
from conversations.following import closing_effects, reopening_effects, standing, what_changed
from conversations.review import Review, State, reached, to_attest, unanswered


def step(checklist: Checklist, review: Review, event: happened.Event) -> Step:
    """The review after the event, what goes into the history, and what is to be shown.

    Total over all reviews and events; raises Refused where the person must be told why nothing
    happens. A doubled event changes nothing and has no effects; only a typed "skip" cannot be
    told from a second one (the turn's key can).
    """
    match event:
        case happened.Started():
            taken = rereview.carry(checklist, review, event)
            return replace(taken, effects=(*standing(checklist, taken.review), Remind()))
        case happened.Moved():
            return Step(review, (*standing(checklist, review), Remind()))
        case happened.Finished():
            return finish(checklist, review, event)
        case happened.Reopened():
            return reopen(checklist, review)
        case happened.Assigned():
            return assign(checklist, review, event)
        case happened.GapsAccepted() | happened.GapChanged() | happened.Settled():
            return _of_gaps(checklist, review, event)
        case (
            happened.Scoped()
            | happened.AskedEverything()
            | happened.Answered()
            | happened.Attested()
            | happened.FullPassAsked()
            | happened.Amended()
            | happened.Replied()
            | happened.Skipped()
            | happened.WalkAsked()
        ):
            if not review.open:
                raise Refused("finished", service=review.service)
            return _in_open_review(checklist, review, event)
        case _:
            assert_never(event)


def _of_gaps(
    checklist: Checklist,
    review: Review,
    event: happened.GapsAccepted | happened.GapChanged | happened.Settled,
) -> Step:
    match event:
        case happened.GapsAccepted():
            return gaps.accept(checklist, review, event)
        case happened.GapChanged():
            return gaps.change(checklist, review, event)
        case happened.Settled() if not review.open:
            return gaps.settle(checklist, review, event)
        case happened.Settled():  # the review was reopened meanwhile: an answer like any other
            return _in_open_review(
                checklist,
                review,
                happened.Answered(
                    by=event.by,
                    at=event.at,
                    checks=(event.check,),
                    verdict=event.verdict,
                    note=event.note,
                    evidence=event.evidence,
                ),
            )


def _in_open_review(checklist: Checklist, review: Review, event: happened.Event) -> Step:
    match event:
        case happened.Scoped():
            taken = scoping.scope(checklist, review, event)
        case happened.AskedEverything():
            taken = scoping.ask_everything(checklist, review, event)
        case happened.Attested():
            taken = rereview.attest(checklist, review, event)
        case happened.FullPassAsked():
            taken = rereview.ask_all(review, event)
        case happened.Skipped():
            taken = answering.skip(checklist, review, event)
        case happened.Answered():
            taken = answering.answer(checklist, review, event)
        case happened.Amended():
            taken = answering.amend(checklist, review, event)
        case happened.Replied():
            return _in_open_review(
                checklist, review, understanding.understand(checklist, review, event)
            )
        case happened.WalkAsked():
            return walk(checklist, review, event)
        case _:
            raise AssertionError(event)
    return _then(checklist, review, taken, event)


def _then(checklist: Checklist, before: Review, taken: Step, event: happened.Event) -> Step:
    """`taken` with the cards that changed, and the end of the review if that was the last."""
    after = taken.review
    if after == before:
        return taken
    walking = getattr(event, "walking", False)
    effects = what_changed(checklist, before, after, walking=walking)
    if _all_settled(checklist, after) and not _all_settled(checklist, before):
        closed = finish(checklist, after, happened.Finished(by=event.by, at=event.at))
        shown = tuple(one for one in effects if one not in closed.effects)
        return Step(closed.review, (*shown, *closed.effects), taken.records)
    return Step(after, (*taken.effects, *effects), taken.records)


def _all_settled(checklist: Checklist, review: Review) -> bool:
    """Whether every check is answered, and what stands from last time attested or put off."""
    return not any(
        unanswered(review, layer) or to_attest(review, layer) for layer in checklist.layers
    )


def finish(checklist: Checklist, review: Review, event: happened.Finished) -> Step:
    """The finished review; a second tap on the button has no effect."""
    if not review.open:
        return Step(review)
    closed = replace(
        review,
        state=State.FINISHED,
        finished_by=event.by,
        finished_at=event.at,
        closings=review.closings + 1,
    )
    return Step(closed, closing_effects(checklist, review, closed))


def reopen(checklist: Checklist, review: Review) -> Step:
    """The review taking answers again, its cards with their buttons back."""
    if review.open:
        raise Refused("already_open", service=review.service)
    opened = replace(review, state=State.OPEN, finished_by=None, finished_at=None)
    return Step(opened, reopening_effects(checklist, opened))


def assign(checklist: Checklist, review: Review, event: happened.Assigned) -> Step:
    """The review with a layer handed to somebody, who is told directly."""
    layer = checklist.layers_by_id.get(event.layer)
    if layer is None:
        raise Refused("unknown_button")
    if review.assignees.get(layer.id) == event.to:
        return Step(review)
    after = replace(review, assignees={**review.assignees, layer.id: event.to})
    shown: tuple[Effect, ...] = (Show(ROOT),)
    if not review.open:
        shown = (*shown, Refresh(GAPS))
    if layer in reached(checklist, after):
        shown = (*shown, Show(layer_slot(layer.number)))
    told = Tell(
        event.to,
        "tells.assigned",
        {"by": event.by, "service": review.service, "number": layer.number, "title": layer.title},
        direct=True,
    )
    return Step(after, (*shown, Remind(), *((told,) if event.by != event.to else ())))


def walk(checklist: Checklist, review: Review, event: happened.WalkAsked) -> Step:
    """The same review; the card that shows the layer one check at a time is put up."""
    layer = checklist.layers_by_id.get(event.layer)
    if layer is None:
        raise Refused("unknown_button")
    if not unanswered(review, layer) and not to_attest(review, layer):
        raise Refused("layer_done", title=layer.title)
    return Step(review, (Show(walk_slot(layer.number)),))
