"""The root message: the service, how far the review is, and what to press."""

from __future__ import annotations

from collections import Counter

from conversations import labels
from conversations.actions import Finish, FullPass, Reopen, Walk
from conversations.cards import (
    Button,
    Buttons,
    Card,
    Confirm,
    Element,
    Faint,
    Heading,
    Mention,
    Text,
)
from conversations.rereview import Why, asked, minutes
from conversations.review import current_layer, scoped, unanswered
from conversations.views.scene import Scene, paragraphs, squares
from conversations.wording import Safe

MENTIONED_MOST = 20  # owners
NAMED = (Why.GAP, Why.CRITICAL, Why.AGED, Why.NEW, Why.CHANGED)  # in the order they are named


def card(scene: Scene) -> Card:
    """Service, who started, eight progress lines, readiness so far, buttons."""
    elements: list[Element] = [
        Heading(f"{_kind(scene)}: {scene.review.service}"),
        Text(scene.say("root.opening")),
        *_called(scene),
        *progress(scene),
        Text(_result(scene)),
    ]
    if scene.review.open:
        elements += [Buttons(_buttons(scene)), Faint(scene.say("root.how"))]
    else:
        elements.append(Buttons((Button(labels.REOPEN, Reopen(scene.review.id)),)))
    return Card(scene.say("root.summary"), tuple(elements))


def _kind(scene: Scene) -> str:
    return "Readiness review" if scene.review.previous is None else "Readiness re-review"


def _called(scene: Scene) -> tuple[Mention, ...]:
    """The service's owners, who are notified of a re-review that opened by itself."""
    here = f"{scene.review.place.platform}:"
    people = tuple((it, scene.who(it)) for it in scene.owners if it.startswith(here))
    people = people[:MENTIONED_MOST]
    return (Mention("For", people),) if scene.review.scheduled and people else ()


def _result(scene: Scene) -> Safe:
    """The readiness so far; of a re-review in which nobody answered yet, what it asks."""
    if scene.review.previous is None or scene.begun or not scene.review.open:
        return scene.say("root.readiness")
    counts = Counter(asked(scene.checklist, scene.review).values())
    left = sum(len(unanswered(scene.review, layer)) for layer in scene.checklist.layers)
    return scene.say(
        "rereview.asks",
        left=left,
        counts=tuple((why, counts[why]) for why in NAMED) if scene.stands else (),
        minutes=minutes(scene.checklist, scene.review),
    )


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
    full = (Button(labels.ASK_EVERYTHING, FullPass(scene.review.id)),) if scene.stands else ()
    return (*walk, *full, finish_button(scene))
