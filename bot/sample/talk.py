"""The reviews that people held of the sample's services, and what they said in each.

All of it counted back from a moment: the same moment gives the same year.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from bot.playground.seed import PEOPLE
from bot.sample.told import Told, person, sayings, services
from conversations.calendar import DAY, at, is_working_day, wall
from conversations.checklist import Check, Checklist
from conversations.events import Answered, Attested, Event, GapChanged, GapsAccepted, Scoped
from conversations.gaps import gaps_of
from conversations.review import Review, Verdict

ZONE = "Europe/Berlin"  # where the working day of this year is counted
SITE = "https://wiki.acme.example"
PARTLY = 0.1  # of the checklist that holds in part, beside what holds
UNSURE = 0.02  # of it that nobody knows, in a first review
CRITICAL = 0.55  # how much easier a critical check is met: people begin with those
NOTED = {Verdict.MET: 0.25, Verdict.PARTLY: 0.9, Verdict.UNMET: 0.8}
LINKED = 0.3  # of the checks that are met
ACCEPTED = timedelta(minutes=40)  # after a review, until its gaps have owners and dates
PACE = timedelta(seconds=50)  # between two answers


@dataclass(frozen=True, slots=True)
class Chapter:
    """One review: begun and held at these moments. `share` of the checklist holds by then.

    An `unfinished` one was only begun: that share of it is answered.
    """

    service: Told
    number: int  # of the service's reviews, from 0
    begun: datetime
    held: datetime
    share: float
    following: datetime | None = None  # when the service's next review is held
    unfinished: bool = False

    @property
    def newest(self) -> bool:
        """Whether no other review of the service follows."""
        return self.following is None

    def random(self, *about: object) -> Random:
        """Chance that falls the same way every time."""
        return Random(":".join(map(str, (self.service.name, *about))))  # noqa: S311 - no secret


def chapters(now: datetime) -> list[Chapter]:
    """Every review of the year before that moment, in the order in which they are held."""
    return sorted((it for told in services() for it in _of(told, now)), key=lambda it: it.held)


def answerer(chapter: Chapter, layer_number: int) -> str:
    """Who answers a layer of the service: the same person each time."""
    turned = chapter.random("people").randrange(len(PEOPLE))
    return f"slack:{PEOPLE[(layer_number + turned) % len(PEOPLE)].id}"


def scoping(checklist: Checklist, chapter: Chapter) -> Scoped:
    """What the service is like."""
    facts = {fact.id: fact.id in chapter.service.facts for fact in checklist.facts}
    by, said = person(chapter.service.owners[0]), chapter.begun + timedelta(minutes=5)
    return Scoped(by=by, at=said, facts=facts)


def talk(checklist: Checklist, chapter: Chapter, review: Review) -> Iterator[Event]:
    """What people say in the review, whose scope is known, in order.

    Layers 1 to 4 on the day on which it was begun, the others on the day on which it is held.
    """
    left = round(len(checklist.checks) * chapter.share) if chapter.unfinished else None
    moment = chapter.begun + timedelta(minutes=20)
    for layer in checklist.layers:
        by = answerer(chapter, layer.number)
        if layer.number == 5 and not chapter.unfinished:  # noqa: PLR2004 - the second half
            moment = chapter.held - 60 * PACE
        for check in layer.checks:
            known = review.answers.get(check.id)
            verdict = _verdict(chapter, check)
            if known and (known.proposed or (known.carried and known.verdict is verdict)):
                continue
            if left is not None:
                left -= 1
                if left < 0:
                    return
            moment += PACE
            yield _answered(chapter, check, verdict, by, moment)
        if any(it.id in review.answers and review.answers[it.id].carried for it in layer.checks):
            moment += PACE
            yield Attested(by=by, at=moment, layer=layer.id)


def owning(
    checklist: Checklist, chapter: Chapter, review: Review, now: datetime
) -> Iterator[Event]:
    """What people say of the gaps of the finished review: whose each is, and until when."""
    by, said = person(chapter.service.owners[0]), chapter.held + ACCEPTED
    yield GapsAccepted(by=by, at=said)
    theirs: dict[str, list[str]] = defaultdict(list)
    for check in gaps_of(checklist, review):
        theirs[answerer(chapter, checklist.layer_of[check.id].number)].append(check.id)
    for owner, checks in theirs.items():
        due = due_date(chapter, owner, now)
        yield GapChanged(by=by, at=said, checks=tuple(checks), owner=owner, due=due)


def due_date(chapter: Chapter, owner: str, now: datetime) -> datetime:
    """Until when somebody wants to have closed their gaps.

    Until the next review, and in the newest one: a few dates are past, most are to come.
    """
    chance = chapter.random("due", owner)
    if chapter.following:
        day = wall(chapter.following, ZONE).date() + chance.randrange(8, 30) * DAY
    else:
        wanted = chance.choice((-9, -3, 4, 6, 11, 16, 19, 26, 33, 40, 47, 61))
        earliest = wall(chapter.held, ZONE).date() + 10 * DAY
        day = max(wall(now, ZONE).date() + wanted * DAY, earliest)
    return at(day, time(12), "UTC")


def _answered(
    chapter: Chapter, check: Check, verdict: Verdict, by: str, moment: datetime
) -> Answered:
    said, chance = sayings()[check.id], chapter.random(check.id, chapter.number)
    noted = chance.random() < NOTED.get(verdict, 0)
    linked = verdict is Verdict.MET and (check.critical or chance.random() < LINKED)
    return Answered(
        by=by,
        at=moment,
        checks=(check.id,),
        verdict=verdict,
        note=said.notes[verdict] if noted else "",
        evidence=(f"{SITE}/{chapter.service.name}/{said.link}",) if linked else (),
    )


def _verdict(chapter: Chapter, check: Check) -> Verdict:
    """How hard the check is for the service stays; how far the service has come changes."""
    if chapter.newest and check.number in chapter.service.holes:
        return Verdict.UNMET
    hard = chapter.random(check.id).random() * (CRITICAL if check.critical else 1)
    share = 0.7 if chapter.unfinished else chapter.share
    if hard < share:
        return Verdict.MET
    if hard < share + PARTLY:
        return Verdict.PARTLY
    if chapter.number == 0 and hard < share + PARTLY + UNSURE:
        return Verdict.UNKNOWN
    return Verdict.UNMET


def _of(told: Told, now: datetime) -> Iterator[Chapter]:
    today = wall(now, ZONE).date()
    days = [_held_on(today - ago * DAY) for ago, _ in told.reviews]
    for number, (held, (_, share)) in enumerate(zip(days, told.reviews)):
        yield Chapter(
            told,
            number,
            begun=_moment(told, _working_day(held - DAY), 10),
            held=_moment(told, held, 11),
            share=share,
            following=next((_moment(told, day, 11) for day in days[number + 1 :]), None),
        )
    if told.open:
        ago, share = told.open
        begun = _moment(told, _working_day(today - ago * DAY), 10)
        yield Chapter(told, 0, begun, begun + timedelta(hours=2), share, unfinished=True)


def _moment(told: Told, day: date, hour: int) -> datetime:
    """Not all on the hour."""
    minute = Random(told.name).randrange(50)  # noqa: S311 - no secret
    return at(day, time(hour, minute), ZONE)


def _held_on(day: date) -> date:
    """A day for the second half of a review: never a Monday, which would have begun on Friday."""
    held = _working_day(day)
    return held if held.weekday() else held + DAY


def _working_day(day: date) -> date:
    """The day, or the last one before it on which people work."""
    while not is_working_day(day):
        day -= DAY
    return day
