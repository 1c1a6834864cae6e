"""A layer's card: all its checks while it is asked, one line once it is done."""

from __future__ import annotations

from functools import lru_cache

from conversations import labels
from conversations.actions import Skip, Walk
from conversations.cards import Button, Buttons, Card, Divider, Element, Faint, Text
from conversations.checklist import Layer
from conversations.review import (
    carried,
    current_check,
    last_answered,
    to_attest,
    unanswered,
    waits,
)
from conversations.scoring import Tally, tally
from conversations.views.scene import (
    DRAWN,
    Scene,
    answered_check,
    asked_check,
    attest_button,
    change_button,
    offers_evidence,
    short_note,
    squares,
    standing,
)


def card(scene: Scene, layer: Layer) -> Card:
    """The layer with its buttons, or its result when nothing waits in it or the review is over."""
    counted = tally(layer.checks, scene.review.answers)
    facts = {
        "number": layer.number,
        "layers": len(scene.checklist.layers),
        "title": layer.title,
        "answered": counted.answered,
        "checks": len(layer.checks),
    }
    summary = scene.words.known("layer.summary", **facts)
    if not scene.review.open or not waits(scene.review, layer):
        stands = carried(scene.review, layer)
        left = standing(scene, layer, stands) if stands else ()
        return Card(summary, (_result(scene, layer, counted), *left, *_lingering(scene, layer)))
    asks = bool(unanswered(scene.review, layer))
    assignee = scene.review.assignees.get(layer.id)
    who = scene.who(assignee) if assignee else ""
    return Card(
        summary,
        (
            Text(scene.words.known("layer.title", **facts, assignee=who)),
            Divider(),
            *checks(scene, layer),
            *_to_attest(scene, layer),
            Divider(),
            _ways_on(scene.review.id, layer.id, asks=asks),
            Faint(scene.words.known("layer.how") if asks else scene.say("rereview.how")),
        ),
    )


def checks(scene: Scene, layer: Layer) -> tuple[Element, ...]:
    """Every check of the layer: answered ones on one line, the others with their buttons.

    Not those that stand from last time.
    """
    current = current_check(scene.checklist, scene.review)
    elements: list[Element] = []
    for check in layer.checks:
        answer = scene.review.answers.get(check.id)
        if answer is None:
            elements += asked_check(scene, check, current=check is current)
        elif not answer.carried:
            elements += answered_check(scene, check)
    return tuple(elements)


def _to_attest(scene: Scene, layer: Layer) -> tuple[Element, ...]:
    """What stands from last time, and the tap that says so."""
    stands = carried(scene.review, layer)
    if not stands:
        return ()
    first = () if len(stands) == len(layer.checks) else (Divider(),)
    attest = (attest_button(scene, layer),) if to_attest(scene.review, layer) else ()
    row = Buttons((*attest, change_button(scene, layer)))
    return (*first, *standing(scene, layer, stands), row)


@lru_cache(DRAWN)
def _ways_on(review: str, layer: str, *, asks: bool) -> Buttons:
    walk = (Button(labels.WALK, Walk(review, layer)),) if asks else ()
    return Buttons((*walk, Button(labels.SKIP_LAYER, Skip(review, layer))))


def _lingering(scene: Scene, layer: Layer) -> tuple[Element, ...]:
    """The check answered last, while a note or evidence may follow, or has just come.

    Without it the offer would be gone as soon as the layer's last check is answered.
    """
    check = last_answered(scene.checklist, scene.review)
    if check is None or check not in layer.checks or not scene.review.open:
        return ()
    answer = scene.review.answers[check.id]
    told = answer.note or answer.evidence or offers_evidence(check, answer)
    return answered_check(scene, check) if told else ()


def _result(scene: Scene, layer: Layer, counted: Tally) -> Text:
    text = scene.say(
        "layer.result",
        layer=layer,
        squares=squares(scene, layer),
        tally=counted,
        proposed=_proposed(scene, layer),
    )
    return Text(text, change_button(scene, layer) if scene.review.open else None)


def _proposed(scene: Scene, layer: Layer) -> list[str]:
    """Why scoping proposes that checks of the layer do not apply, each reason once."""
    answers = (scene.review.answers.get(check.id) for check in layer.checks)
    reasons = (short_note(scene, answer) for answer in answers if answer and answer.proposed)
    return list(dict.fromkeys(reason for reason in reasons if reason))
