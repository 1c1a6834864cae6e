"""The end of the thread: what the review came to, where the last tap was made."""

from __future__ import annotations

from conversations import labels
from conversations.actions import Reopen
from conversations.cards import Button, Card, Text
from conversations.views.scene import Scene


def card(scene: Scene) -> Card:
    """The result with the way back; a line that the review goes on where it was reopened."""
    if scene.review.open:
        text = scene.say("end.reopened")
        return Card(text, (Text(text),))
    reopen = Button(labels.REOPEN, Reopen(scene.review.id))
    return Card(scene.say("end.summary"), (Text(scene.say("root.readiness"), reopen),))
