"""What people type to Slack, and every listener's registration: commit, acknowledge, no more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot import posts
from bot.gestures import Gestures
from bot.slack import blocks, payloads
from bot.slack.door import SlackDoor
from bot.slack.forms import Forms
from bot.slack.happenings import Happenings
from bot.slack.manifest import COMMAND, SHORTCUT
from bot.slack.presses import Presses
from bot.turn import Said, note_refused

Json = dict[str, Any]
RETRIES = "3"  # the number of Slack's last attempt to deliver an event
SPOKEN = {None, "thread_broadcast", "file_share"}  # subtypes of messages that somebody wrote


@dataclass(frozen=True, slots=True)
class Listeners:
    """Commands, messages and the person's own page; buttons and forms have files of their own."""

    door: SlackDoor
    gestures: Gestures
    happenings: Happenings
    presses: Presses
    forms: Forms

    def register(self, app: AsyncApp) -> None:
        """Binds every kind of payload; manifest.json is held to these by a test.

        Bolt asks one after the other whether it is meant: what comes most often stands first.
        """
        app.action(re.compile(""))(self.presses.on_press)
        app.command(COMMAND)(self.on_command)
        app.event("app_mention")(self.on_message)
        app.event("message")(self.on_message)
        app.event("app_home_opened")(self.on_home)
        for name, listener in self.happenings.listeners().items():
            app.event(name)(listener)
        app.view(blocks.FORM)(self.forms.on_form)
        app.shortcut(SHORTCUT)(self.forms.on_shortcut)

    async def on_command(self, ack: AsyncAck, body: Json) -> None:
        """`/readiness …`: the private answer travels in the acknowledgement."""
        said = payloads.of_command(body, self.door.now())
        try:
            if refusal := await self.door.not_admitted(body):
                note_refused(said, refusal)
                await ack(**blocks.message(self.door.line(refusal)))
                return
            text = payloads.text(body.get("text") or "")
            answer = await self.door.commands.obey(text, said, self.door.chat.words)
        except Exception as error:  # noqa: BLE001 - the outermost edge: the person gets an id
            await ack(**blocks.message(self.door.bug(error, said)))
            return
        self.door.delivery.wake(answer.lanes)
        await ack(**blocks.message(answer.card)) if answer.card else await ack()

    async def on_message(self, body: Json, event: Json, request: AsyncBoltRequest) -> None:
        """A mention, a direct message, or a typed reply in a review's thread.

        Slack sends an event that failed three times more: not until then is it said to have.
        """
        if event.get("subtype") not in SPOKEN or not event.get("user") or event.get("bot_id"):
            return
        said = payloads.of_message(event, payloads.team_of(body), self.door.now())
        try:
            await self._message(said, body, event)
        except Exception as error:
            last = request.headers.get("x-slack-retry-num") == [RETRIES]
            await self.door.fail(error, said, tell=last)
            raise

    async def _message(self, said: Said, body: Json, event: Json) -> None:
        bot_user = (await self.door.chat.identify()).user
        direct = event.get("channel_type") == "im"
        addressed = direct or payloads.mentions(event.get("text") or "", bot_user)
        text = payloads.text(event.get("text") or "", bot_user)
        refusal = await self.door.not_admitted(body)
        await self.gestures.typed(text, said, addressed=addressed, refusal=refusal)

    async def on_home(self, event: Json, body: Json) -> None:
        """The person's own page was opened: it is drawn anew."""
        if event.get("tab") not in {None, "home"} or await self.door.not_admitted(body):
            return
        person = payloads.person(event["user"])
        now = self.door.now()
        lane = await self.door.turns.runner.write(lambda conn: posts.home(conn, person, now))
        self.door.delivery.wake([lane])
