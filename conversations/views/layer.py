"""A layer's card: all its checks while it is asked, one line once it is done."""

from __future__ import annotations

from conversations import labels
from conversations.actions import EditLayer, Skip, Walk
from conversations.cards import Button, Buttons, Card, Divider, Element, Faint, Text
from conversations.checklist import Layer
from conversations.review import current_check, last_answered, pending
from conversations.views.scene import (
    Scene,
    answered_check,
    asked_check,
    offers_evidence,
    short_note,
    squares,
)


def card(scene: Scene, layer: Layer) -> Card:
    """The layer with its buttons, or its result when it is answered, put off or the review over."""
    summary = scene.say("layer.summary", layer=layer, tally=scene.score.layers[layer.id])
    if not scene.review.open or not pending(scene.review, layer):
        return Card(summary, (_result(scene, layer), *_lingering(scene, layer)))
    return Card(
        summary,
        (
            Text(scene.say("layer.title", layer=layer, tally=scene.score.layers[layer.id])),
            Divider(),
            *checks(scene, layer),
            Divider(),
            Buttons(
                (
                    Button(labels.WALK, Walk(scene.review.id, layer.id)),
                    Button(labels.SKIP_LAYER, Skip(scene.review.id, layer.id)),
                )
            ),
            Faint(scene.say("layer.how")),
        ),
    )


def checks(scene: Scene, layer: Layer) -> tuple[Element, ...]:
    """Every check of the layer: answered ones on one line, the others with their buttons."""
    current = current_check(scene.checklist, scene.review)
    elements: list[Element] = []
    for check in layer.checks:
        if check.id in scene.review.answers:
            elements += answered_check(scene, check)
        else:
            elements += asked_check(scene, check, current=check is current)
    return tuple(elements)


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


def _result(scene: Scene, layer: Layer) -> Text:
    text = scene.say(
        "layer.result",
        layer=layer,
        squares=squares(scene, layer),
        tally=scene.score.layers[layer.id],
        proposed=_proposed(scene, layer),
    )
    change = Button(
        labels.CHANGE,
        EditLayer(scene.review.id, layer.id),
        hint=f"{labels.CHANGE}: layer {layer.number}, {layer.title}",
    )
    return Text(text, change if scene.review.open else None)


def _proposed(scene: Scene, layer: Layer) -> list[str]:
    """Why scoping proposes that checks of the layer do not apply, each reason once."""
    answers = (scene.review.answers.get(check.id) for check in layer.checks)
    reasons = (short_note(scene, answer) for answer in answers if answer and answer.proposed)
    return list(dict.fromkeys(reason for reason in reasons if reason))
