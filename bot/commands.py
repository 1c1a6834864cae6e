"""What people type to the bot: deeds are taken as turns, questions are answered privately."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from bot import posts
from bot.asking import Asking, refused
from bot.turn import Said, Taken, Turns, meet
from conversations import commands as typed
from conversations import dialogue, events
from conversations.cards import Card
from conversations.checklist import Layer
from conversations.effects import ROOT, Refused, Step
from conversations.review import Review
from conversations.text import fold, service_name
from conversations.wording import Wording
from storage import cards, outbox, places, reviews, services, turns
from storage.services import Service


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command leads to: a card for the person alone, or nothing but lanes to wake."""

    card: Card | None = None
    lanes: frozenset[str] = frozenset()
    review: Review | None = None


@dataclass(frozen=True, slots=True)
class Commands:
    """Carries out commands, on every platform alike."""

    turns: Turns
    asking: Asking
    now: Callable[[], datetime]

    async def obey(self, text: str, said: Said, words: Wording) -> Answer:
        """Does what was typed; the answer's card is for the person who typed it."""
        try:
            command = typed.parse_command(text)
            deed = self._deed(command, said, text)
            if deed is None:
                return Answer(await self.asking.card(text, said.place, words))
            taken = await self.turns.attempt(deed)
        except Refused as refusal:
            return Answer(refused(refusal, words))
        if not taken.query:
            return Answer(lanes=taken.lanes, review=taken.review)
        card = await self.asking.card(taken.query, said.place, words)
        return Answer(card, taken.lanes, taken.review)

    async def later(self, text: str, said: Said) -> frozenset[str]:
        """Does what was typed where no answer can be given at once: it is owed as well.

        The lanes to wake.
        """

        def work(conn: Connection) -> Taken:
            try:
                deed = self._deed(typed.parse_command(text), said, text)
                taken = deed(conn) if deed else self._question(conn, said, text)
            except Refused as refusal:
                turns.record(conn, said.key, self.now(), said.by, "refused")
                lane = posts.refuse(conn, said, refusal, self.now())
                return Taken(new=True, lanes=frozenset({lane}))
            if not taken.query:
                return taken
            lane = posts.answer(conn, said, taken.query, self.now())
            return replace(taken, lanes=taken.lanes | {lane})

        return (await self.turns.attempt(work)).lanes

    async def start(self, name: str, said: Said, words: Wording) -> Answer:
        """Opens a review, as `start NAME` does. Raises Refused for a name that is none."""
        return await self.obey(f"start {service_name(name)}", said, words)

    def _deed(
        self, command: typed.Command, said: Said, text: str
    ) -> Callable[[Connection], Taken] | None:
        """What the command does in a transaction; None for a question."""
        match command:
            case typed.Start(service=service):
                return lambda conn: self._start(conn, service, said)
            case typed.Assign():
                layer = typed.layer(self.turns.checklist, command.layer)
                return lambda conn: self._assign(conn, command, layer, said, text)
            case typed.Schedule() | typed.Weekly() | typed.WeeklyOff() | typed.Snooze():
                raise Refused("not_yet", command=text.split(maxsplit=1)[0].lower())
            case _:
                return None

    def _question(self, conn: Connection, said: Said, text: str) -> Taken:
        new = turns.record(conn, said.key, self.now(), said.by, "question")
        if new:
            meet(conn, said)
        return Taken(new=new, query=text if new else "")

    def _start(self, conn: Connection, name: str, said: Said) -> Taken:
        assert said.place is not None  # noqa: S101 - commands come from somewhere
        if not turns.record(conn, said.key, self.now(), said.by, "start"):
            return Taken(new=False)
        meet(conn, said)
        places.resume(conn, said.place)  # somebody typed here: worth another try
        service = services.find(conn, fold(name)) or self._create(conn, name, said)
        review = reviews.open_of(conn, service.key)
        if review is None:
            return self._open(conn, service, said)
        if self._stranded(conn, review):
            return self._move(conn, service, review, said)
        return Taken(new=True, query=f"start {service.name}", review=review)

    def _create(self, conn: Connection, name: str, said: Said) -> Service:
        assert said.place is not None  # noqa: S101
        service = Service(
            id=secrets.token_hex(6),
            name=name,
            key=fold(name),
            home=said.place,
            profile={},
            owners=(said.by,),
            created_at=said.at,
        )
        services.create(conn, service, by=said.by)
        return service

    def _open(self, conn: Connection, service: Service, said: Said) -> Taken:
        assert said.place is not None  # noqa: S101
        review = Review(
            id=secrets.token_hex(6),
            service=service.name,
            service_key=service.key,
            checklist=self.turns.checklist.version,
            place=said.place,
            started_by=said.by,
            started_at=said.at,
        )
        reviews.create(conn, review, service.id)
        return self._taken(conn, review, events.Started(by=said.by, at=said.at), said)

    def _stranded(self, conn: Connection, review: Review) -> bool:
        """Whether nobody can reach the review: its channel is gone, or its first message was

        refused there.
        """
        if places.stopped(conn, review.place):
            return True
        posted = cards.find(conn, review.id, ROOT) is not None
        key = posts.card_key(review.id, ROOT)
        return not posted and not outbox.is_owed(conn, key)

    def _move(self, conn: Connection, service: Service, review: Review, said: Said) -> Taken:
        """The same review goes on in this channel, with all its answers."""
        assert said.place is not None  # noqa: S101
        reviews.set_place(conn, review.id, said.place)
        services.set_home(conn, service.id, said.place)
        cards.forget(conn, review.id)
        moved = replace(review, place=said.place)
        return self._taken(conn, moved, events.Moved(by=said.by, at=said.at), said)

    def _taken(self, conn: Connection, review: Review, event: events.Event, said: Said) -> Taken:
        step: Step = dialogue.step(self.turns.checklist, review, event)
        lanes = self.turns.keep(conn, said, review, step)
        return Taken(new=True, lanes=lanes, review=step.review)

    def _assign(
        self, conn: Connection, command: typed.Assign, layer: Layer, said: Said, text: str
    ) -> Taken:
        if not turns.record(conn, said.key, self.now(), said.by, "assign"):
            return Taken(new=False)
        meet(conn, said)
        meet(conn, replace(said, by=command.person, name=""))
        review = reviews.latest_of(conn, fold(command.service))
        if review is None:
            raise Refused("no_review", service=command.service)
        event = events.Assigned(by=said.by, at=said.at, layer=layer.id, to=command.person)
        taken = self._taken(conn, review, event, said)
        return replace(taken, query=text)
