"""One inbound gesture, one transaction: what was said is stored together with what is owed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection

from bot import posts
from bot.logs import log
from bot.metrics import TURNS
from bot.reminders import Reminders
from bot.runner import Runner
from bot.schedule import Schedule
from conversations import dialogue
from conversations.checklist import Checklist
from conversations.effects import Refused, Remind, Step
from conversations.events import Event, OfNewest
from conversations.review import Place, Review
from conversations.scoring import Thresholds
from conversations.standing import Yardstick
from storage import answers, people, places, reviews, services, standings, turns
from storage.database import Conflict

Look = Callable[[Connection, Review], Any]  # reads what is to be shown of the review as it is now
ATTEMPTS = 3  # of a turn that lost a race for its review
_counter = cache(TURNS.labels)  # which would look for it under a lock


@dataclass(frozen=True, slots=True)
class Said:
    """One gesture of one person: what makes it unique, who, when, where."""

    key: str  # `platform:kind:id` of the gesture: the same one is never taken twice
    by: str  # person id
    at: datetime  # when it was said, by the platform's clock
    name: str = ""  # what the platform calls the person; empty where it does not say
    place: Place | None = None
    thread: str | None = None
    respond: str | None = None  # where a command can be answered even from outside the channel

    @property
    def platform(self) -> str:
        """Where it was made: "slack"."""
        return self.key.split(":")[0]

    @property
    def kind(self) -> str:
        """How it was made: "command", "message", "press", "form"."""
        return self.key.split(":")[1]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a gesture. `lanes` have posts waiting; wake their delivery."""

    new: bool  # False: it came before, and nothing was done
    lanes: frozenset[str] = frozenset()
    refusal: Refused | None = None
    review: Review | None = None
    query: str = ""  # what to answer the person privately; empty: nothing
    event: str = ""  # what happened, by the name of its event
    stopped: str | None = None  # why the review's cards cannot follow; None: they do
    seen: Any = None  # what `look` has read, as of this turn


@dataclass(frozen=True, slots=True)
class Turns:
    """Takes turns in reviews."""

    runner: Runner
    checklist: Checklist
    now: Callable[[], datetime]
    thresholds: Thresholds = field(default_factory=Thresholds)
    schedule: Schedule | None = None  # plans the re-review after a review that was finished
    reminders: Reminders | None = None  # plans when to look whom to remind of what

    async def take(
        self,
        said: Said,
        review_id: str,
        event_of: Callable[[Review], Event],
        *,
        whisper: bool = True,
        look: Look | None = None,
    ) -> Taken:
        """Carries out the event in its review, then looks, in the same transaction.

        A refusal is told privately through the outbox; with `whisper` off it is raised instead
        and nothing is recorded, so that the person can correct a form and send it again.
        """

        def work(conn: Connection) -> Taken:
            taken = self._take(conn, said, review_id, event_of, whisper)
            seen = look(conn, taken.review) if look and taken.review else None
            return replace(taken, seen=seen)

        return await self.attempt(said, work)

    async def attempt(self, said: Said, work: Callable[[Connection], Taken]) -> Taken:
        """`work` in a transaction, again when another turn changed the review meanwhile."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                taken = await self.runner.write(work)
            except Conflict:
                if attempt == ATTEMPTS:
                    raise
            else:
                _note_taken(said, taken)
                return taken
        raise AssertionError

    async def refuse(self, said: Said, refusal: Refused) -> Taken:
        """Owes the private line that says why nothing happened."""
        return await self.attempt(said, lambda conn: self.refused(conn, said, refusal))

    def refused(self, conn: Connection, said: Said, refusal: Refused) -> Taken:
        """The same, in a transaction."""
        if not turns.record(conn, said.key, self.now(), said.by, "refused"):
            return Taken(new=False)
        meet(conn, said)
        lane = posts.refuse(conn, said, refusal, self.now())
        return Taken(new=True, lanes=frozenset({lane}), refusal=refusal)

    def _take(
        self,
        conn: Connection,
        said: Said,
        review_id: str,
        event_of: Callable[[Review], Event],
        whisper: bool,  # noqa: FBT001 - passed on from `take`, where it is a keyword
    ) -> Taken:
        if not turns.record(conn, said.key, self.now(), said.by, "review", review_id):
            return Taken(new=False)
        meet(conn, said)
        try:
            before = _known(reviews.load(conn, review_id, to_change=True))
            event = event_of(before)
            if isinstance(event, OfNewest):
                _is_newest(conn, before)
            step = dialogue.step(self.checklist, before, event)
            lanes = self.keep(conn, said, before, step)
        except Refused as refusal:
            if not whisper:
                raise
            lanes = frozenset({posts.refuse(conn, said, refusal, self.now())})
            if self.reminders:  # it may have been pressed in a reminder of long ago
                lanes |= self.reminders.renew_pressed(conn, said.place, said.thread, self.now())
            return Taken(new=True, lanes=lanes, refusal=refusal)
        stopped = places.stopped(conn, step.review.place)
        name = type(event).__name__
        return Taken(new=True, lanes=lanes, review=step.review, event=name, stopped=stopped)

    def keep(self, conn: Connection, said: Said, before: Review, step: Step) -> frozenset[str]:
        """Stores a step and owes its posts; the lanes they wait in. Raises Conflict."""
        if step.review != before or step.records:
            reviews.save(conn, before, step.review, by=said.by, at=said.at)
            answers.remember(conn, before.id, step.records, turn_key=said.key, at=said.at)
            if not step.review.open:
                standings.keep(conn, Yardstick(self.checklist, self.thresholds), before.id)
        if step.review.profile != before.profile and (
            service := services.find(conn, step.review.service_key)
        ):
            services.set_profile(conn, service.id, dict(step.review.profile))
        news = any(isinstance(it, Remind) for it in step.effects) and self.reminders
        if news:
            news.plan_for(conn, step.review, self.now())
        if self.schedule and before.open != step.review.open:
            self.schedule.plan_for(conn, step.review)
        lanes = posts.owe_effects(conn, self.checklist, self.thresholds, said, step, self.now())
        if news and not before.open and not step.review.open:
            return lanes | news.renew_changed(conn, before, step.review, said.by, self.now())
        return lanes


def note(said: Said, outcome: str, **facts: Any) -> None:
    """The one log line of a gesture, and its count. `facts` are ids and names of things."""
    log("turn", platform=said.platform, kind=said.kind, outcome=outcome, by=said.by, **facts)
    _counter(said.platform, said.kind, outcome).inc()


def note_refused(said: Said, refusal: Refused) -> None:
    """The line of a gesture that was refused before it became a turn."""
    note(said, "refused", why=refusal.words)


def _note_taken(said: Said, taken: Taken) -> None:
    if not taken.new:
        note(said, "repeated")
    elif taken.refusal:
        note_refused(said, taken.refusal)
    else:
        about = {"did": taken.event, "review": taken.review.id if taken.review else ""}
        note(said, "taken", **{key: it for key, it in about.items() if it})


def _is_newest(conn: Connection, review: Review) -> None:
    """Raises Refused where the service has a newer review."""
    newest = reviews.latest_of(conn, review.service_key)
    if newest is not None and newest.id != review.id:
        raise Refused("newer_review", service=review.service)


def _known(review: Review | None) -> Review:
    if review is None:
        raise Refused("unknown_button")
    return review


def meet(conn: Connection, said: Said) -> None:
    """Remembers a person met for the first time, under the name the platform gave."""
    if people.get(conn, said.by) is None:
        platform = said.by.partition(":")[0]
        met = people.Person(said.by, platform, said.name, None, deleted=False, fetched_at=None)
        people.add(conn, met)  # another turn, or a card, may have been quicker
