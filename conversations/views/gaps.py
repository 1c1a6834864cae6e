"""The gaps of a review: who sees to each and until when, proposed first, then as people said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby

from conversations import labels
from conversations.actions import AcceptGaps, EditGaps
from conversations.cards import Button, Buttons, Card, Element, Faint, Text
from conversations.checklist import Check, Layer
from conversations.gaps import all_accepted, due_of, gaps_of, owner_of
from conversations.text import and_more
from conversations.views.scene import Scene, paragraphs
from conversations.wording import Safe

MOST = 7_000  # bytes of a list that names people; it has 5,000 without them


def card(scene: Scene) -> Card:
    """Every gap under its layer with one button to accept all; then one line a layer."""
    missing = gaps_of(scene.checklist, scene.review)
    if scene.review.open or not missing:
        text = scene.say("gaps.nothing")
        return Card(text, (Text(text),))
    summary = scene.say("gaps.summary", count=len(missing))
    if all_accepted(scene.checklist, scene.review):
        results = (_result(scene, layer, checks) for layer, checks in by_layer(scene, missing))
        title = Text(scene.say("gaps.accepted", count=len(missing)))
        return Card(summary, (title, *results, Faint(scene.say("gaps.how"))))
    accept = Button(labels.ACCEPT_ALL, AcceptGaps(scene.review.id), style="primary")
    return Card(
        summary,
        (
            Text(scene.say("gaps.proposed", count=len(missing))),
            *listed(scene, missing, change=True),
            Buttons((accept,)),
            Faint(scene.say("gaps.how")),
        ),
    )


def by_layer(scene: Scene, missing: Iterable[Check]) -> Iterator[tuple[Layer, list[Check]]]:
    """The gaps of each layer that has any."""
    layer_of = scene.checklist.layer_of
    for layer, checks in groupby(missing, key=lambda check: layer_of[check.id]):
        yield layer, list(checks)


def listed(scene: Scene, missing: list[Check], *, change: bool) -> tuple[Element, ...]:
    """Each gap with its date under its layer; owners are named where that is not too much."""
    layers = list(by_layer(scene, missing))
    for titles, lines in ((True, True), (True, False), (False, False)):
        found = [
            (layer, _title(scene, layer, checks, named=titles),
             list(_lines(scene, layer, checks, named=lines)))
            for layer, checks in layers
        ]  # fmt: skip
        if sum(len(it.encode()) for _, title, rest in found for it in (title, *rest)) <= MOST:
            break
    elements: list[Element] = []
    for layer, title, rest in found:
        elements += [Text(title, change_button(scene, layer) if change else None)]
        elements += paragraphs(rest)
    return tuple(elements)


def change_button(scene: Scene, layer: Layer) -> Button:
    """Opens the form that hands gaps of a layer over, or moves their dates."""
    hint = f"{labels.CHANGE}: gaps of layer {layer.number}, {layer.title}"
    return Button(labels.CHANGE, EditGaps(scene.review.id, layer.id), hint=hint)


def dated(moment: datetime) -> str:
    """A gap's date, which is the UTC one: "9 Dec 2026"."""
    return moment.astimezone(UTC).strftime("%-d %b %Y")


def _title(scene: Scene, layer: Layer, checks: list[Check], *, named: bool) -> Safe:
    owner, due = _common_owner(scene, layer, checks), _common_due(scene, checks)
    shown = _whose(scene, owner) if named else None
    return scene.say("gaps.layer", layer=layer, owner=shown, due=due)


def _lines(scene: Scene, layer: Layer, checks: list[Check], *, named: bool) -> Iterator[Safe]:
    common, date = _common_owner(scene, layer, checks), _common_due(scene, checks)
    for check in checks:
        answer = scene.review.answers.get(check.id)
        due, owner = _due(scene, check), _owner(scene, check)
        yield scene.say(
            "gaps.gap",
            check=check,
            square=labels.SQUARES[answer.verdict if answer else None],
            due=due if due != date else None,
            owner=_whose(scene, owner) if named and owner != common else None,
        )


def _result(scene: Scene, layer: Layer, checks: list[Check]) -> Text:
    owners = dict.fromkeys(_whose(scene, _owner(scene, check)) for check in checks)
    dates = [due for check in checks if (due := due_of(scene.checklist, scene.review, check))]
    text = scene.say(
        "gaps.result",
        layer=layer,
        checks=checks,
        owners=list(owners)[:2],
        others=len(owners) - 2,
        first=dated(min(dates)),
        last=dated(max(dates)),
    )
    return Text(text, change_button(scene, layer))


def _common_owner(scene: Scene, layer: Layer, checks: list[Check]) -> str | None:
    """The layer's person; where all its gaps are somebody else's, that one; None: the owners."""
    owners = {_owner(scene, check) for check in checks}
    return owners.pop() if len(owners) == 1 else scene.review.assignees.get(layer.id)


def _common_due(scene: Scene, checks: list[Check]) -> str | None:
    """The date that most of a layer's gaps have; None where that is one of them, or none known."""
    (due, count), *_ = Counter(_due(scene, check) for check in checks).most_common(1)
    return due if count > 1 else None


def _due(scene: Scene, check: Check) -> str | None:
    due = due_of(scene.checklist, scene.review, check)
    return dated(due) if due else None


def _owner(scene: Scene, check: Check) -> str | None:
    return owner_of(scene.checklist, scene.review, check)


def _whose(scene: Scene, owner: str | None) -> str:
    """The owner's name; for None those of the service's owners, two at most."""
    names = [scene.who(it) for it in ((owner,) if owner else scene.owners)]
    return and_more(names) or "the service's owners"
