"""Reviews for tests: people, moments, and short ways to say what happens."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from conversations import events as happened
from conversations.cards import Card
from conversations.checklist import Check, Checklist, Fact, Layer, packaged
from conversations.dialogue import step
from conversations.effects import Effect, Refused, Step
from conversations.review import Answer, Place, Review, Verdict
from conversations.standing import Stand, Yardstick
from conversations.views import Scene, private
from conversations.wording import Plain, Wording

CHECKLIST = packaged()
ANA, BEN, CHE = "slack:UANA", "slack:UBEN", "slack:UCHE"
PEOPLE = (ANA, BEN, CHE)
NAMES = {ANA: "Ana", BEN: "Ben", CHE: "Che"}
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
THREAD = "https://acme.example/archives/C1/p1"
WORDS = Wording(Plain())
FACTS = tuple(fact.id for fact in CHECKLIST.facts)
IDS = tuple(check.id for check in CHECKLIST.checks)
CRITICAL = tuple(check.id for check in CHECKLIST.checks if check.critical)
EVERYTHING = dict.fromkeys(FACTS, True)


def at(minutes: float) -> datetime:
    """So many minutes into the review."""
    return START + timedelta(minutes=minutes)


def review(**changes: Any) -> Review:
    """A review just started; `changes` set other fields."""
    known: dict[str, Any] = {
        "id": "4f1c2a9b7d10",
        "service": "Search Assistant",
        "service_key": "search-assistant",
        "checklist": CHECKLIST.version,
        "place": Place("slack", "T1", "C1"),
        "started_by": ANA,
        "started_at": START,
    }
    return Review(**(known | changes))


def scoped_review(**changes: Any) -> Review:
    """A review in which everything applies, and the first layer is asked."""
    return review(**({"profile": EVERYTHING} | changes))


def answers(
    given: Mapping[str, Verdict] | Iterable[str], by: str = ANA, **more: Any
) -> dict[str, Answer]:
    """Answers by check id, a minute apart; of bare ids: all met."""
    verdicts = given if isinstance(given, Mapping) else dict.fromkeys(given, Verdict.MET)
    return {
        check: Answer(verdict, by, at(number), **({"note": "none here"} | more))
        for number, (check, verdict) in enumerate(verdicts.items(), 1)
    }


def scene(
    of: Review, words: Wording = WORDS, names: Mapping[str, str] = NAMES, thread: str = THREAD
) -> Scene:
    """The review as it is drawn. Everybody who has a name owns the service."""
    return Scene(CHECKLIST, of, words, names, thread, owners=tuple(names))


def stand(of: Review, *, again: bool = False, by: Yardstick = Yardstick(CHECKLIST)) -> Stand:
    """The review's service as it stands by it, counted."""
    return Stand(
        service=f"s-{of.service_key}",
        key=of.service_key,
        name=of.service,
        review=of.id,
        open=of.open,
        started_at=of.started_at,
        finished_at=of.finished_at,
        again=again,
        facts=by.facts(of),
    )


def service_table(scenes: Sequence[Scene], words: Wording, now: datetime) -> Card:
    """The table of the services of these reviews, with the links to their threads."""
    links = {it.review.id: it.thread for it in scenes}
    return private.service_table([stand(it.review) for it in scenes], CHECKLIST, words, now, links)


def gave(check: str, verdict: Verdict, by: str = ANA, minutes: float = 0, **more: Any) -> Any:
    """A verdict on one check."""
    return happened.Answered(by=by, at=at(minutes), checks=(check,), verdict=verdict, **more)


def tried(of: Review, event: happened.Event) -> Step | Refused:
    """What `step` makes of the event; it may do nothing else than these two."""
    try:
        return step(CHECKLIST, of, event)
    except Refused as refusal:
        return refusal


def after(of: Review, *said: happened.Event) -> Review:
    """The review after these events, of which none may be refused."""
    for event in said:
        of = step(CHECKLIST, of, event).review
    return of


def slots(effects: Iterable[Effect]) -> list[str]:
    """The slots of the cards that are shown or refreshed, in order."""
    return [effect.slot for effect in effects if hasattr(effect, "slot")]


def small_checklist(shape: Iterable[Iterable[bool]]) -> Checklist:
    """A checklist of one layer for each entry, with one check for each flag: is it critical?"""
    layers = tuple(
        Layer(
            number,
            f"layer-{number}",
            f"Layer {number}",
            tuple(
                Check(
                    number=f"{number}.{position}",
                    id=f"layer-{number}.check-{position}",
                    text=f"We do {number}.{position}",
                    why="It matters.",
                    verify=("Look.",),
                    evidence="A link",
                    critical=critical,
                    interval_days=90,
                    applies_if=(),
                )
                for position, critical in enumerate(checks, 1)
            ),
        )
        for number, checks in enumerate(shape, 1)
    )
    fact = Fact("rag", "Does it use retrieval?", "Yes", "No", "retrieval", "no retrieval")
    return Checklist("small-1", "Small", "us", "https://small.example", (fact,), layers)


def is_rising(numbers: Iterable[int]) -> bool:
    """Whether no number is lower than the one before."""
    return all(first <= second for first, second in pairwise(numbers))
