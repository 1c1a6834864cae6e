"""The bot lives through the sample's year, with its clock.

What is long past is written down as it was said. The newest review of each service is held before
everybody's eyes: the clock goes from one to the next, and whatever is due on the way happens, so
that channels and people have what the bot would have told them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from bot import weekly
from bot.app import Bot
from bot.playground.clockwork import Clockwork
from bot.playground.seed import PEOPLE
from bot.report import scorecard_json
from bot.sample import talk, told
from bot.sample.talk import Chapter
from bot.turn import Said
from conversations import dialogue, rereview
from conversations.calendar import Weekly, between, local_date
from conversations.effects import Announce
from conversations.events import Assigned, Event, Started
from conversations.review import Place, Review
from conversations.standing import Yardstick
from conversations.week import kept, week
from storage import answers, people, reviews, scorecards, services, standings, turns, weeklies
from storage.services import Service

BEFORE_EYES = timedelta(days=84)  # how much of the year is lived through
FRESH = timedelta(days=6)  # the gaps of a review so new still wait for owners and dates
RULE = Weekly(0, 9, 0, talk.ZONE)
HANDED, TO = "security", "chitra"  # a layer of the reviews that are not finished


def begins(now: datetime) -> datetime:
    """Where the clock is to stand before `live`."""
    return now - BEFORE_EYES


@dataclass
class Life:
    """The year before `now`, by the bot's own clock."""

    bot: Bot
    clockwork: Clockwork
    now: datetime

    async def live(self) -> None:
        """Lives through it; the clock shows real time at the end."""
        start, write = begins(self.now), self.bot.runner.write
        chapters = talk.chapters(self.now)
        await write(self._meet)
        mondays = list(between(RULE, self.now - timedelta(days=365), start))
        past: list[tuple[datetime, Callable[[Connection], None]]] = [
            *((it.held, partial(self._write_down, it)) for it in chapters if it.held < start),
            *((it, partial(self._weigh, it)) for it in mondays),
        ]
        for _, work in sorted(past, key=lambda it: it[0]):
            await write(work)
        await write(self._plan)
        for moment, deed in sorted(self._deeds(chapters, start), key=lambda it: it[0]):
            await self.clockwork.move(moment)
            await deed()
        await self.clockwork.move(self.clockwork.clock.real())

    def _deeds(
        self, chapters: Iterable[Chapter], start: datetime
    ) -> Iterable[tuple[datetime, Callable[[], Awaitable[None]]]]:
        for chapter in chapters:
            if chapter.held < start:
                continue
            yield chapter.begun, partial(self._deed, self._begin, chapter)
            yield chapter.held, partial(self._deed, self._hold, chapter)
            accepted = chapter.held + talk.ACCEPTED
            if not chapter.unfinished and accepted < self.now - FRESH:
                yield accepted, partial(self._deed, self._accept, chapter)

    async def _deed(
        self, work: Callable[[Connection, Chapter], frozenset[str]], chapter: Chapter
    ) -> None:
        lanes = await self.bot.runner.write(lambda conn: work(conn, chapter))
        self.bot.delivery.wake(lanes)

    def _meet(self, conn: Connection) -> None:
        at = self.bot.now()
        for it in PEOPLE:
            known = people.Person(f"slack:{it.id}", "slack", it.real_name, it.tz, False, at)  # noqa: FBT003 - deleted
            people.upsert(conn, known)

    # Long past

    def _write_down(self, chapter: Chapter, conn: Connection) -> None:
        """A whole review with its history and scorecard, without a post."""
        service = _service(conn, chapter)
        begun = self._opened(conn, service, chapter)
        reviews.create(conn, begun, service.id)
        review = self._said(conn, chapter, begun, self._events(chapter, begun))
        reviews.save(conn, begun, review, by=review.started_by, at=chapter.held)
        services.set_profile(conn, service.id, dict(review.profile))
        closed = reviews.load(conn, review.id)
        assert closed is not None  # noqa: S101 - saved just now
        owning = talk.owning(self.bot.checklist, chapter, closed, self.now)
        owned = self._said(conn, chapter, closed, owning)
        reviews.save(conn, closed, owned, by=owned.started_by, at=chapter.held + talk.ACCEPTED)
        standings.keep(conn, self._yardstick, review.id)

    def _said(
        self, conn: Connection, chapter: Chapter, review: Review, events: Iterable[Event]
    ) -> Review:
        """The review after what was said in it, which is kept; so is its scorecard."""
        for event in events:
            step = dialogue.step(self.bot.checklist, review, event)
            review, name = step.review, type(event).__name__
            key = f"{_key(chapter)}:{name}:{len(review.answers)}:{event.at.isoformat()}"
            turns.record(conn, key, event.at, event.by, name, review.id)
            answers.remember(conn, review.id, step.records, turn_key=key, at=event.at)
            for effect in step.effects:
                if isinstance(effect, Announce):
                    data = scorecard_json(self.bot.checklist, review, self.bot.turns.thresholds)
                    scorecards.store(conn, review.id, effect.closing, event.at, data)
        return review

    def _opened(self, conn: Connection, service: Service, chapter: Chapter) -> Review:
        last = reviews.latest_of(conn, service.key)
        review = Review(
            id=f"{chapter.random('id', chapter.number).getrandbits(48):012x}",
            service=service.name,
            service_key=service.key,
            checklist=self.bot.checklist.version,
            place=service.home,
            started_by=told.person(chapter.service.owners[0]),
            started_at=chapter.begun,
        )
        return rereview.following(self.bot.checklist, review, last)

    def _events(self, chapter: Chapter, begun: Review) -> Iterable[Event]:
        """All of a review, from its beginning."""
        started = Started(by=begun.started_by, at=begun.started_at)
        yield started
        yield (scoped := talk.scoping(self.bot.checklist, chapter))
        review = begun
        for event in (started, scoped):
            review = dialogue.step(self.bot.checklist, review, event).review
        yield from talk.talk(self.bot.checklist, chapter, review)

    def _weigh(self, monday: datetime, conn: Connection) -> None:
        """Where the services of the channel stood, for the weekly scorecard to compare with."""
        day = local_date(RULE, monday)
        stands = standings.of(conn, self._yardstick, _weekly_place())
        ids = {it.key: it.service for it in stands}
        for standing in week(day.isoformat(), stands, {}, monday, self.bot.checklist).standings:
            weeklies.keep(conn, ids[standing.key], day, kept(standing))

    @property
    def _yardstick(self) -> Yardstick:
        return Yardstick(self.bot.checklist, self.bot.turns.thresholds)

    def _plan(self, conn: Connection) -> None:
        """From here on the bot does by itself what it was told to."""
        now = self.bot.now()
        weekly.set_rule(conn, _weekly_place(), RULE, told.person("ana"), now)
        for service in services.all_of(conn):
            if service.every and self.bot.turns.schedule:
                self.bot.turns.schedule.plan(conn, service)

    # Before everybody's eyes

    def _begin(self, conn: Connection, chapter: Chapter) -> frozenset[str]:
        """Opens the review, unless the bot has done so on its schedule."""
        service = _service(conn, chapter)
        if reviews.open_of(conn, service.key):
            return frozenset()
        by = told.person(chapter.service.owners[0])
        said = Said(f"{_key(chapter)}:start", by, chapter.begun, place=service.home)
        turns.record(conn, said.key, said.at, by, "start")
        return self.bot.commands.open_review(conn, service, said).lanes

    def _hold(self, conn: Connection, chapter: Chapter) -> frozenset[str]:
        review = reviews.open_of(conn, _service(conn, chapter).key)
        assert review is not None  # noqa: S101 - it was begun before
        lanes: frozenset[str] = frozenset()
        if chapter.unfinished:
            to, by = told.person(TO), review.started_by
            assigned = Assigned(by=by, at=chapter.begun + talk.ACCEPTED, layer=HANDED, to=to)
            review, lanes = self._take(conn, chapter, review, assigned)
        scoped = talk.scoping(self.bot.checklist, chapter)
        review, more = self._take(conn, chapter, review, scoped)
        lanes |= more
        for event in talk.talk(self.bot.checklist, chapter, review):
            review, more = self._take(conn, chapter, review, event)
            lanes |= more
        return lanes

    def _accept(self, conn: Connection, chapter: Chapter) -> frozenset[str]:
        """Every gap gets an owner and a date."""
        review = reviews.latest_of(conn, _service(conn, chapter).key)
        assert review is not None  # noqa: S101 - it was held before
        lanes: frozenset[str] = frozenset()
        for event in talk.owning(self.bot.checklist, chapter, review, self.now):
            review, more = self._take(conn, chapter, review, event)
            lanes |= more
        return lanes

    def _take(
        self, conn: Connection, chapter: Chapter, review: Review, event: Event
    ) -> tuple[Review, frozenset[str]]:
        """One gesture, as the bot takes it: the review after it, and the lanes to wake."""
        name = type(event).__name__
        said = Said(
            f"{_key(chapter)}:{name}:{event.at.isoformat()}:{review.version}",
            event.by,
            event.at,
            place=review.place,
        )
        turns.record(conn, said.key, event.at, event.by, name, review.id)
        step = dialogue.step(self.bot.checklist, review, event)
        lanes = self.bot.turns.keep(conn, said, review, step)
        saved = step.review != review or bool(step.records)
        return replace(step.review, version=review.version + saved), lanes


def _service(conn: Connection, chapter: Chapter) -> Service:
    """The service, made where it is new."""
    of = chapter.service
    if found := services.find(conn, of.name):
        return found
    owners = tuple(told.person(it) for it in of.owners)
    made = Service(
        id=f"{chapter.random('service').getrandbits(48):012x}",
        name=of.name,
        key=of.name,
        home=of.place,
        profile={},
        owners=owners,
        created_at=chapter.begun,
    )
    services.create(conn, made, by=owners[0])
    services.set_cadence(conn, made.id, of.every, owners[0])
    return replace(made, every=of.every, every_by=owners[0] if of.every else None)


def _weekly_place() -> Place:
    return told.services()[0].place


def _key(chapter: Chapter) -> str:
    return f"slack:sample:{chapter.service.name}:{chapter.number}"
