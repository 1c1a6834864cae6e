"""What people type to the bot: deeds are taken as turns, questions are answered privately."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot import posts, weekly
from bot.asking import Asking, refused
from bot.members import check_member
from bot.standing import restore
from bot.turn import Said, Taken, Turns, meet, note, note_refused
from conversations import commands as typed
from conversations import dialogue, events, rereview
from conversations.calendar import Every, Unit, Weekly
from conversations.cards import Card
from conversations.checklist import Check, Layer
from conversations.effects import ROOT, Refused, Step
from conversations.review import Place, Review
from conversations.text import fold
from conversations.wording import Wording
from storage import cards, nudges, outbox, places, reviews, services, turns
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
            deed = await self._deed(typed.parse_command(text), said, text)
            if deed is None:
                card = await self.asking.card(text, said.place, words)
                note(said, "asked")
                return Answer(card)
            taken = await self.turns.attempt(said, deed)
        except Refused as refusal:
            note_refused(said, refusal)
            return Answer(refused(refusal, words))
        if not taken.query:
            return Answer(lanes=taken.lanes, review=taken.review)
        card = await self.asking.card(taken.query, said.place, words)
        return Answer(card, taken.lanes, taken.review)

    async def later(self, text: str, said: Said) -> frozenset[str]:
        """Does what was typed where no answer can be given at once: it is owed as well.

        The lanes to wake.
        """
        try:
            command = typed.parse_command(text)
            deed = await self._deed(command, said, text)
        except Refused as refusal:
            return (await self.turns.refuse(said, refusal)).lanes

        def work(conn: Connection) -> Taken:
            try:
                taken = deed(conn) if deed else self._question(conn, said, command, text)
            except Refused as refusal:  # the deed has recorded the gesture already
                lane = posts.refuse(conn, said, refusal, self.now())
                return Taken(new=True, lanes=frozenset({lane}), refusal=refusal)
            if not taken.query:
                return taken
            lane = posts.answer(conn, said, taken.query, self.now())
            return replace(taken, lanes=taken.lanes | {lane})

        return (await self.turns.attempt(said, work)).lanes

    async def _deed(
        self, command: typed.Command, said: Said, text: str
    ) -> Callable[[Connection], Taken] | None:
        """What the command does in a transaction; None for a question. Raises Refused."""
        match command:
            case typed.Start(service=service):
                return lambda conn: self._start(conn, service, said)
            case typed.Assign(person=person):
                check = typed.check(self.turns.checklist, command.layer)
                what = check or typed.layer(self.turns.checklist, command.layer)
                chat = self.asking.scenes.chats.get(person.partition(":")[0])
                await check_member(self.turns.runner, chat, person, self.now)
                return lambda conn: self._assign(conn, command, what, said, text)
            case typed.Schedule():
                return lambda conn: self._schedule(conn, command, said, text)
            case typed.Weekly():
                return lambda conn: self._weekly(conn, command, said, text)
            case typed.WeeklyOff():
                return lambda conn: self._weekly_off(conn, said, text)
            case typed.Snooze():
                return lambda conn: self._snooze(conn, command, said, text)
            case _:
                return None

    def _question(self, conn: Connection, said: Said, command: typed.Command, text: str) -> Taken:
        new = turns.record(conn, said.key, self.now(), said.by, "question")
        if not new:
            return Taken(new=False)
        meet(conn, said)
        return Taken(new=True, query=self._about_thread(conn, said, command) or text or "help")

    def _about_thread(self, conn: Connection, said: Said, command: typed.Command) -> str | None:
        """The question with the service of the thread it was asked in, where it names none."""
        match command:
            case typed.Status(service=None):
                verb = "status"
            case typed.Gaps(service=None):
                verb = "gaps"
            case _:
                return None
        if said.place is None or said.thread is None:
            return None
        review_id = reviews.by_message(conn, said.place, said.thread)
        review = reviews.load(conn, review_id) if review_id else None
        return f"{verb} {review.service}" if review else None

    def _start(self, conn: Connection, name: str, said: Said) -> Taken:
        assert said.place is not None  # noqa: S101 - commands come from somewhere
        if not turns.record(conn, said.key, self.now(), said.by, "start"):
            return Taken(new=False)
        meet(conn, said)
        back = places.resume(conn, said.place)  # somebody typed here: worth another try
        service = services.find(conn, fold(name)) or self._create(conn, name, said)
        if not service.owners:  # the last one left: whoever comes next sees to it
            services.add_owner(conn, service.id, said.by)
        review = reviews.open_of(conn, service.key)
        if review is None:
            return self.open_review(conn, service, said)
        if self._stranded(conn, review, said.place):
            return self._move(conn, service, review, said)
        lanes = self._brought_up_to_date(conn, said) if back else frozenset()
        return Taken(new=True, query=f"start {service.name}", review=review, lanes=lanes)

    def _brought_up_to_date(self, conn: Connection, said: Said) -> frozenset[str]:
        assert said.place is not None  # noqa: S101
        return restore(conn, self.turns.checklist, said.place, self.now(), said)

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

    def open_review(
        self, conn: Connection, service: Service, said: Said, *, scheduled: bool = False
    ) -> Taken:
        """Opens the service's next review where it was said. `scheduled`: by the bot itself."""
        assert said.place is not None  # noqa: S101
        review = Review(
            id=secrets.token_hex(6),
            service=service.name,
            service_key=service.key,
            checklist=self.turns.checklist.version,
            place=said.place,
            started_by=said.by,
            started_at=said.at,
            scheduled=scheduled,
        )
        last = reviews.latest_of(conn, service.key)
        review = rereview.following(self.turns.checklist, review, last)
        reviews.create(conn, review, service.id)
        return self._taken(conn, review, events.Started(by=said.by, at=said.at), said)

    def _stranded(self, conn: Connection, review: Review, here: Place) -> bool:
        """Whether people here cannot reach the review.

        Its channel is gone, its first message was refused there, or it is held where somebody is
        alone with the bot.
        """
        if places.stopped(conn, review.place):
            return True
        is_direct = self.asking.scenes.is_direct
        if is_direct(review.place) and not is_direct(here):
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

    def _snooze(self, conn: Connection, order: typed.Snooze, said: Said, text: str) -> Taken:
        if not turns.record(conn, said.key, self.now(), said.by, "snooze"):
            return Taken(new=False)
        meet(conn, said)
        service = self.asking.service(conn, order.service)
        return Taken(new=True, query=text, lanes=self._quieten(conn, service, order.days, said))

    def snooze_review(self, conn: Connection, review_id: str, days: int, said: Said) -> Taken:
        """The same for the review's service. Raises Refused."""
        if not turns.record(conn, said.key, self.now(), said.by, "snooze", review_id):
            return Taken(new=False)
        meet(conn, said)
        review = reviews.load(conn, review_id)
        service = services.find(conn, review.service_key) if review else None
        if service is None:
            raise Refused("unknown_button")
        lanes = self._quieten(conn, service, days, said)
        until = f"{self.now() + timedelta(days=days):%-d %b %Y}"
        facts = {"service": service.name, "until": until}
        lane = posts.whisper(conn, said, "private.snoozed", facts, self.now())
        return Taken(new=True, lanes=lanes | {lane})

    def _quieten(self, conn: Connection, service: Service, days: int, said: Said) -> frozenset[str]:
        """No reminders of the service to the person for so many days; 0: from now on again."""
        now = self.now()
        until = now + timedelta(days=days)
        if days:
            nudges.snooze(conn, service.id, said.by, until)
        else:
            nudges.unsnooze(conn, service.id, said.by)
        review, reminders = reviews.latest_of(conn, service.key), self.turns.reminders
        if reminders is None or review is None:
            return frozenset()
        if days:  # what is due when it ends is said again, by its newest step
            nudges.forget(conn, said.by, reminders.subjects(review))
        reminders.plan_by(conn, said.by, until)
        return reminders.renew(conn, review, said.by, now)

    def _schedule(self, conn: Connection, order: typed.Schedule, said: Said, text: str) -> Taken:
        if not turns.record(conn, said.key, self.now(), said.by, "schedule"):
            return Taken(new=False)
        meet(conn, said)
        service = self.asking.service(conn, order.service)
        every = Every(order.number, Unit(order.unit)) if order.number else None
        services.set_cadence(conn, service.id, every, said.by)
        self.asking.schedule.plan(conn, replace(service, every=every, every_by=said.by))
        return Taken(new=True, query=text)

    def _weekly(self, conn: Connection, order: typed.Weekly, said: Said, text: str) -> Taken:
        if not turns.record(conn, said.key, self.now(), said.by, "weekly"):
            return Taken(new=False)
        meet(conn, said)
        zone = order.zone or self.asking.schedule.zones.of_person(conn, said.by)
        rule = Weekly(order.weekday, order.hour, order.minute, zone)
        weekly.set_rule(conn, self._channel(said), rule, said.by, self.now())
        return Taken(new=True, query=text)

    def _weekly_off(self, conn: Connection, said: Said, text: str) -> Taken:
        if not turns.record(conn, said.key, self.now(), said.by, "weekly off"):
            return Taken(new=False)
        meet(conn, said)
        weekly.end(conn, self._channel(said))
        return Taken(new=True, query=text)

    def _channel(self, said: Said) -> Place:
        """The channel in which it was said. Raises Refused where that is none."""
        if said.place is None or self.asking.scenes.is_direct(said.place):
            raise Refused("weekly_channel")
        return said.place

    def _assign(
        self, conn: Connection, command: typed.Assign, what: Layer | Check, said: Said, text: str
    ) -> Taken:
        if not turns.record(conn, said.key, self.now(), said.by, "assign"):
            return Taken(new=False)
        meet(conn, said)
        meet(conn, replace(said, by=command.person, name=""))
        latest = reviews.latest_of(conn, fold(command.service))
        review = reviews.load(conn, latest.id, to_change=True) if latest else None
        if review is None:
            raise Refused("no_review", service=command.service)
        to = command.person
        event: events.Event = (
            events.Assigned(by=said.by, at=said.at, layer=what.id, to=to)
            if isinstance(what, Layer)
            else events.GapChanged(by=said.by, at=said.at, checks=(what.id,), owner=to)
        )
        taken = self._taken(conn, review, event, said)
        return replace(taken, query=text)
