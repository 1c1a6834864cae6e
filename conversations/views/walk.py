"""One check at a time, with why it is asked, how to verify it and what good evidence is."""

from __future__ import annotations

from conversations import labels
from conversations.actions import SkipCheck
from conversations.cards import Button, Buttons, Card, Divider, Element, Faint, Text
from conversations.checklist import Check, Layer
from conversations.review import current_layer, pending, to_attest, unanswered
from conversations.views import scene as scenes
from conversations.views.scene import Scene, answered_check, attest_button, verdict_buttons

GUIDANCE = ("why", "verify", "evidence")  # in the order in which somebody needs it


def card(scene: Scene, layer: Layer) -> Card:
    """The layer's next check in full; a line once there is none to ask."""
    summary = scene.say("walk.summary", layer=layer)
    check = _next(scene, layer)
    if check is None or not scene.review.open:
        left = len(unanswered(scene.review, layer))
        done = Text(scene.say("walk.done", layer=layer, left=left))
        return Card(summary, (done, *_to_attest(scene, layer)))
    return Card(
        summary,
        (
            Text(scene.say("walk.title", layer=layer, check=check)),
            Divider(),
            *scenes.before(scene, check),
            *(Text(scene.say(f"walk.{part}", check=check)) for part in GUIDANCE),
            verdict_buttons(scene, check, walking=True),
            *_later(scene, layer, check),
            Faint(scene.say("walk.how")),
            *_before(scene, layer, check),
        ),
    )


def _next(scene: Scene, layer: Layer) -> Check | None:
    """The first check that is pending; what was put off only when its time has come."""
    waiting = pending(scene.review, layer)
    if waiting or to_attest(scene.review, layer):
        return waiting[0] if waiting else None
    if current_layer(scene.checklist, scene.review) is layer:
        waiting = unanswered(scene.review, layer)
    return waiting[0] if waiting else None


def _to_attest(scene: Scene, layer: Layer) -> tuple[Element, ...]:
    """What stands from last time comes after the checks that are asked."""
    stands = to_attest(scene.review, layer)
    if not stands or not scene.review.open:
        return ()
    lines = scenes.standing(scene, layer, stands)
    return (*lines, Buttons((attest_button(scene, layer, walking=True),)))


def _before(scene: Scene, layer: Layer, check: Check) -> tuple[Element, ...]:
    """The check before this one, so that a slip can be mended and evidence added."""
    position = layer.checks.index(check)
    last = scene.review.answers.get(layer.checks[position - 1].id) if position else None
    if last is None or last.carried:
        return ()
    return (Divider(), *answered_check(scene, layer.checks[position - 1]))


def _later(scene: Scene, layer: Layer, check: Check) -> tuple[Element, ...]:
    if not pending(scene.review, layer):
        return ()
    later = SkipCheck(scene.review.id, check.id, walking=True)
    return (Buttons((Button(labels.SKIP_CHECK, later),)),)
