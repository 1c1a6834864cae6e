"""What was put off comes back here, before the review is finished."""

from __future__ import annotations

from conversations import review as reviews
from conversations.cards import Buttons, Card, Divider, Element, Faint, Text
from conversations.review import current_check
from conversations.views.root import finish_button
from conversations.views.scene import Scene, asked_check


def card(scene: Scene) -> Card:
    """The unanswered checks of the first layer that has any, how many wait behind, and the end."""
    left = reviews.leftovers(scene.checklist, scene.review)
    unanswered = scene.score.overall.unanswered
    if not left or not scene.review.open:
        over = scene.say("leftovers.over", left=unanswered)
        return Card(over, (Text(over),))
    summary = scene.say("leftovers.summary", left=unanswered)
    layer = scene.checklist.layer_of[left[0].id]
    here = [check for check in left if check in layer.checks]
    current = current_check(scene.checklist, scene.review)
    asked: tuple[Element, ...] = tuple(
        element for check in here for element in asked_check(scene, check, current=check is current)
    )
    return Card(
        summary,
        (
            Text(scene.say("leftovers.title", left=len(left), layer=layer, here=len(here))),
            Divider(),
            *asked,
            Divider(),
            Buttons((finish_button(scene),)),
            Faint(scene.say("leftovers.how")),
        ),
    )
