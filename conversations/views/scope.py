"""The scoping card: a few taps that save many."""

from __future__ import annotations

from conversations import labels
from conversations.actions import AskAll, EditScope, Scope
from conversations.cards import Button, Buttons, Card, Element, Faint, Text
from conversations.checklist import Fact
from conversations.review import scoped
from conversations.views.scene import Scene


def card(scene: Scene) -> Card:
    """The open questions with a button an answer; afterwards one line with the result."""
    asked = scene.review.open and not scoped(scene.checklist, scene.review)
    summary = scene.say("scope.summary", asked=asked)
    if not asked:
        change = (
            Button(labels.CHANGE, EditScope(scene.review.id), hint=f"{labels.CHANGE}: scope")
            if scene.review.open
            else None
        )
        return Card(summary, (Text(scene.say("scope.result", proposed=_proposed(scene)), change),))
    questions = (it for fact in scene.checklist.facts for it in _question(scene, fact))
    return Card(
        summary,
        (
            Text(scene.say("scope.opening")),
            *questions,
            Buttons((Button(labels.ASK_EVERYTHING, AskAll(scene.review.id)),)),
            Faint(scene.say("scope.how")),
        ),
    )


def _question(scene: Scene, fact: Fact) -> tuple[Element, ...]:
    chosen = scene.review.profile.get(fact.id)
    buttons = tuple(
        Button(
            f"✓ {label}" if chosen is yes else label,
            Scope(scene.review.id, fact.id, yes),
            style="primary" if chosen is yes else "default",
            hint=f"{fact.question} {label}",
        )
        for yes, label in ((True, fact.yes), (False, fact.no))
    )
    return (Text(scene.say("scope.question", fact=fact)), Buttons(buttons))


def _proposed(scene: Scene) -> int:
    return sum(answer.proposed for answer in scene.review.answers.values())
