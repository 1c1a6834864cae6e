"""How one outbox row becomes a message: drawn as of now, posted once, edited from then on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot import posts, standing
from bot.chat import Chat, ChatRejected, ChatUnavailable, MessageGone
from bot.digests import Digests
from bot.editing import PutOff, in_turn, limited
from bot.fingerprint import digest
from bot.holding import Held
from bot.introductions import Introductions
from bot.runner import Runner
from bot.scenes import Scenes, involved
from bot.telling import Telling
from bot.weekly import WeeklyScorecards
from conversations import views
from conversations.cards import Card
from conversations.effects import ROOT
from conversations.review import Place, Review
from storage import cards, people, places, reviews
from storage.cards import Shown
from storage.outbox import Owed
from storage.people import Person

POSTED_TO_CHANNEL = ("root", "scorecard")  # slots that are not replies in the thread


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card as it is to be now.

    `shown` is its message, `root` the one that opens the thread, `unknown` who is in the review
    and has not been asked for at the platform.
    """

    review: Review
    card: Card
    mark: str
    shown: Shown | None
    root: Shown | None
    unknown: list[Person]


@dataclass(frozen=True)
class Courier:
    """Sends rows. Raises Lost, PutOff, and ChatUnavailable or ChatRejected where the chat did."""

    runner: Runner
    scenes: Scenes
    chats: Mapping[str, Chat]
    introductions: Introductions
    telling: Telling
    weekly: WeeklyScorecards
    digests: Digests

    async def send(self, held: Held) -> str:
        """What became of the row, in a word."""
        row = held.row
        if row.kind == posts.CARD:
            return await self._card(held)
        platform = row.place.platform if row.place else str(row.person).partition(":")[0]
        chat = self.chats.get(platform)
        if chat is None:
            return await held.drop("platform not configured")
        if row.kind == posts.NUDGE:
            return await self.digests.send(held, chat)
        if row.kind == posts.LINE:
            return await self.digests.line(held, chat)
        if row.kind == posts.TELL:
            return await self.telling.tell(held, chat)
        if row.kind == posts.HOME:
            return await self.telling.show_home(held, chat)
        if row.kind == posts.WEEKLY and row.place:
            return await self.weekly.post(held, chat, row.place)
        raise ValueError(row.kind)

    async def refused(self, held: Held, error: ChatRejected) -> frozenset[str]:
        """Gives a row up; where the whole place is gone, says so. The lanes to wake."""
        row, gone = held.row, error.gone
        woken: set[str] = set()

        def remember(conn: Connection) -> None:
            if gone is not None:
                woken.update(standing.refused(conn, row, gone, held.now()))
            if row.kind == posts.NUDGE:
                woken.update(self.digests.unreachable(conn, row.key))

        await held.drop(f"refused: {error.reason}", remember)
        return frozenset(woken)

    async def _card(self, held: Held) -> str:
        row = held.row
        place, stopped, shown = await self.runner.read(lambda conn: _look(conn, row))
        if place is None:
            return await held.drop("no review")
        if stopped:
            return await held.drop(f"stopped: {stopped}")
        chat = self.chats.get(place.platform)
        if chat is None:
            return await held.drop("platform not configured")
        await chat.ready()
        if shown is None:
            return await self._newest(held, chat)
        if seconds := await chat.edit_waits(place, shown.message):
            raise PutOff(limited(seconds), full=True)
        with in_turn(chat, shown.message, aside=row.slot == ROOT):
            return await self._newest(held, chat)

    async def _newest(self, held: Held, chat: Chat) -> str:
        """The card as of now, posted or edited."""
        row = held.row
        drawn = await self.runner.read(lambda conn: self._draw(conn, row, chat))
        if await self.introductions.make(chat, drawn.unknown):
            drawn = await self.runner.read(lambda conn: self._draw(conn, row, chat))
        if drawn.shown is None:
            return await self._post(held, chat, drawn)
        if drawn.shown.digest == drawn.mark:
            return await held.settle("unchanged")
        return await self._edit(held, chat, drawn, drawn.shown.message)

    def _draw(self, conn: Connection, row: Owed, chat: Chat) -> Drawn:
        review = reviews.load(conn, str(row.review_id))
        assert review is not None  # noqa: S101 - reviews are never deleted
        unknown = people.unfetched(conn, {*involved(review)}, chat.platform)
        card = views.card(self.scenes.of(conn, review, chat.words), str(row.slot))
        shown = cards.find(conn, review.id, str(row.slot))
        root = cards.find(conn, review.id, ROOT)
        return Drawn(review, card, digest(card), shown, root, unknown)

    async def _edit(self, held: Held, chat: Chat, drawn: Drawn, message: str) -> str:
        place = drawn.review.place
        try:
            await held.attempt(lambda: chat.edit(place, message, drawn.card))
        except ChatUnavailable as error:
            if error.answered:
                raise PutOff(error) from error
            raise
        except MessageGone:
            return await self._gone(held, chat, drawn)
        return await held.settle("edited", _remembering(held, place, message, drawn.mark))

    async def _gone(self, held: Held, chat: Chat, drawn: Drawn) -> str:
        """Somebody deleted the message. It is posted anew; with the first one, its whole thread."""
        review, slot = drawn.review, str(held.row.slot)
        if slot != ROOT:
            await self.runner.write(lambda conn: cards.remove(conn, review.id, slot))
            return await self._post(held, chat, drawn)
        checklist = self.scenes.checklist
        await self.runner.write(lambda conn: standing.renew(conn, checklist, review.id, held.now()))
        return "thread_gone"  # every card of it is owed again, this one included

    async def _post(self, held: Held, chat: Chat, drawn: Drawn) -> str:
        """Posts; after an attempt of unknown outcome, only if the message is not there already."""
        place = drawn.review.place
        in_channel = str(held.row.slot).partition(":")[0] in POSTED_TO_CHANNEL
        if drawn.root is None and not in_channel:
            return await held.drop("no thread")
        thread = None if in_channel or drawn.root is None else drawn.root.message
        key = f"{held.row.key}@{place.channel}"
        if found := await held.find(chat, place, key=key, thread=thread):
            # What stands there may be older than the card: the digest is left open.
            remember = _remembering(held, place, found, "")
            return await held.settle("found", remember, still_owed=True)
        message = await held.attempt(lambda: chat.post(place, drawn.card, key=key, thread=thread))
        return await held.settle("posted", _remembering(held, place, message, drawn.mark))


def _look(conn: Connection, row: Owed) -> tuple[Place | None, str | None, Shown | None]:
    """Where the row's review lives, why nothing is posted there, and the card that stands there."""
    place = reviews.place_of(conn, str(row.review_id))
    if place is None:
        return None, None, None
    shown = cards.find(conn, str(row.review_id), str(row.slot))
    return place, places.stopped(conn, place), shown


def _remembering(held: Held, place: Place, message: str, mark: str) -> Any:
    review, slot = str(held.row.review_id), str(held.row.slot)
    return lambda conn: cards.put(conn, review, slot, place, message, mark, held.now())
