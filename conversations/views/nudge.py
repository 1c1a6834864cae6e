"""A reminder: everything of one person's in one message, the most urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from conversations import labels
from conversations.actions import HandOver, Settle, SettleForm, SnoozeForm
from conversations.cards import Button, Buttons, Card, Divider, Element, Faint, Text
from conversations.checklist import Check
from conversations.outcome import State
from conversations.review import Verdict
from conversations.views.scene import HINT_MOST, Scene, hint, shortened
from conversations.wording import Wording

MOST = 6  # things with buttons; the rest is counted


@dataclass(frozen=True, slots=True)
class Thing:
    """A gap, or (`check` None) a review in which nobody answers, and what became of it."""

    state: State
    check: Check | None = None
    due: date | None = None
    silent_days: int = 0
    owner: str | None = None  # None: all owners of the service
    mine: bool = True  # whether it is the reader's to see to


@dataclass(frozen=True, slots=True)
class Group:
    """What one service's reminders are about. `snoozed`: until when they stay away."""

    scene: Scene
    things: tuple[Thing, ...]
    snoozed: datetime | None = None


def card(groups: Sequence[Group], today: date, words: Wording) -> Card:
    """The reminder. `today` is the person's, for what is due tomorrow."""
    elements: list[Element] = []
    everything = [(at, thing) for at, group in enumerate(groups) for thing in group.things]
    room = sorted(everything, key=lambda it: not it[1].mine)[:MOST]
    shown = [[thing for of, thing in room if of == at] for at in range(len(groups))]
    for group, things in zip(groups, shown, strict=True):
        if things:
            elements += [Divider(), *_group(group, things, today)]
    rest = sum(len(group.things) for group, it in zip(groups, shown, strict=True) if not it)
    more = (Faint(words.say("nudge.more", rest=rest)),) if rest else ()
    awake = [group for group in groups if group.snoozed is None]
    waiting = [it.mine for group in awake for it in group.things if it.state is State.OPEN]
    counts = {"count": waiting.count(True), "late": waiting.count(False)}
    names = [group.scene.review.service for group, it in zip(groups, shown, strict=True) if it]
    others = len(groups) - len(names)
    summary = words.say("nudge.summary", **counts, services=names, others=others)
    snoozed = len(awake) < len(groups)
    here = [it for at, it in everything if it.check and not groups[at].scene.review.open]
    opening = Text(words.say("nudge.opening", **counts, snoozed=snoozed, gaps=bool(here)))
    how = Faint(words.say("nudge.how", labels=labels, gaps=any(it.mine for it in here)))
    return Card(summary, (opening, *elements, *more, Divider(), how))


def _group(group: Group, things: Sequence[Thing], today: date) -> tuple[Element, ...]:
    scene = group.scene
    review = scene.review
    awake = group.snoozed is None
    snooze = Button(
        labels.SNOOZE,
        SnoozeForm(review.id),
        hint=shortened(f"{labels.SNOOZE}:", review.service, HINT_MOST),
    )
    title = Text(scene.say("nudge.service", until=group.snoozed), snooze if awake else None)
    lines = [it for thing in things for it in _thing(scene, thing, today, buttons=awake)]
    rest = len(group.things) - len(things)
    more = (Faint(scene.say("nudge.more_gaps", rest=rest)),) if rest else ()
    return (title, *lines, *more)


def _thing(scene: Scene, thing: Thing, today: date, *, buttons: bool) -> tuple[Element, ...]:
    if thing.check is None:
        return (_silence(scene, thing),)
    check, review = thing.check, scene.review
    answer = review.answers.get(check.id)
    late = not thing.mine and thing.state is State.OPEN
    text = scene.say(
        "nudge.gap",
        check=check,
        state=thing.state.value,
        verdict=labels.VERDICTS[answer.verdict].lower() if answer else "",
        owner=scene.who(thing.owner) if thing.owner else "the service's owners",
        late=late,
        again=review.open,
        days=(thing.due - today).days if thing.due else 0,
    )
    if thing.state is not State.OPEN or not buttons:
        return (Text(text),)
    if review.open:  # which asks it again
        return (Text(text, _link(scene)),)
    met = labels.VERDICTS[Verdict.MET]
    row = (
        Button(met, Settle(review.id, check.id, Verdict.MET), hint=hint(met, check)),
        Button(labels.CHANGE, SettleForm(review.id, check.id), hint=hint(labels.CHANGE, check)),
        Button(labels.NOT_MINE, HandOver(review.id, check.id), hint=hint(labels.NOT_MINE, check)),
    )
    return (Text(text), Buttons(row if thing.mine else row[:-1]))


def _silence(scene: Scene, thing: Thing) -> Text:
    left = scene.score.overall.unanswered
    text = scene.say("nudge.silent", state=thing.state.value, left=left, days=thing.silent_days)
    return Text(text, _link(scene) if thing.state is State.OPEN else None)


def _link(scene: Scene) -> Button | None:
    return Button(labels.OPEN_THREAD, url=scene.thread) if scene.thread else None
