"""What one person is told: private lines, direct messages, their own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from bot.asking import Asking
from bot.chat import Chat, ChatRejected
from bot.holding import Held
from bot.runner import Runner
from bot.scenes import Scenes
from conversations.cards import Card
from conversations.review import Place
from conversations.views.private import one_line
from storage import people, reviews
from storage.outbox import Owed

STALE = timedelta(days=1)  # an answer to something said longer ago puzzles more than it helps


@dataclass(frozen=True)
class Telling:
    """Sends rows that are for one person. Raises like the courier."""

    runner: Runner
    scenes: Scenes
    asking: Asking

    async def tell(self, held: Held, chat: Chat) -> str:
        """A line in the conversation, at the address that a command came with, or directly.

        One in the conversation cannot be looked up: after a crash or a time-out it is not said
        again. Where the address does not work, or may not have worked, it is said directly.
        """
        row = held.row
        await chat.ready()
        if row.place is None and row.payload.get("respond") and not row.attempts:
            return await self._respond(held, chat)
        if row.place is None or chat.is_direct(row.place):
            return await self._directly(held, chat)
        return await self._whisper(held, chat, row.place)

    async def show_home(self, held: Held, chat: Chat) -> str:
        """The person's own page, as of now."""
        person = str(held.row.person)
        await chat.ready()
        card = await self.asking.home(person, chat.words, chat.home_rows)
        await held.attempt(lambda: chat.show_home(person, card))
        return await held.settle("shown")

    async def _whisper(self, held: Held, chat: Chat, place: Place) -> str:
        row = held.row
        if row.attempts:
            return await held.drop("unconfirmed")
        if held.now() - row.since > STALE:
            return await held.drop("too old")
        card = await self._said(row, chat)
        thread = row.payload.get("thread")
        try:
            await held.attempt(
                lambda: chat.whisper(place, str(row.person), card, thread=thread),
                believe_failure=True,
            )
        except ChatRejected:  # the bot is not there, but the gesture brought an address
            if not row.payload.get("respond"):
                raise
            return await self._respond(held, chat)
        return await held.settle("told")

    async def _respond(self, held: Held, chat: Chat) -> str:
        row = held.row
        card = await self._said(row, chat)
        try:
            await held.attempt(lambda: chat.respond(row.payload["respond"], card))
        except ChatRejected:  # the address lives 30 minutes
            return await self._directly(held, chat)
        return await held.settle("told")

    async def _directly(self, held: Held, chat: Chat) -> str:
        row = held.row
        await held.still()
        here = row.place if row.place and chat.is_direct(row.place) else None
        place = here or await chat.direct(str(row.person))
        thread = row.payload.get("thread") if here else None
        if await held.find(chat, place, key=row.key, thread=thread):
            return await held.settle("found")
        card = await self._said(row, chat)
        await held.attempt(lambda: chat.post(place, card, key=row.key, thread=thread))
        return await held.settle("told")

    async def _said(self, row: Owed, chat: Chat) -> Card:
        if query := row.payload.get("query"):
            return await self.asking.card(query, row.place, chat.words)
        facts: dict[str, Any] = dict(row.payload.get("facts") or {})

        def enrich(conn: Connection) -> None:
            if "by" in facts:
                facts["by"] = people.names(conn, [facts["by"]]).get(facts["by"], "Somebody")
            if review_id := facts.pop("review", None):
                review = reviews.load(conn, review_id)
                scene = self.scenes.of(conn, review, chat.words) if review else None
                facts["thread"] = scene.thread if scene else ""
                if scene and "was" in facts:  # the percent before it
                    facts["standing"] = scene.say("private.standing", was=facts.pop("was"))

        await self.runner.read(enrich)
        return one_line(chat.words.say(row.payload["words"], **facts))
