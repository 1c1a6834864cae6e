"""Questions: what somebody asked to see, looked up and drawn. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.runner import Runner
from bot.scenes import Scenes
from bot.schedule import KIND, Schedule, cadence
from conversations import commands as typed
from conversations.calendar import next_after, wall
from conversations.cards import Card
from conversations.effects import Refused
from conversations.review import Place, Review
from conversations.text import fold
from conversations.views import Scene, home, private
from conversations.wording import Safe, Wording
from storage import due, people, reviews, services, standings, weeklies
from storage.services import Service

SUGGESTED = 5  # services named when one is not known


@dataclass(frozen=True, slots=True)
class Asking:
    """Answers questions about services and reviews."""

    runner: Runner
    scenes: Scenes
    now: Callable[[], datetime]
    schedule: Schedule

    async def card(self, query: str, place: Place | None, words: Wording) -> Card:
        """The answer to a typed question, or the line that says what is wrong with it."""
        try:
            command = typed.parse_command(query)
            return await self.runner.read(lambda conn: self._answer(conn, command, place, words))
        except Refused as refusal:
            return refused(refusal, words)

    async def home(self, person: str, words: Wording, most: int = home.MOST) -> Card:
        """The person's own page, with at most so many rows a section."""

        def look(conn: Connection) -> Card:
            owned = [it.key for it in services.owned_by(conn, person)]
            newest = [it for it in reviews.latest_of_all(conn) if self._may_open(it, person)]
            return home.card(self.scenes.of_all(conn, newest, words), person, owned, words, most)

        return await self.runner.read(look)

    def _may_open(self, review: Review, person: str) -> bool:
        """Whether the person can follow the link: a direct conversation is its starter's alone."""
        chat = self.scenes.chats.get(review.place.platform)
        return review.started_by == person or chat is None or not chat.is_direct(review.place)

    def _answer(
        self, conn: Connection, command: typed.Command, place: Place | None, words: Wording
    ) -> Card:
        match command:
            case typed.Status(service=name):
                return self._status(conn, name, place, words)
            case typed.ScorecardOf(service=None):
                return self._table_here(conn, place, words)
            case typed.ScorecardOf(service=name):
                return private.latest_scorecard(self._scene(conn, str(name), words))
            case typed.Start(service=name):
                return private.already_open(self._scene(conn, name, words))
            case typed.Services():
                return self._table(conn, None, words)
            case typed.Gaps(service=name):
                review = self._one(conn, name, place)
                held = place is not None and (place == review.place or self.scenes.is_direct(place))
                return private.gap_list(self.scenes.of(conn, review, words), change=held)
            case typed.Help(unknown=unknown, suggestion=suggestion):
                here = self.scenes.here(place)
                return private.help_card(words, here, unknown=unknown, suggestion=suggestion)
            case typed.Advice(topic=topic):
                return private.advice(words, self.scenes.here(place), topic)
            case _:
                return private.one_line(self._settled(conn, command, place, words))

    def _settled(
        self, conn: Connection, command: typed.Command, place: Place | None, words: Wording
    ) -> Safe:
        """The line that says what holds now, after an order or without one."""
        match command:
            case typed.Assign():
                return self._handed(conn, command, words)
            case typed.Schedule(service=name):
                return self._cadence(conn, name, words)
            case typed.Snooze(service=name, days=days):
                until = f"{self.now() + timedelta(days=days):%-d %b %Y}" if days else None
                shown = self.service(conn, name).name
                return words.say("private.snoozed", service=shown, until=until)
            case _:
                return self._weekly(conn, place, words)

    def _status(
        self, conn: Connection, name: str | None, place: Place | None, words: Wording
    ) -> Card:
        return private.status(self.scenes.of(conn, self._one(conn, name, place), words))

    def _table_here(self, conn: Connection, place: Place | None, words: Wording) -> Card:
        """Where this channel's services stand; all in a direct conversation."""
        if place is None:
            raise Refused("no_services")
        return self._table(conn, None if self.scenes.is_direct(place) else place, words)

    def _table(self, conn: Connection, place: Place | None, words: Wording) -> Card:
        stands = standings.of(conn, self.scenes.yardstick, place)
        if not stands:
            raise Refused("no_services")
        links = self.scenes.links(conn, [it.review for it in private.listed(stands)])
        return private.service_table(stands, self.scenes.checklist, words, self.now(), links)

    def _here(self, conn: Connection, place: Place | None) -> list[Review]:
        """The newest reviews of this channel's services; of all in a direct conversation."""
        if place and self.scenes.is_direct(place):
            return reviews.latest_of_all(conn)
        here = services.in_channel(conn, place) if place else []
        return reviews.latest_of_services(conn, [it.id for it in here])

    def _scene(self, conn: Connection, name: str, words: Wording) -> Scene:
        return self.scenes.of(conn, self._one(conn, name, None), words)

    def _one(self, conn: Connection, name: str | None, place: Place | None) -> Review:
        """The newest review of the service named, or of this channel's only (newest) one."""
        if name is None:
            here = self._here(conn, place)
            if not here:
                raise Refused("no_services")
            open_here = [it for it in here if it.open]
            return max(open_here or here, key=lambda it: it.started_at)
        review = reviews.latest_of(conn, fold(name))
        if review is None:
            raise Refused("unknown_service", service=name, known=self._known(conn))
        return review

    def _handed(self, conn: Connection, command: typed.Assign, words: Wording) -> Safe:
        names = people.names(conn, [command.person])
        if check := typed.check(self.scenes.checklist, command.layer):
            return words.say(
                "private.gap_handed",
                service=command.service,
                number=check.number,
                person=names.get(command.person) or command.person.partition(":")[2],
            )
        layer = typed.layer(self.scenes.checklist, command.layer)
        return words.say(
            "private.assigned",
            service=command.service,
            number=layer.number,
            title=layer.title,
            person=names.get(command.person) or command.person.partition(":")[2],
        )

    def _cadence(self, conn: Connection, name: str, words: Wording) -> Safe:
        service = self.service(conn, name)
        planned = due.find(conn, KIND, service.id)
        zone = self.schedule.zones.of(conn, service.home, service.every_by)
        return words.say(
            "private.cadence",
            service=service.name,
            every=cadence(service.every) if service.every else None,
            next=wall(planned.at, zone) if planned else None,
            zone=zone,
        )

    def _weekly(self, conn: Connection, place: Place | None, words: Wording) -> Safe:
        rule = weeklies.rule(conn, place) if place else None
        shown = wall(next_after(rule, self.now()), rule.zone) if rule else None
        here = len(services.in_channel(conn, place)) if place else 0
        return words.say("private.weekly", rule=rule, next=shown, services=here)

    def service(self, conn: Connection, name: str) -> Service:
        """The service of that name. Raises Refused."""
        found = services.find(conn, fold(name))
        if found is None:
            raise Refused("unknown_service", service=name, known=self._known(conn))
        return found

    def _known(self, conn: Connection) -> list[str]:
        return [it.name for it in services.all_of(conn)][:SUGGESTED]


def refused(refusal: Refused, words: Wording) -> Card:
    """The line of a refusal, as a card."""
    return private.one_line(words.say(f"refusals.{refusal.words}", **refusal.facts))
