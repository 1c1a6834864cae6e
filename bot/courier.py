"""How one outbox row becomes a message: drawn as of now, posted once, edited from then on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot import posts
from bot.asking import Asking
from bot.chat import Chat, ChatRejected, ChatUnavailable, MessageGone
from bot.introductions import introduce
from bot.logs import log
from bot.runner import Runner
from bot.scenes import Scenes
from conversations import views
from conversations.cards import Card
from conversations.effects import ROOT
from conversations.review import Place, Review
from conversations.views.private import one_line
from storage import cards, outbox, people, places, reviews
from storage.outbox import Owed

POSTED_TO_CHANNEL = ("root", "scorecard")  # slots that are not replies in the thread


class Lost(Exception):
    """The lane's lease went to somebody else meanwhile: nothing may be sent under it."""


@dataclass(frozen=True)
class Courier:
    """Sends rows; raises ChatUnavailable or ChatRejected where the chat did."""

    runner: Runner
    scenes: Scenes
    asking: Asking
    chats: Mapping[str, Chat]
    now: Callable[[], datetime]

    async def send(self, row: Owed, token: str) -> str:
        """What became of the row, in a word."""
        match row.kind:
            case posts.CARD:
                return await self._card(row, token)
            case posts.TELL:
                return await self._tell(row, token)
            case posts.HOME:
                return await self._home(row, token)
            case _:
                raise ValueError(row.kind)

    async def _card(self, row: Owed, token: str) -> str:
        review = await self.runner.read(lambda conn: reviews.load(conn, str(row.review_id)))
        if review is None or row.slot is None:
            return await self._drop(row, token, "no review")
        stopped = await self.runner.read(lambda conn: places.stopped(conn, review.place))
        if stopped:
            return await self._drop(row, token, f"stopped: {stopped}")
        chat = self.chats.get(review.place.platform)
        if chat is None:
            return await self._drop(row, token, "platform not configured")
        await introduce(self.runner, chat, review, self.now)
        scene, shown, root = await self.runner.read(
            lambda conn: (
                self.scenes.of(conn, review, chat.words),
                cards.find(conn, review.id, str(row.slot)),
                cards.find(conn, review.id, ROOT),
            )
        )
        card = views.card(scene, row.slot)
        mark = digest(card)
        if shown is not None:
            if shown.digest == mark:
                return await self._done(row, token, "unchanged")
            try:
                await self._attempt(row, token)
                await chat.edit(review.place, shown.message, card)
            except MessageGone:
                await self.runner.write(lambda conn: cards.remove(conn, review.id, str(row.slot)))
            else:
                return await self._posted(row, token, review.place, shown.message, mark, "edited")
        in_channel = row.slot.partition(":")[0] in POSTED_TO_CHANNEL
        if root is None and not in_channel:
            return await self._drop(row, token, "no thread")
        thread = None if in_channel or root is None else root.message
        return await self._post(chat, row, token, review, card, thread, mark)

    async def _post(
        self,
        chat: Chat,
        row: Owed,
        token: str,
        review: Review,
        card: Card,
        thread: str | None,
        mark: str,
    ) -> str:
        """Posts; after an attempt of unknown outcome, only if the message is not there already."""
        key = f"{row.key}@{review.place.channel}"
        if row.attempts:
            found = await chat.find(review.place, key=key, thread=thread)
            if found:
                # What stands there may be older than the card: the digest is left open.
                return await self._posted(row, token, review.place, found, "", "found", again=True)
        await self._attempt(row, token)
        message = await chat.post(review.place, card, key=key, thread=thread)
        return await self._posted(row, token, review.place, message, mark, "posted")

    async def _tell(self, row: Owed, token: str) -> str:
        """A private line. One shown where the conversation is cannot be looked up: after a crash

        or a time-out it is not said again. A direct message is looked up like any post.
        """
        chat = self.chats.get(str(row.person).partition(":")[0])
        if chat is None or row.person is None:
            return await self._drop(row, token, "platform not configured")
        place = row.place or await chat.direct(row.person)
        if chat.is_direct(place):
            return await self._tell_directly(chat, row, token, place)
        if row.attempts:
            return await self._drop(row, token, "unconfirmed")
        card = await self._said(row, chat)
        await self._attempt(row, token)
        await chat.whisper(place, row.person, card, thread=row.payload.get("thread"))
        return await self._done(row, token, "told")

    async def _tell_directly(self, chat: Chat, row: Owed, token: str, place: Place) -> str:
        thread = row.payload.get("thread") if row.place else None
        if row.attempts and await chat.find(place, key=row.key, thread=thread):
            return await self._done(row, token, "found")
        card = await self._said(row, chat)
        await self._attempt(row, token)
        await chat.post(place, card, key=row.key, thread=thread)
        return await self._done(row, token, "told")

    async def _said(self, row: Owed, chat: Chat) -> Card:
        if query := row.payload.get("query"):
            return await self.asking.card(query, row.place, chat.words)
        facts: dict[str, Any] = dict(row.payload.get("facts") or {})

        def enrich(conn: Connection) -> None:
            if "by" in facts:
                facts["by"] = people.names(conn, [facts["by"]]).get(facts["by"], "Somebody")
            if review_id := facts.pop("review", None):
                review = reviews.load(conn, review_id)
                facts["thread"] = self.scenes.of(conn, review, chat.words).thread if review else ""

        await self.runner.read(enrich)
        return one_line(chat.words.say(row.payload["words"], **facts))

    async def _home(self, row: Owed, token: str) -> str:
        person = str(row.person)
        chat = self.chats.get(person.partition(":")[0])
        if chat is None:
            return await self._drop(row, token, "platform not configured")
        card = await self.asking.home(person, chat.words)
        await self._attempt(row, token)
        await chat.show_home(person, card)
        return await self._done(row, token, "shown")

    async def refused(self, row: Owed, token: str, error: ChatRejected) -> None:
        """Gives a row up; where the whole place is gone, says so once to whoever asked."""
        await self._drop(row, token, f"refused: {error.reason}")
        if error.gone is None or row.place is None:
            return
        gone, place = error.gone, row.place
        new = await self.runner.write(lambda conn: places.stop(conn, place, gone, self.now()))
        if new and row.kind == posts.CARD:
            await self._tell_gone(row, gone)

    async def _tell_gone(self, row: Owed, gone: str) -> None:
        review = await self.runner.read(lambda conn: reviews.load(conn, str(row.review_id)))
        chat = self.chats.get(row.place.platform) if row.place else None
        if review is None or chat is None:
            return
        words = "channel_gone" if gone == "channel_gone" and row.slot != ROOT else gone
        words = "not_in_channel" if row.slot == ROOT and gone != "archived" else words
        line = one_line(chat.words.say(f"tells.{words}", service=review.service))
        address = row.payload.get("respond")
        try:
            if address and row.slot == ROOT:
                await chat.respond(address, line)
            else:
                person = str(row.payload.get("by") or review.started_by)
                await chat.post(await chat.direct(person), line, key=f"gone:{row.key}")
        except (ChatRejected, ChatUnavailable) as error:
            log("could_not_tell", level="warning", key=row.key, reason=error.reason)

    async def _attempt(self, row: Owed, token: str) -> None:
        if not await self.runner.write(lambda conn: outbox.attempt(conn, row, token, self.now())):
            raise Lost(row.key)

    async def _posted(
        self,
        row: Owed,
        token: str,
        place: Place,
        message: str,
        mark: str,
        outcome: str,
        *,
        again: bool = False,
    ) -> str:
        def keep(conn: Connection) -> None:
            cards.put(conn, str(row.review_id), str(row.slot), place, message, mark, self.now())
            if not again:
                outbox.done(conn, row, token)

        await self.runner.write(keep)
        return outcome

    async def _done(self, row: Owed, token: str, outcome: str) -> str:
        await self.runner.write(lambda conn: outbox.done(conn, row, token))
        return outcome

    async def _drop(self, row: Owed, token: str, reason: str) -> str:
        await self.runner.write(lambda conn: outbox.drop(conn, row, token, reason))
        return f"dropped: {reason}"


def digest(card: Card) -> str:
    """A fingerprint of a card: an edit that would change nothing is not sent."""
    return hashlib.sha256(repr(card).encode()).hexdigest()[:32]
