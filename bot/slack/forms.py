"""Forms: opened while the platform's trigger lives, nothing stored until they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.chat import ChatRejected, ChatUnavailable
from bot.gestures import Gestures, Opened, meant
from bot.logs import log
from bot.slack import blocks, payloads
from bot.slack.door import SlackDoor
from bot.turn import Said, note_refused
from conversations import actions as act
from conversations import intents
from conversations.cards import Form
from conversations.effects import Refused
from conversations.review import Place
from conversations.views import forms, private

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Forms:
    """Modals: an answer with note and evidence, the scope, a new review."""

    door: SlackDoor
    gestures: Gestures

    async def open(self, said: Said, action: Opened, body: Json) -> None:
        """Opens what a button asks for. A form cannot wait in the outbox: its trigger dies."""
        try:
            form = await self.gestures.form(said, action)
        except Refused as refusal:
            await self.door.refuse(said, refusal)
            return
        self.door.later(self._show(said, form, body["trigger_id"]))

    async def on_shortcut(self, ack: AsyncAck, body: Json) -> None:
        """The message shortcut: asks for the service, then starts in the message's channel."""
        await ack()
        said = Said(
            key=f"slack:shortcut:{body['trigger_id']}",
            by=payloads.person(body["user"]["id"]),
            at=self.door.now(),
            respond=body.get("response_url"),
        )
        self.door.later(self._ask_for_service(said, body))

    async def _ask_for_service(self, said: Said, body: Json) -> None:
        try:
            if refusal := await self.door.not_admitted(body):
                await self.door.turn_away(said, refusal)
                return
        except Exception as error:  # noqa: BLE001 - the outermost edge: the person gets an id
            await self.door.respond(said, self.door.bug(error, said))
            return
        place = Place(payloads.PLATFORM, payloads.team_of(body), body["channel"]["id"])
        alone = self.door.chat.is_direct(place)
        form = forms.start(self.door.chat.words, act.StartForm(place.channel), alone=alone)
        await self._show(said, form, body["trigger_id"])

    async def on_form(self, ack: AsyncAck, body: Json) -> None:
        """A form: what cannot be taken is said beside its field, and nothing typed is lost."""
        said, view = payloads.of_form(body, self.door.now()), body["view"]
        try:
            refusal = await self.door.not_admitted(body)
            if not refusal:
                await self._submit(said, view)
        except Refused as error:
            refusal = error
        except Exception as error:  # noqa: BLE001 - the outermost edge: the person gets an id
            line = self.door.bug(error, said).summary.replace("`", "")
            await _errors(ack, {_first(view): line})
            return
        if refusal:
            note_refused(said, refusal)
            field = refusal.field if isinstance(refusal, intents.FieldRefused) else _first(view)
            await _errors(ack, {field: self.door.plain(refusal)})
            return
        await ack()

    async def _show(self, said: Said, form: Form, trigger: str) -> None:
        try:
            await self.door.chat.open_form(trigger, blocks.modal(form))
        except (ChatRejected, ChatUnavailable) as error:
            log("form_not_opened", level="warning", reason=error.reason)
            line = private.one_line(self.door.chat.words.say("tells.too_late"))
            await self.door.respond(said, line)

    async def _submit(self, said: Said, view: Json) -> None:
        action = meant(view.get("private_metadata") or "")
        values = blocks.values(view.get("state") or {})
        workspace = (await self.door.chat.identify()).team
        await self.gestures.submit(said, action, values, workspace)


async def _errors(ack: AsyncAck, errors: dict[str, str]) -> None:
    await ack(response_action="errors", errors=errors)


def _first(view: Json) -> str:
    """The first field of a form: where an error that belongs to none is shown."""
    inputs = (block["block_id"] for block in view["blocks"] if block["type"] == "input")
    return str(next(inputs, ""))
