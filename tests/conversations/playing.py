"""Plays a transcript: what people do, line by line, and what each can see of it.

A line that starts at the margin is somebody doing something; `#` begins a comment.

    ana starts Search Assistant
    ana: 3 yes https://wiki.example/run/7      she types this into the thread
    ben taps Partly on 1.2                     a button of a card as it stands
    ben taps Met on 1.2 twice                  the second tap a moment later
    ben, 5 minutes ago, taps Met on 1.2        his tap arrives late
    ben taps old Met on 1.2                    a button that is gone from the card by now
    ben sends note = by hand; evidence = …     the form that his last tap opened
    ana assigns layer 3 to ben

A line that ends in ` …` happens without its outcome being written down. Indented lines are the
outcome: of a new card every line, of one that is edited those that are
new in it, without the rows of verdict buttons. `ben only:` is a private line.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta

from plain_cards import form_lines, lines
from reviewing import CHECKLIST, NAMES, START, WORDS, review, scene

from conversations import actions as act
from conversations import events as happened
from conversations import intents, views
from conversations.cards import Button, Buttons, Card, Text
from conversations.commands import layer as layer_named
from conversations.dialogue import step
from conversations.effects import Announce, Refresh, Refused, Show, Tell, scorecard_slot
from conversations.replies import parse_reply
from conversations.review import Review
from conversations.views import forms

PEOPLE = {name.lower(): person for person, name in NAMES.items()}
LINE = re.compile(r"(?P<who>\w+)(?:, (?P<late>\d+) minutes? ago,)?(?P<does>:? .+)")
QUIETLY = " …"
VERDICT_ROW = "[Met] [Partly] [Not yet] [N/A] [Don't know]"
FORMS = act.Edit | act.EditLayer | act.EditScope


@dataclass
class Play:
    """A thread and its channel, as everybody sees them."""

    review: Review = field(default_factory=review)
    now: datetime = START
    cards: dict[str, Card] = field(default_factory=dict)  # posted, by slot
    gone: list[Button] = field(default_factory=list)  # buttons that an edit took away
    form: dict[str, FORMS] = field(default_factory=dict)  # opened last, by person

    def outcome(self, line: str) -> Iterator[str]:
        """What the line leads to."""
        found = LINE.fullmatch(line)
        assert found, f"not understood: {line}"
        self.now += timedelta(minutes=1)
        who, moment = PEOPLE[found["who"]], self.now - timedelta(minutes=int(found["late"] or 0))
        seen = list(self._does(found["does"], who, moment))
        yield from seen or ["(nothing)"]

    def _does(self, does: str, who: str, moment: datetime) -> Iterator[str]:
        if does.startswith(": "):
            yield from self._tried(who, lambda: self._typed(does[2:], who, moment))
        elif found := re.fullmatch(r" starts (.+)", does):
            self.review = replace(self.review, service=found[1])
            yield from self._happens(happened.Started(by=who, at=moment))
        elif found := re.fullmatch(r" assigns layer (.+) to (\w+)", does):
            layer = layer_named(CHECKLIST, found[1]).id
            event = happened.Assigned(by=who, at=moment, layer=layer, to=PEOPLE[found[2]])
            yield from self._tried(who, lambda: event)
        elif found := re.fullmatch(r" taps (old )?(.+?)(?: on (\S+))?( twice)?", does):
            button = self._button(found[2], found[3], old=bool(found[1]))
            yield from self._tap(button, who, moment)
            if found[4]:
                yield from self._tap(button, who, moment + timedelta(seconds=0.2))
        elif found := re.fullmatch(r" sends (.+)", does):
            values = dict(pair.split(" = ", 1) for pair in found[1].split("; "))
            form = self.form[who]
            yield from self._tried(
                who, lambda: intents.submitted(CHECKLIST, self.review, form, values, who, moment)
            )
        else:
            raise AssertionError(does)

    def _typed(self, text: str, who: str, moment: datetime) -> happened.Event | None:
        reply = parse_reply(text)
        return happened.Replied(by=who, at=moment, reply=reply) if reply else None

    def _tap(self, button: Button, who: str, moment: datetime) -> Iterator[str]:
        action = button.action
        if isinstance(action, FORMS) and self.review.open:
            self.form[who] = action
            for line in form_lines(forms.of(scene(self.review), action)):
                yield f"{NAMES[who]}'s form | {line}"
        elif isinstance(action, FORMS):
            yield from self._refused(who, Refused("finished", service=self.review.service))
        else:
            yield from self._tried(
                who, lambda: intents.pressed(CHECKLIST, self.review, action, who, moment)
            )

    def _tried(self, who: str, event: Callable[[], happened.Event | None]) -> Iterator[str]:
        try:
            what = event()
            shown = list(self._happens(what)) if what else []
        except Refused as refusal:
            shown = list(self._refused(who, refusal))
        yield from shown

    def _refused(self, who: str, refusal: Refused) -> Iterator[str]:
        yield f"{NAMES[who]} only: {WORDS.say(f'refusals.{refusal.words}', **refusal.facts)}"

    def _happens(self, event: happened.Event) -> Iterator[str]:
        done = step(CHECKLIST, self.review, event)
        self.review = done.review
        for effect in done.effects:
            match effect:
                case Show(slot):
                    yield from self._shown(slot)
                case Refresh(slot) if slot in self.cards:
                    yield from self._shown(slot)
                case Announce(closing):
                    yield from self._shown(scorecard_slot(closing))
                case Tell(person, words, facts):
                    said = facts | {"by": NAMES[facts["by"]], "thread": ""}
                    yield f"{NAMES[person]} only: {WORDS.say(words, **said)}"

    def _shown(self, slot: str) -> Iterator[str]:
        card = views.card(scene(self.review), slot)
        before = self.cards.get(slot)
        known = Counter(lines(before) if before else ())
        self.gone += [one for one in _buttons(before) if one not in _buttons(card)]
        self.cards[slot] = card
        for line in lines(card):
            known[line] -= 1
            if known[line] < 0 and line not in {VERDICT_ROW, "---"}:
                yield f"{slot:<11} | {line}"

    def _button(self, label: str, on: str | None, *, old: bool) -> Button:
        standing = [one for card in reversed(self.cards.values()) for one in _buttons(card)]
        for button in reversed(self.gone) if old else standing:
            if button.label == label and (on is None or on in _names(button)):
                return button
        raise AssertionError(f"there is no button {label} on {on}")


def _buttons(card: Card | None) -> list[Button]:
    return [
        button
        for element in (card.elements if card else ())
        for button in (
            element.buttons
            if isinstance(element, Buttons)
            else [element.button]
            if isinstance(element, Text) and element.button
            else []
        )
    ]


def _names(button: Button) -> set[str]:
    """What a button is about: check number, layer number, fact."""
    values = [getattr(button.action, it.name) for it in fields(button.action)]
    return {
        *(CHECKLIST.by_id[it].number for it in values if it in CHECKLIST.by_id),
        *(f"layer-{CHECKLIST.layers_by_id[it].number}" for it in values
          if it in CHECKLIST.layers_by_id),
        *(it for it in values if isinstance(it, str)),
        *(["scope"] if isinstance(button.action, act.EditScope) else []),
    }  # fmt: skip


def played(transcript: str) -> str:
    """The transcript with the outcome of every line as it is now."""
    play, written = Play(), []
    for line in transcript.splitlines():
        if line.startswith(" "):
            continue
        written.append(line)
        if line and not line.startswith("#"):
            seen = list(play.outcome(line.removesuffix(QUIETLY)))
            written += () if line.endswith(QUIETLY) else (f"    {one}" for one in seen)
    return "\n".join(written) + "\n"
