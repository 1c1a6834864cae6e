"""The root message: the service, how far the review is, and what to press."""

from __future__ import annotations

from conversations import labels
from conversations.actions import Finish, Reopen, Walk
from conversations.cards import Button, Buttons, Card, Confirm, Element, Faint, Heading, Text
from conversations.review import current_layer, scoped
from conversations.views.scene import Scene, paragraphs, squares


def card(scene: Scene) -> Card:
    """Service, who started, eight progress lines, readiness so far, buttons."""
    elements: list[Element] = [
        Heading(f"Readiness review: {scene.review.service}"),
        Text(scene.say("root.opening")),
        *progress(scene),
        Text(scene.say("root.readiness")),
    ]
    if scene.review.open:
        elements += [Buttons(_buttons(scene)), Faint(scene.say("root.how"))]
    else:
        elements.append(Buttons((Button(labels.REOPEN, Reopen(scene.review.id)),)))
    return Card(scene.say("root.summary"), tuple(elements))


def progress(scene: Scene) -> tuple[Text, ...]:
    """One line a layer: a square a check, the title, how many are answered, whose it is."""
    asked = scene.review.open and scoped(scene.checklist, scene.review)
    current = current_layer(scene.checklist, scene.review) if asked else None
    return paragraphs(
        scene.say(
            "root.layer",
            layer=layer,
            squares=squares(scene, layer),
            tally=scene.score.layers[layer.id],
            current=layer is current,
            owner=scene.review.assignees.get(layer.id),
        )
        for layer in scene.checklist.layers
    )


def finish_button(scene: Scene) -> Button:
    """Finishing asks first while checks are unanswered, and says how they will count."""
    left = scene.score.overall.unanswered
    ask = Confirm(
        title="Finish the review?",
        text=f"{'1 check is' if left == 1 else f'{left} checks are'} unanswered and will count "
        "as that, never as met. You can reopen the review later.",
        yes="Finish",
        no="Go on",
    )
    return Button(labels.FINISH, Finish(scene.review.id), confirm=ask if left else None)


def _buttons(scene: Scene) -> tuple[Button, ...]:
    layer = current_layer(scene.checklist, scene.review)
    walk = (
        (Button(labels.WALK, Walk(scene.review.id, layer.id)),)
        if layer and scoped(scene.checklist, scene.review)
        else ()
    )
    return (*walk, finish_button(scene))
