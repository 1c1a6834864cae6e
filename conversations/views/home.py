"""A person's own page: what is theirs to answer, the services they own, what is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from conversations import labels
from conversations.actions import StartForm
from conversations.cards import Button, Buttons, Card, Divider, Element, Faint, Heading, Text
from conversations.checklist import Check
from conversations.gaps import due_of, owner_of
from conversations.review import unanswered
from conversations.scoring import gaps
from conversations.views.scene import Scene
from conversations.wording import Wording

MOST = 15  # rows a section, where the platform takes as many; the rest is counted


def card(
    scenes: Sequence[Scene], person: str, owned: Sequence[str], words: Wording, most: int = MOST
) -> Card:
    """The page, with at most so many rows a section.

    `scenes` are the newest review of each service, `owned` the keys that are mine.
    """
    summary = words.say("home.summary")
    mine = [scene for scene in scenes if scene.review.service_key in owned]
    open_reviews = [scene for scene in scenes if scene.review.open]
    elements: list[Element] = [
        Heading("Readiness"),
        Text(words.say("home.opening", services=len(scenes))),
        Buttons((Button(labels.START, StartForm(), style="primary"),)),
    ]
    sections = {
        "mine": [
            row
            for scene in scenes
            for row in (
                *_layers(scene, person),
                *_my_gaps(scene, person, owns=scene.review.service_key in owned),
            )
        ],
        "owned": [_owned(scene) for scene in mine],
        "open": [_open(scene) for scene in open_reviews],
    }
    for name, rows in sections.items():
        elements += _section(words, name, rows, most)
    return Card(summary, tuple(elements))


def _section(words: Wording, name: str, rows: Sequence[Text], most: int) -> list[Element]:
    title = words.say("home.title", section=name, count=len(rows))
    elements: list[Element] = [Divider(), Text(title), *rows[:most]]
    if len(rows) > most:
        elements.append(Faint(words.say("home.more", rest=len(rows) - most)))
    return elements


def _layers(scene: Scene, person: str) -> list[Text]:
    """The layers of an open review that are handed to the person and have checks to answer."""
    rows = []
    for layer in scene.checklist.layers if scene.review.open else ():
        left = len(unanswered(scene.review, layer))
        missing = sum(check in layer.checks for check in _gaps(scene))
        if scene.review.assignees.get(layer.id) == person and left:
            text = scene.say("home.layer", layer=layer, left=left, gaps=missing)
            rows.append(Text(text, _thread(scene)))
    return rows


def _my_gaps(scene: Scene, person: str, *, owns: bool) -> list[Text]:
    """How many gaps of a finished review are the person's, and when the first is due."""
    dates = [
        due
        for check in _gaps(scene)
        if (due := due_of(scene.checklist, scene.review, check))
        and (owner_of(scene.checklist, scene.review, check) or (person if owns else None)) == person
    ]
    if not dates:
        return []
    first = min(dates).astimezone(UTC).strftime("%-d %b")
    return [Text(scene.say("home.gaps", count=len(dates), first=first), _thread(scene))]


def _gaps(scene: Scene) -> list[Check]:
    return gaps(scene.checklist, scene.review.answers, finished=not scene.review.open)


def _owned(scene: Scene) -> Text:
    return Text(scene.say("home.owned", gaps=len(_gaps(scene))), _thread(scene))


def _open(scene: Scene) -> Text:
    return Text(scene.say("home.open"), _thread(scene))


def _thread(scene: Scene) -> Button | None:
    return Button(labels.OPEN_THREAD, url=scene.thread) if scene.thread else None
