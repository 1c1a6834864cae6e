"""Cards and forms as Slack gets them, and what Slack would say to them."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from reviewing import CHECKLIST

from bot.playground import blocks as strict
from bot.playground.values import Ids, system_clock
from bot.slack import blocks
from bot.slack.dialect import Mrkdwn
from conversations import actions as act
from conversations.cards import Card, Form
from conversations.checklist import Checklist
from conversations.views import Scene, forms
from conversations.wording import Wording

SLACK = Wording(Mrkdwn())
IDS = Ids(system_clock, count(1))


def slots(checklist: Checklist = CHECKLIST, closing: int = 1) -> list[str]:
    """Every slot of a review."""
    numbers = [layer.number for layer in checklist.layers]
    return [
        "root",
        "scope",
        "leftovers",
        *(f"layer:{number}" for number in numbers),
        *(f"walk:{number}" for number in numbers),
        f"scorecard:{closing}",
    ]


def accepted(card: Card) -> list[dict[str, Any]]:
    """The blocks of a message that Slack takes. Raises SlackError with what it dislikes."""
    message = blocks.message(card)
    assert 0 < len(message["text"]) <= 3000
    return strict.message_blocks(message["blocks"], IDS)


def accepted_home(card: Card) -> dict[str, Any]:
    """A person's page that Slack takes."""
    return strict.view(blocks.home(card), "home", IDS)


def accepted_form(form: Form) -> dict[str, Any]:
    """A modal that Slack takes."""
    return strict.view(blocks.modal(form), "modal", IDS)


def every_form(scene: Scene) -> Iterator[Form]:
    """Every form that a button of the review can open."""
    review = scene.review.id
    for check in scene.checklist.checks:
        for focus in ("change", "evidence", "reason"):
            yield forms.of(scene, act.Edit(review, check.id, focus))
    for layer in scene.checklist.layers:
        yield forms.of(scene, act.EditLayer(review, layer.id))
    yield forms.of(scene, act.EditScope(review))
    yield forms.start(scene.words, act.StartForm("C1"))
    yield forms.start(scene.words, act.StartForm())
