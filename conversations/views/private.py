"""What a person is shown privately after asking: status, gaps, services, a scorecard, help."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import accumulate

from conversations import labels
from conversations.cards import Button, Buttons, Card, Element, Faint, Text
from conversations.checklist import Check, Checklist
from conversations.gaps import due_of, gaps_of, owner_of
from conversations.orders import Here, usages
from conversations.review import current_layer, scoped
from conversations.standing import Stand, age, rank
from conversations.views import gaps, root, scorecard
from conversations.views.scene import Scene, paragraphs
from conversations.wording import Safe, Wording

IN_CHANNEL = Here()
MOST_SERVICES = 40
TABLE_MOST = 11_000  # characters; a message takes 13,000


def one_line(text: Safe) -> Card:
    """A card of a single sentence."""
    return Card(text, (Text(text),))


def already_open(scene: Scene) -> Card:
    """The answer to `start` where a review is open: where it stands, and a link to it."""
    return _with_link(scene, scene.say("private.already_open"))


def status(scene: Scene) -> Card:
    """Where the open review stands."""
    layer = current_layer(scene.checklist, scene.review)
    asked = layer if scoped(scene.checklist, scene.review) else None
    text = scene.say("private.status", layer=asked)
    return Card(
        scene.say("private.status_summary"),
        (Text(text), *root.progress(scene), *_link(scene)),
    )


def latest_scorecard(scene: Scene) -> Card:
    """The scorecard as it would stand in the channel, of an open review or a finished one."""
    return scorecard.card(scene)


def gap_list(scene: Scene, *, change: bool = False) -> Card:
    """Every gap with owner and due date, critical ones marked, under its layer.

    With `change` each layer has the button that hands its gaps over, or moves their dates.
    """
    missing = gaps_of(scene.checklist, scene.review)
    summary = scene.say("private.gaps_title", count=len(missing))
    if not missing:
        return _with_link(scene, summary)
    change = change and not scene.review.open
    elements = (Text(summary), *gaps.listed(scene, missing, change=change))
    return Card(summary, (*elements, *_link(scene)))


def gap_owner(scene: Scene, check: Check) -> str | None:
    """Whose gap it is; None: the service's owners."""
    return owner_of(scene.checklist, scene.review, check)


def gap_due(scene: Scene, check: Check) -> datetime | None:
    """When it is due; None while the review is open."""
    return due_of(scene.checklist, scene.review, check)


def listed(stands: Iterable[Stand]) -> list[Stand]:
    """The services of the table, the least ready first: as many as are shown at most."""
    return sorted(stands, key=rank)[:MOST_SERVICES]


def service_table(
    stands: Sequence[Stand],
    checklist: Checklist,
    words: Wording,
    now: datetime,
    links: Mapping[str, str],
) -> Card:
    """One line a service; the rest is named by number. `links` to reviews, by their ids."""
    summary = words.say("private.table_title", count=len(stands))
    lines = [
        words.say(
            "private.service",
            it=it,
            labels=labels,
            weakest=checklist.layers_by_id[it.facts.weakest].title if it.facts.weakest else "",
            total=len(checklist.checks),
            link=links.get(it.review, ""),
            age=age(it, now),
        )
        for it in listed(stands)
    ]
    ends = accumulate(len(line) for line in lines)
    shown = [line for line, end in zip(lines, ends) if end <= TABLE_MOST]
    rest = len(stands) - len(shown)
    more = (Faint(words.say("private.more_services", rest=rest)),) if rest else ()
    return Card(summary, (Text(summary), *paragraphs(shown), *more))


def help_card(
    words: Wording,
    here: Here = IN_CHANNEL,
    *,
    unknown: str | None = None,
    suggestion: str | None = None,
) -> Card:
    """What can be typed there; for a near miss, what was probably meant."""
    alone = here.alone
    opening = words.say("help.opening", unknown=unknown, suggestion=suggestion, alone=alone)
    commands = usages(here, home=words.dialect.types_home)
    return Card(
        opening,
        (
            Text(opening),
            Text(words.say("help.commands", commands=commands, alone=alone)),
            Faint(words.say("help.thread", threads=here.threads)),
        ),
    )


def advice(words: Wording, here: Here, topic: str) -> Card:
    """How something is done that no command does."""
    return one_line(words.say(f"help.{topic}", alone=here.alone))


def _with_link(scene: Scene, text: Safe) -> Card:
    return Card(text, (Text(text), *_link(scene)))


def _link(scene: Scene) -> tuple[Element, ...]:
    if not scene.thread:
        return ()
    return (Buttons((Button(labels.OPEN_THREAD, url=scene.thread),)),)
