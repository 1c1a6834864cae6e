"""What every platform's listeners need: how somebody is refused, what a bug looks like."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.chat import Chat, ChatRejected, ChatUnavailable
from bot.commands import Commands
from bot.delivery import Delivery
from bot.logs import log
from bot.standing import gone
from bot.turn import Said, Turns, note, note_refused
from conversations.cards import Card
from conversations.effects import Refused
from conversations.review import Review
from conversations.views import forms, private
from conversations.wording import Safe
from storage.database import AWAY


@dataclass
class Door:
    """One platform's side of the composition root, shared by its listeners."""

    chat: Chat
    turns: Turns
    commands: Commands
    delivery: Delivery
    now: Callable[[], datetime]
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def refuse(self, said: Said, refusal: Refused) -> None:
        """Owes the private line that says why nothing happened.

        Another workspace is out of reach: its people get none.
        """
        if refusal.words == "other_workspace":
            note_refused(said, refusal)
        else:
            self.delivery.wake((await self.turns.refuse(said, refusal)).lanes)

    async def respond(self, said: Said, card: Card) -> None:
        """A private line that cannot go through the outbox.

        Because the database is what failed, or the person is none whom we may write to.
        """
        if not said.respond:
            return
        try:
            await self.chat.respond(said.respond, card)
        except (ChatRejected, ChatUnavailable) as error:
            log("could_not_tell", level="warning", reason=error.reason)

    def bug(self, error: Exception, said: Said) -> Card:
        """The line for whatever nobody foresaw, with the number under which it is logged."""
        number = secrets.token_hex(4)
        log("bug", level="error", id=number, by=said.by, exc_info=error)
        note(said, "bug")
        return private.one_line(self.chat.words.say("tells.bug", id=number))

    async def turn_away(self, said: Said, refusal: Refused) -> None:
        """Says why nothing happened to somebody whom the outbox does not serve."""
        note_refused(said, refusal)
        await self.respond(said, self.line(refusal))

    async def cards_stand_still(self, said: Said, review: Review, reason: str) -> None:
        """Says that an answer is kept, though its card cannot follow."""
        await self.respond(said, private.one_line(self.stands_still(review, reason)))

    def stands_still(self, review: Review, reason: str) -> Safe:
        """The words for it."""
        return self.chat.words.say(gone(reason), service=review.service)

    async def fail(self, error: Exception, said: Said, *, tell: bool) -> bool:
        """A message that went wrong; whether the person was told.

        The platform may send it again: it is to be said only once.
        """
        card = self.bug(error, said)
        if not tell or said.place is None:
            return False
        try:
            await self.chat.whisper(said.place, said.by, card, thread=said.thread)
        except (ChatRejected, ChatUnavailable) as failure:
            log("could_not_tell", level="warning", reason=failure.reason)
        except AWAY as failure:  # what failed first: nobody knows where to say it
            log("could_not_tell", level="warning", reason=type(failure).__name__)
        else:
            return True
        return False

    def line(self, refusal: Refused) -> Card:
        """The line of a refusal."""
        return private.one_line(self.chat.words.say(f"refusals.{refusal.words}", **refusal.facts))

    def plain(self, refusal: Refused) -> Safe:
        """The same without mark-up: a form's errors are plain text."""
        return forms.PLAIN.say(f"refusals.{refusal.words}", **refusal.facts)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs something after the acknowledgement."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self, seconds: float) -> None:
        """Waits, at most so long, until everything begun after acknowledgements is through."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    def here(self, said: Said, review: Review) -> None:
        """Refuses a button that was carried into another channel.

        Somebody alone with the bot may hold any.
        """
        place = said.place
        if place is None or self.chat.is_direct(place) or place == review.place:
            return
        raise Refused("elsewhere")
