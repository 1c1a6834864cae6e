"""All that can be shown of a review, on any platform."""

from collections.abc import Iterator

from reviewing import CHECKLIST

from conversations import actions as act
from conversations.cards import Form
from conversations.checklist import Checklist
from conversations.gaps import gaps_of
from conversations.views import Scene, forms


def slots(checklist: Checklist = CHECKLIST, closing: int = 1) -> list[str]:
    """Every slot of a review."""
    numbers = [layer.number for layer in checklist.layers]
    return [
        "root",
        "scope",
        "leftovers",
        "end",
        "gaps",
        *(f"layer:{number}" for number in numbers),
        *(f"walk:{number}" for number in numbers),
        f"scorecard:{closing}",
    ]


def every_form(scene: Scene) -> Iterator[Form]:
    """Every form that a button of the review can open."""
    review = scene.review.id
    for check in scene.checklist.checks:
        for focus in ("change", "evidence", "reason"):
            yield forms.of(scene, act.Edit(review, check.id, focus))
    for layer in scene.checklist.layers:
        yield forms.of(scene, act.EditLayer(review, layer.id))
    yield forms.of(scene, act.EditScope(review))
    yield forms.of(scene, act.SnoozeForm(review))
    missing = [] if scene.review.open else gaps_of(scene.checklist, scene.review)
    for layer_id in dict.fromkeys(scene.checklist.layer_of[it.id].id for it in missing):
        yield forms.of(scene, act.EditGaps(review, layer_id))
    for check in missing[:3]:
        yield forms.of(scene, act.SettleForm(review, check.id))
        yield forms.of(scene, act.HandOver(review, check.id))
    yield forms.start(scene.words, act.StartForm("C1"))
