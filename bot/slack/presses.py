"""Buttons: each names its review and check, so a stale or carried-off one can be told apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.slack import payloads
from bot.slack.door import Door, here
from bot.slack.forms import Forms
from bot.turn import Said
from conversations import actions as act
from conversations import events, intents
from conversations.effects import Refused
from conversations.review import Review

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Presses:
    """Presses of buttons, in messages and on the person's own page."""

    door: Door
    forms: Forms

    async def on_press(self, ack: AsyncAck, body: Json) -> None:
        """Commits what the button means, or opens its form, then acknowledges."""
        said = payloads.of_press(body, self.door.now())
        try:
            await self._press(said, body)
        except Exception as error:  # noqa: BLE001 - the outermost edge: the person gets an id
            self.door.later(self.door.respond(said, self.door.bug(error, said)))
        await ack()

    async def _press(self, said: Said, body: Json) -> None:
        if refusal := await self.door.not_admitted(body):
            self.door.later(self.door.turn_away(said, refusal))
            return
        press = body["actions"][0]
        if press.get("url"):
            return  # a link: Slack reports the press, the browser does the rest
        try:
            action = act.unpack(press.get("value") or "")
        except act.Unreadable:
            await self.door.refuse(said, Refused("unknown_button"))
            return
        if isinstance(action, act.Edit | act.EditLayer | act.EditScope | act.StartForm):
            await self.forms.open(said, action, body)
            return
        taken = await self.door.turns.take(said, action.review, self._pressed(said, action))
        self.door.delivery.wake(taken.lanes)
        if taken.stopped and taken.review:
            self.door.later(self.door.cards_stand_still(said, taken.review, taken.stopped))

    def _pressed(self, said: Said, action: intents.Pressed) -> Callable[[Review], events.Event]:
        def event_of(review: Review) -> events.Event:
            here(said, review)
            return intents.pressed(self.door.turns.checklist, review, action, said.by, said.at)

        return event_of
