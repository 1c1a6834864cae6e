"""The view-model of everything that is shown: one function a card, one template file a subject."""

from __future__ import annotations

from conversations.cards import Card
from conversations.effects import END, GAPS, LEFTOVERS, ROOT, SCOPE
from conversations.views import end, gaps, layer, leftovers, root, scope, scorecard, walk
from conversations.views.scene import Scene

__all__ = ["Scene", "card"]


def card(scene: Scene, slot: str) -> Card:
    """The card of a slot, as the review stands now. Raises KeyError for an unknown slot."""
    kind, _, number = slot.partition(":")
    if slot == ROOT:
        return root.card(scene)
    if slot == SCOPE:
        return scope.card(scene)
    if slot == LEFTOVERS:
        return leftovers.card(scene)
    if slot == END:
        return end.card(scene)
    if slot == GAPS:
        return gaps.card(scene)
    if kind == "layer":
        return layer.card(scene, scene.checklist.layers[int(number) - 1])
    if kind == "walk":
        return walk.card(scene, scene.checklist.layers[int(number) - 1])
    if kind == "scorecard":
        return scorecard.card(scene)
    raise KeyError(slot)
