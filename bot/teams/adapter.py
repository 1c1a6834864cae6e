"""The SDK's part of a turn: activities to their handlers, and answers to invokes back.

Of the SDK's adapter only the pipeline is used. What it does around that makes two clients for
each request, and asks for tokens with blocking calls in the event loop.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

from botbuilder.core import ActivityHandler, BotAdapter, TurnContext
from botbuilder.schema import Activity

from bot.door import Door
from bot.gestures import Gestures
from bot.teams import fields, payloads
from bot.teams.happenings import Happenings
from bot.teams.known import Known
from bot.teams.payloads import Json
from bot.teams.presses import Presses, line, of_invoke, of_submit
from bot.turn import Said

BODY = "readiness.body"  # the activity as it came, among what the SDK keeps for a turn
ANSWER = "readiness.answer"  # to an invoke, there too: what is returned, the SDK copies twice
PRESS = "adaptiveCard/action"  # the invoke of Action.Execute
HOME, HELP = {"home", ""}, {"help", "hi", "hello"}  # typed in a personal chat
NOT_IMPLEMENTED = 501
TOLD_MOST = 1000  # messages that went wrong which are remembered


@dataclass(frozen=True, slots=True)
class Answer:
    """What an HTTP request is answered with. `body` None: nothing."""

    status: int = 200
    body: Json | None = None


class Told(Exception):
    """A message went wrong; it is logged, and whoever wrote it is told."""


class Adapter(BotAdapter):  # type: ignore[misc]
    """Runs activities that the gate has let in."""

    async def send_activities(self, *given: Any) -> Any:
        """Never: what is said goes through the outbox."""
        raise NotImplementedError

    update_activity = delete_activity = send_activities

    async def process(self, activity: Activity, body: Json, bot: ActivityHandler) -> Answer:
        """The answer of the turn."""
        context = TurnContext(self, activity)
        context.turn_state[BODY] = body
        await self.run_pipeline(context, bot.on_turn)
        answer: Answer = context.turn_state.get(ANSWER) or Answer()
        return answer


class Listener(ActivityHandler):  # type: ignore[misc]
    """What each kind of activity means."""

    def __init__(
        self,
        door: Door,
        gestures: Gestures,
        presses: Presses,
        happenings: Happenings,
        known: Known,
    ) -> None:
        self.door = door
        self.gestures = gestures
        self.presses = presses
        self.happenings = happenings
        self.known = known
        self._told: OrderedDict[str, None] = OrderedDict()  # keys of messages that went wrong

    async def on_message_activity(self, turn_context: TurnContext) -> None:
        """Something typed, or a button of an old client. What bots say to each other is theirs."""
        body = turn_context.turn_state[BODY]
        if not payloads.human(body["from"]["id"]):
            return
        said = payloads.said(body, "message", self.door.now())
        try:
            await self.known.learn(body)
            await self._message(body, said)
        except Exception as error:
            self.door.later(self._fail(error, said))
            raise Told from error

    async def on_invoke_activity(self, turn_context: TurnContext) -> None:
        """A press. Whatever becomes of it, the person gets an answer."""
        body = turn_context.turn_state[BODY]
        if body.get("name") != PRESS:
            turn_context.turn_state[ANSWER] = Answer(NOT_IMPLEMENTED)
            return
        kind = "form" if _is_form(body) else "press"
        said = payloads.said(body, kind, self.door.now())
        try:
            await self.known.learn(body)
            await self.known.meet(body)
            answer = await self.presses.answer(of_invoke(body, said))
        except Exception as error:  # noqa: BLE001 - the outermost edge: the person gets an id
            answer = line(self.door.bug(error, said))
        turn_context.turn_state[ANSWER] = Answer(200, answer)

    async def on_installation_update(self, turn_context: TurnContext) -> None:
        """The app was installed or removed."""
        body = turn_context.turn_state[BODY]
        await self.known.learn(body)
        await self.happenings.installation(body)

    async def on_conversation_update_activity(self, turn_context: TurnContext) -> None:
        """Members, channels or teams changed."""
        body = turn_context.turn_state[BODY]
        await self.known.learn(body)
        await self.happenings.conversation(body)

    async def _fail(self, error: Exception, said: Said) -> None:
        """Says once that a message went wrong: Teams sends it again and again."""
        first = said.key not in self._told
        self._told[said.key] = None
        if len(self._told) > TOLD_MOST:
            self._told.popitem(last=False)
        if not await self.door.fail(error, said, tell=first) and first:
            self._told.pop(said.key, None)

    async def _message(self, body: Json, said: Said) -> None:
        press, addressed = of_submit(body, said), payloads.addressed(body)
        if press or addressed:
            await self.known.meet(body)
        if press:
            await self.presses.by_message(press)
            return
        text, alone = payloads.text(body), payloads.kind(body) == "personal"
        if alone and _word(text) in HOME:
            await self.happenings.show_home(said)
            return
        await self.gestures.typed(
            text, said, addressed=addressed, concerned=lambda: self.known.meet(body)
        )
        if alone and _word(text) in HELP:
            await self.happenings.show_home(_beside(said))


def _beside(said: Said) -> Said:
    """The same gesture, for the second thing that it asks for."""
    return replace(said, key=f"{said.key}:home")


def _word(text: str) -> str:
    return text.casefold().strip(" .,!?:;/")


def _is_form(body: Json) -> bool:
    verb = payloads.at(body, "value", "action", "verb")
    return isinstance(verb, str) and verb.startswith(fields.FORM)
