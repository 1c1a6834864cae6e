"""Reminders, sent: drawn from today's state, posted once, kept up to date afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot import posts
from bot.chat import Chat, MessageGone
from bot.editing import in_turn
from bot.fingerprint import digest
from bot.holding import Held
from bot.logs import log
from bot.reminders import Reminders
from bot.runner import Runner
from bot.scenes import Scenes
from conversations.calendar import wall
from conversations.cards import Card, Mention, Text
from conversations.effects import ROOT
from conversations.gaps import owner_of
from conversations.ladder import latest_step
from conversations.nudging import Concern, due_day, holders, last_said
from conversations.outcome import State, state
from conversations.review import Place
from conversations.views import nudge as view
from conversations.views.nudge import Group, Thing
from conversations.views.private import one_line
from conversations.wording import Wording
from storage import cards, nudges, people, places, reviews
from storage.nudges import Nudge
from storage.outbox import Owed


@dataclass(frozen=True)
class Digests:
    """Sends rows of two kinds: a reminder to one person, and a line for everybody."""

    runner: Runner
    scenes: Scenes
    reminders: Reminders
    now: Callable[[], datetime]

    async def send(self, held: Held, chat: Chat) -> str:
        """A direct message, posted once; the same message is edited when something changes."""
        await chat.ready()
        row = held.row
        nudge = await self.runner.read(lambda conn: nudges.get(conn, row.key))
        if nudge is None:
            return await held.drop("nothing_due")
        if nudge.message and nudge.place:
            with in_turn(chat, nudge.message):
                return await self._edit(held, chat, nudge.place, nudge.message)
        return await self._post(held, chat)

    async def line(self, held: Held, chat: Chat) -> str:
        """A line for everybody, in a channel or a review's thread, posted once."""
        await chat.ready()
        row, place = held.row, held.row.place
        if place is None:
            return await held.drop("no place")
        review = row.payload.get("review")

        def look(conn: Connection) -> tuple[str | None, str | None, dict[str, str]]:
            root = cards.find(conn, review, ROOT) if review else None
            names = people.names(conn, [row.person] if row.person else [])
            return places.stopped(conn, place), root.message if root else None, names

        why, thread, names = await self.runner.read(look)
        if why or (review and thread is None):
            return await held.drop(f"stopped: {why}" if why else "no thread")
        if await held.find(chat, place, key=row.key, thread=thread):
            return await held.settle("found")
        card = _line(chat.words, row, names)
        await held.attempt(lambda: chat.post(place, card, key=row.key, thread=thread))
        return await held.settle("posted")

    def card(self, conn: Connection, nudge: Nudge, words: Wording) -> Card | None:
        """The reminder as of now. None: it was not sent yet, and nothing of it is left."""
        now = self.now()
        zone = self.reminders.zones.of_person(conn, nudge.person)
        today, snoozed = wall(now, zone).date(), nudges.snoozed(conn, nudge.person, now)
        groups: dict[str, tuple[Concern, list[Thing]]] = {}
        for item in nudge.items:
            concern = self._concern(conn, groups, str(item["subject"]), str(item["review"]))
            thing = self._thing(concern, nudge.person, item, now, today) if concern else None
            if concern and thing and (nudge.message or self._is_due(thing, today)):
                key = concern.review.service_key
                groups.setdefault(key, (concern, []))[1].append(thing)
        if not nudge.message:
            groups = {key: it for key, it in groups.items() if key not in snoozed}
        if not groups:
            return None
        found = [it.review for it, _ in groups.values()]
        scenes = {it.review.service_key: it for it in self.scenes.of_all(conn, found, words)}
        drawn = [
            Group(scenes[key], tuple(things), snoozed.get(key))
            for key, (_, things) in groups.items()
        ]
        return view.card(drawn, today, words)

    async def _drawn(self, key: str, words: Wording) -> tuple[Nudge | None, Card | None]:
        """The nudge and its card, as of now."""

        def look(conn: Connection) -> tuple[Nudge | None, Card | None]:
            nudge = nudges.get(conn, key)
            return nudge, self.card(conn, nudge, words) if nudge else None

        return await self.runner.read(look)

    def _concern(
        self,
        conn: Connection,
        known: dict[str, tuple[Concern, list[Thing]]],
        subject: str,
        review_id: str,
    ) -> Concern | None:
        """The newest review of the service that the item is of."""
        review = reviews.load(conn, review_id)
        if review is None:
            return None
        if found := known.get(review.service_key):
            return found[0]
        # A silence is that of its own review, whatever came after it.
        newest = reviews.latest_of(conn, review.service_key) if subject.startswith("gap:") else None
        return self.reminders.concern(conn, newest or review)

    def _thing(
        self, concern: Concern, person: str, item: dict[str, Any], now: datetime, today: date
    ) -> Thing | None:
        checklist, review = self.scenes.checklist, concern.settled
        check = checklist.by_id.get(item["check"]) if item["check"] else None
        if item["check"] and check is None:  # another version of the checklist lacks it
            return None
        became = state(checklist, concern, person, item["check"], item["rung"], today)
        if check is None:
            since = last_said(concern.review) or concern.review.started_at
            return Thing(became, silent_days=(now - since).days)
        return Thing(
            became,
            check,
            due_day(checklist, review, check),
            owner=owner_of(checklist, review, check),
            mine=person in holders(checklist, concern, check),
        )

    def _is_due(self, thing: Thing, today: date) -> bool:
        """Whether there is still reason to write: what was settled or put off meanwhile is none."""
        if thing.state is not State.OPEN:
            return False
        steps = self.reminders.policy.steps
        return thing.due is None or latest_step(thing.due, today, steps) is not None

    async def _edit(self, held: Held, chat: Chat, place: Place, message: str) -> str:
        key = held.row.key
        nudge, card = await self._drawn(key, chat.words)
        if nudge is None or card is None:
            return await held.drop("nothing_due")
        mark = digest(card)
        if mark == nudge.digest:
            return await held.settle("unchanged")
        try:
            await held.attempt(lambda: chat.edit(place, message, card))
        except MessageGone:  # put away by its reader
            return await held.settle("gone")
        return await held.settle(
            "edited", lambda conn: nudges.posted(conn, key, place, message, mark)
        )

    async def _post(self, held: Held, chat: Chat) -> str:
        """Drawn only when the conversation is open: few are opened a minute, and many may wait."""
        row = held.row
        await held.still()
        place = await chat.direct(str(row.person))
        message = await held.find(chat, place, key=row.key)
        _, card = await self._drawn(row.key, chat.words)
        if card is None:
            return await held.drop("nothing_due")
        outcome, mark = ("found", "") if message else ("told", digest(card))
        if message is None:
            message = await held.attempt(lambda: chat.post(place, card, key=row.key))
        sent = message
        return await held.settle(
            outcome, lambda conn: nudges.posted(conn, row.key, place, sent, mark)
        )

    def unreachable(self, conn: Connection, key: str) -> frozenset[str]:
        """Owes a line in the thread of each review of a reminder that is refused for good.

        The lanes to wake.
        """
        nudge = nudges.get(conn, key)
        if nudge is None or nudge.message:
            return frozenset()
        log("unreachable", level="warning", person=nudge.person)
        counts: dict[str, int] = {}
        for item in nudge.items:
            counts[item["review"]] = counts.get(item["review"], 0) + 1
        lanes = set()
        for review_id, count in sorted(counts.items()):
            review = reviews.load(conn, review_id)
            if review is None:
                continue
            facts = {"service": review.service, "count": count}
            key = f"{nudge.key}:{review_id}"
            lane = posts.line(
                conn, key, review.place, "nudge.unreachable", facts, self.now(),
                review_id=review_id, person=nudge.person,
            )  # fmt: skip
            lanes.add(lane)
        return frozenset(lanes)


def _line(words: Wording, row: Owed, names: Mapping[str, str]) -> Card:
    """The line; where it is for one person, with a mention."""
    facts = dict(row.payload["facts"])
    if row.person is None:
        return one_line(words.say(row.payload["words"], **facts))
    name = names.get(row.person) or row.person.partition(":")[2]
    text = words.say(row.payload["words"], name=name, **facts)
    return Card(text, (Mention("For", ((row.person, name),)), Text(text)))
