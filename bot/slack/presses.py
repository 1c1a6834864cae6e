"""Buttons: each names its review and check, so a stale or carried-off one can be told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.gestures import Gestures, Opened, meant
from bot.slack import payloads
from bot.slack.door import SlackDoor
from bot.slack.forms import Forms
from bot.turn import Said
from conversations.effects import Refused

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Presses:
    """Presses of buttons, in messages and on the person's own page."""

    door: SlackDoor
    gestures: Gestures
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
            action = meant(press.get("value") or "")
        except Refused as refusal:
            await self.door.refuse(said, refusal)
            return
        if isinstance(action, Opened):
            await self.forms.open(said, action, body)
            return
        taken = await self.gestures.press(said, action)
        if taken.stopped and taken.review:
            self.door.later(self.door.cards_stand_still(said, taken.review, taken.stopped))
