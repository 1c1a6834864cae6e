"""A reminder: everything of one person's in one message, the most urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from conversations import labels
from conversations.actions import HandOver, Settle, SettleForm, SnoozeForm
from conversations.cards import Button, Buttons, Card, Divider, Element, Faint, Text
from conversations.checklist import Check
from conversations.gaps import owner_of
from conversations.nudging import State
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


@dataclass(frozen=True, slots=True)
class Group:
    """What one service's reminders are about. `snoozed`: until when they stay away."""

    scene: Scene
    things: tuple[Thing, ...]
    snoozed: datetime | None = None


def card(groups: Sequence[Group], today: date, words: Wording) -> Card:
    """The reminder. `today` is the person's, for what is due tomorrow."""
    room, elements = MOST, []
    shown: list[Group] = []
    for group in groups:
        if room <= 0:
            break
        shown.append(group)
        elements += [Divider(), *_group(group, group.things[:room], today)]
        room -= len(group.things)
    rest = sum(len(group.things) for group in groups[len(shown) :])
    more = (Faint(words.say("nudge.more", rest=rest)),) if rest else ()
    awake = [group for group in groups if group.snoozed is None]
    waiting = sum(thing.state is State.OPEN for group in awake for thing in group.things)
    names = [group.scene.review.service for group in shown]
    others = len(groups) - len(shown)
    summary = words.say("nudge.summary", count=waiting, services=names, others=others)
    snoozed = len(awake) < len(groups)
    gaps = any(thing.check for group in groups for thing in group.things)
    opening = Text(words.say("nudge.opening", count=waiting, snoozed=snoozed, gaps=gaps))
    how = Faint(words.say("nudge.how", labels=labels, gaps=gaps))
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
    owner = owner_of(scene.checklist, review, check)
    text = scene.say(
        "nudge.gap",
        check=check,
        state=thing.state.value,
        verdict=labels.VERDICTS[answer.verdict].lower() if answer else "",
        owner=scene.who(owner) if owner else "the service's owners",
        days=(thing.due - today).days if thing.due else 0,
    )
    if thing.state is not State.OPEN or not buttons:
        return (Text(text),)
    met = labels.VERDICTS[Verdict.MET]
    row = (
        Button(met, Settle(review.id, check.id, Verdict.MET), hint=hint(met, check)),
        Button(labels.CHANGE, SettleForm(review.id, check.id), hint=hint(labels.CHANGE, check)),
        Button(labels.NOT_MINE, HandOver(review.id, check.id), hint=hint(labels.NOT_MINE, check)),
    )
    return (Text(text), Buttons(row))


def _silence(scene: Scene, thing: Thing) -> Text:
    left = scene.score.overall.unanswered
    text = scene.say("nudge.silent", state=thing.state.value, left=left, days=thing.silent_days)
    link = Button(labels.OPEN_THREAD, url=scene.thread) if scene.thread else None
    return Text(text, link if thing.state is State.OPEN else None)
