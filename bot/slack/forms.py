"""Forms: opened while the platform's trigger lives, nothing stored until they are sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from slack_bolt.async_app import AsyncAck

from bot.chat import ChatRejected, ChatUnavailable
from bot.logs import log
from bot.slack import blocks, payloads
from bot.slack.door import Door, here
from bot.turn import Said, note_refused
from conversations import actions as act
from conversations import events, intents
from conversations.cards import Form
from conversations.effects import Refused
from conversations.review import Place, Review
from conversations.text import service_name
from conversations.views import forms, private
from storage import reviews

Json = dict[str, Any]
Opened = act.Edit | act.EditLayer | act.EditScope | act.StartForm


@dataclass(frozen=True, slots=True)
class Forms:
    """Modals: an answer with note and evidence, the scope, a new review."""

    door: Door

    async def open(self, said: Said, action: Opened, body: Json) -> None:
        """Opens what a button asks for. A form cannot wait in the outbox: its trigger dies."""
        try:
            form = await self._form(said, action)
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
        form = forms.start(self.door.chat.words, act.StartForm(body["channel"]["id"]))
        await self._show(said, form, body["trigger_id"])

    async def on_form(self, ack: AsyncAck, body: Json) -> None:
        """A form: what cannot be taken is said beside its field, and nothing typed is lost."""
        said, view = payloads.of_form(body, self.door.now()), body["view"]
        try:
            refusal = await self.door.not_admitted(body)
            lanes = frozenset() if refusal else await self._submit(said, view)
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
        self.door.delivery.wake(lanes)

    async def _form(self, said: Said, action: Opened) -> Form:
        if isinstance(action, act.StartForm):
            return forms.start(self.door.chat.words, action)
        runner, scenes = self.door.turns.runner, self.door.commands.asking.scenes
        review = await runner.read(lambda conn: reviews.load(conn, action.review))
        if review is None:
            raise Refused("unknown_button")
        here(said, review)
        if not review.open:
            raise Refused("finished", service=review.service)
        words = self.door.chat.words
        return forms.of(await runner.read(lambda conn: scenes.of(conn, review, words)), action)

    async def _show(self, said: Said, form: Form, trigger: str) -> None:
        try:
            await self.door.chat.open_form(trigger, blocks.modal(form))
        except (ChatRejected, ChatUnavailable) as error:
            log("form_not_opened", level="warning", reason=error.reason)
            line = private.one_line(self.door.chat.words.say("tells.too_late"))
            await self.door.respond(said, line)

    async def _submit(self, said: Said, view: Json) -> frozenset[str]:
        try:
            action = act.unpack(view.get("private_metadata") or "")
        except act.Unreadable as error:
            raise Refused("unknown_button") from error
        values = blocks.values(view.get("state") or {})
        if isinstance(action, act.StartForm):
            return await self._start(said, action.channel or values.get(forms.CHANNEL, ""), values)
        if not isinstance(action, act.Edit | act.EditLayer | act.EditScope):
            raise Refused("unknown_button")

        def event_of(review: Review) -> events.Event:
            checklist = self.door.turns.checklist
            return intents.submitted(checklist, review, action, values, said.by, said.at)

        taken = await self.door.turns.take(said, action.review, event_of, whisper=False)
        return taken.lanes

    async def _start(self, said: Said, channel: str, values: Json) -> frozenset[str]:
        if not channel:
            raise intents.FieldRefused(forms.CHANNEL, Refused("choose_channel"))
        try:
            name = service_name(values.get(forms.SERVICE, ""))
        except Refused as refusal:
            raise intents.FieldRefused(forms.SERVICE, refusal) from refusal
        identity = await self.door.chat.identify()
        place = Place(payloads.PLATFORM, identity.team, channel)
        return await self.door.commands.later(f"start {name}", replace(said, place=place))


async def _errors(ack: AsyncAck, errors: dict[str, str]) -> None:
    await ack(response_action="errors", errors=errors)


def _first(view: Json) -> str:
    """The first field of a form: where an error that belongs to none is shown."""
    inputs = (block["block_id"] for block in view["blocks"] if block["type"] == "input")
    return str(next(inputs, ""))
