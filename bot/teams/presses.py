"""Buttons and forms: each press is answered at once with the card as it stands now.

Only who pressed sees that answer; the message itself follows through the outbox, for everybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot.door import Door
from bot.gestures import Gestures, Opened, meant
from bot.teams import adaptive, fields, payloads
from bot.teams.dialect import plain
from bot.teams.holds import Holds
from bot.teams.payloads import Json
from bot.turn import Said, note_refused
from conversations import actions as act
from conversations import intents, views
from conversations.cards import Card
from conversations.effects import ROOT, Refused, is_scorecard
from conversations.review import Review
from conversations.views import private
from storage import cards, nudges, reviews

MESSAGE = "application/vnd.microsoft.activity.message"
# Why no form of this kind can be sent, whatever stands in it.
TOO_LATE = {"finished", "gaps_open", "newer_review", "no_gap", "unknown_button"}
HERE = "here"  # in the place of a channel: where the form stands
ABOVE_SAVE = ""  # the field of words that belong to none


@dataclass(frozen=True, slots=True)
class Pressed:
    """One press: on which message, with which payload, and what was entered on the card."""

    said: Said
    message: str
    verb: str
    data: Any

    @property
    def packed(self) -> str:
        """The button's action."""
        return self.verb.removeprefix(fields.FORM).removeprefix(fields.BACK)


@dataclass(frozen=True, slots=True)
class Seen:
    """A card as it stood at one moment.

    `slot` None: the pressed message is no card of a review. `card` is what it is all the same: a
    reminder, a private list.
    """

    scene: views.Scene
    slot: str | None
    card: Card | None = None


@dataclass(frozen=True, slots=True)
class Presses:
    """Answers to presses, as the bodies of HTTP answers."""

    door: Door
    gestures: Gestures
    holds: Holds

    async def answer(self, press: Pressed) -> Json:
        """The fresh card, a form in its place, or a line that says why not."""
        try:
            action = _meant(press)
            if press.verb.startswith(fields.BACK):
                return await self._back(press, action)
            if press.verb.startswith(fields.FORM):
                return await self._sent(press, action)
            if isinstance(action, Opened):
                return await self._opened(press, action)
            return await self._taken(press, action)
        except Refused as refusal:
            note_refused(press.said, refusal)
            await self.gestures.renew(press.said, press.message)
            return line(self.door.line(refusal))

    async def by_message(self, press: Pressed) -> None:
        """A press by an old client, which sends a message: what is to be said, it is told."""
        try:
            await self._by_message(press, _meant(press))
        except Refused as refusal:
            await self.door.refuse(press.said, refusal)

    async def _by_message(self, press: Pressed, action: act.Action) -> None:
        """There is no answer that a form could be."""
        if press.verb.startswith((fields.FORM, fields.BACK)):
            raise Refused("unknown_button")
        if isinstance(action, Opened):
            raise Refused("no_forms")
        await self.gestures.press(press.said, action)

    async def _taken(self, press: Pressed, action: intents.Pressed) -> Json:
        taken = await self.gestures.press(
            press.said,
            action,
            whisper=False,
            look=lambda conn, review: self._look(conn, press, review, action),
        )
        if taken.stopped and taken.review:
            return spoken(str(self.door.stands_still(taken.review, taken.stopped)))
        return _shown(taken.seen) if taken.seen else await self._fresh(press, action)

    async def _opened(self, press: Pressed, action: Opened) -> Json:
        shown = fields.form(await self.gestures.form(press.said, action))
        await self._hold(press)
        return card(shown)

    async def _sent(self, press: Pressed, action: act.Action) -> Json:
        """What cannot be taken is said below its field, and nothing typed is lost."""
        values = fields.entered(press.data)
        await self._release(press)  # before the edit that follows, which would be put off for it
        try:
            await self._submit(press, action)
        except Refused as refusal:
            if not isinstance(action, Opened) or refusal.words in TOO_LATE:
                raise
            note_refused(press.said, refusal)
            field = refusal.field if isinstance(refusal, intents.FieldRefused) else ABOVE_SAVE
            form = await self.gestures.form(press.said, action)
            await self._hold(press)
            errors = {field: str(self.door.plain(refusal))}
            return card(fields.form(form, values, errors))
        return await self._fresh(press, action)

    async def _home(self, press: Pressed) -> Json:
        """The person's page, which the form stood in the place of."""
        chat, asking = self.door.chat, self.door.commands.asking
        return card(adaptive.adaptive(await asking.home(press.said.by, chat.words, chat.home_rows)))

    async def _submit(self, press: Pressed, action: act.Action) -> None:
        workspace = press.said.place.workspace if press.said.place else ""
        if isinstance(action, act.StartForm) and press.said.place:  # here: none can be chosen
            action = act.StartForm(press.said.place.channel)
        await self.gestures.submit(press.said, action, fields.entered(press.data), workspace)

    async def _back(self, press: Pressed, action: act.Action) -> Json:
        await self._release(press)
        return await self._fresh(press, action)

    async def _hold(self, press: Pressed) -> None:
        """Keeps edits from taking the form away."""
        if press.said.place:
            await self.holds.begin(press.said.place, press.message, press.said.by)

    async def _release(self, press: Pressed) -> None:
        """Lets edits that waited for this person's form go out."""
        if press.said.place:
            await self.holds.end(press.said.place, press.message, press.said.by)

    async def _fresh(self, press: Pressed, action: act.Action) -> Json:
        """The pressed card as of now."""
        if isinstance(action, act.StartForm):
            return await self._home(press)
        review = getattr(action, "review", "")

        def look(conn: Connection) -> Seen:
            return self._look(conn, press, reviews.load(conn, review), action)

        return _shown(await self.door.turns.runner.read(look))

    def _look(
        self, conn: Connection, press: Pressed, review: Review | None, action: act.Action
    ) -> Seen:
        """What the pressed card is drawn from. It may be of another review than its button names.

        Raises Refused.
        """
        place = press.said.place
        review_id, slot = (place and cards.slot_of(conn, place, press.message)) or ("", None)
        if slot is not None and (review is None or review.id != review_id):
            review = reviews.load(conn, review_id)
        if review is None:
            raise Refused("unknown_button")
        scenes, words = self.door.commands.asking.scenes, self.door.chat.words
        scene = scenes.of(conn, review, words)
        if slot is not None or place is None:
            return Seen(scene, slot)
        if isinstance(action, act.EditGaps):  # on the private list of gaps
            return Seen(scene, slot, private.gap_list(scene, change=True))
        nudge = nudges.by_message(conn, place, press.message)
        reminder = self.door.delivery.courier.digests.card(conn, nudge, words) if nudge else None
        return Seen(scene, slot, reminder)


def _shown(seen: Seen) -> Json:
    """The card; for a message that is none, where the review stands.

    A scorecard is what was found when the review closed: whoever reopens it keeps seeing that.
    """
    if seen.card is not None:
        return card(adaptive.adaptive(seen.card))
    if seen.slot is None or is_scorecard(seen.slot):
        return spoken(str(views.card(seen.scene, ROOT).summary))
    return card(adaptive.adaptive(views.card(seen.scene, seen.slot)))


def _meant(press: Pressed) -> act.Action:
    """The action of a press. Raises Refused.

    No client lets choose a channel: what is started by a form is started where it stands.
    """
    action = meant(press.packed)
    return act.StartForm(HERE) if isinstance(action, act.StartForm) else action


def of_invoke(body: Json, said: Said) -> Pressed:
    """A press of Action.Execute."""
    verb = payloads.at(body, "value", "action", "verb")
    data = payloads.at(body, "value", "action", "data")
    return Pressed(said, payloads.message(body), verb if isinstance(verb, str) else "", data)


def of_submit(body: Json, said: Said) -> Pressed | None:
    """A press of Action.Submit, which comes as a message; None for one that somebody typed."""
    value = body.get("value")
    if not isinstance(value, dict):
        return None
    verb = value.get(adaptive.DO)
    return Pressed(said, payloads.message(body), verb if isinstance(verb, str) else "", value)


def card(content: Json) -> Json:
    """The answer that puts a card in the place of the pressed one."""
    return {"statusCode": 200, "type": adaptive.CONTENT_TYPE, "value": content}


def line(shown: Card) -> Json:
    """The answer that shows a line, and leaves the card as it is."""
    return spoken(str(shown.summary))


def spoken(words: str) -> Json:
    """The same, of words in the dialect."""
    return {"statusCode": 200, "type": MESSAGE, "value": plain(words)}
