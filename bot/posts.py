"""Effects as rows of the outbox: what is owed, in which lane, under which key.

A lane is one sequence of posts that leave in order: a review's cards, one person's private
lines. A key is one message: posted at most once, whatever happens in between.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, assert_never

from sqlalchemy import Connection

from bot.report import scorecard_json
from conversations.checklist import Checklist
from conversations.effects import (
    Announce,
    Refresh,
    Refused,
    Remind,
    Show,
    Step,
    Tell,
    scorecard_slot,
)
from conversations.review import Place, Review
from conversations.scoring import Thresholds
from storage import outbox, scorecards

if TYPE_CHECKING:
    from bot.turn import Said

CARD, TELL, HOME, WEEKLY = "card", "tell", "home", "weekly"
NUDGE, LINE = "nudge", "line"


def place_key(place: Place) -> str:
    """A place in one word; `place_of` reads it."""
    return f"{place.platform}/{place.workspace}/{place.channel}"


def place_of(key: str) -> Place:
    """The place of a key. Only a channel's id may hold a slash."""
    return Place(*key.split("/", 2))


def review_lane(review_id: str) -> str:
    """The lane of a review's cards."""
    return f"review:{review_id}"


def card_key(review_id: str, slot: str) -> str:
    """The key of a card."""
    return f"{review_id}/{slot}"


def owe_effects(
    conn: Connection,
    checklist: Checklist,
    thresholds: Thresholds,
    said: Said,
    step: Step,
    now: datetime,
) -> frozenset[str]:
    """Owes what the step wants shown; the lanes in which something waits."""
    lanes = set()
    # Everywhere what is announced comes after the cards; so these can be owed together, first.
    if slots := [effect.slot for effect in step.effects if isinstance(effect, Show)]:
        lanes.add(show_all(conn, step.review, slots, said, now))
    for number, effect in enumerate(step.effects):
        match effect:
            case Show():
                continue
            case Refresh(slot):
                lane = review_lane(step.review.id)
                if outbox.touch(conn, key=card_key(step.review.id, slot), lane=lane, at=now):
                    lanes.add(lane)
            case Announce(closing):
                data = scorecard_json(checklist, step.review, thresholds)
                scorecards.store(conn, step.review.id, closing, now, data)
                lanes.add(show(conn, step.review, scorecard_slot(closing), said, now))
            case Tell():
                lanes.add(_tell(conn, said, effect, step.review, number, now))
            case Remind():
                pass  # planned by whoever keeps the step
            case _:
                assert_never(effect)
    return frozenset(lanes)


def show(conn: Connection, review: Review, slot: str, said: Said, now: datetime) -> str:
    """Owes the newest state of a card. The payload says whom to tell when it cannot be posted."""
    return show_all(conn, review, [slot], said, now)


def show_all(
    conn: Connection, review: Review, slots: Iterable[str], said: Said, now: datetime
) -> str:
    """The same of several cards."""
    lane = review_lane(review.id)
    outbox.show_cards(
        conn,
        keys={slot: card_key(review.id, slot) for slot in slots},
        lane=lane,
        kind=CARD,
        review_id=review.id,
        place=review.place,
        at=now,
        payload={"by": said.by, "respond": said.respond},
    )
    return lane


def refuse(conn: Connection, said: Said, refusal: Refused, now: datetime) -> str:
    """Owes the private line that says why nothing happened."""
    return whisper(conn, said, f"refusals.{refusal.words}", plain_facts(refusal.facts), now)


def whisper(conn: Connection, said: Said, words: str, facts: dict[str, Any], now: datetime) -> str:
    """Owes a private line where the gesture was made, or directly where that has no place."""
    payload = {"words": words, "facts": facts, "thread": said.thread, "respond": said.respond}
    return _owe(conn, said.key, said.by, said.place, payload, now)


def direct(
    conn: Connection, key: str, person: str, words: str, facts: dict[str, Any], now: datetime
) -> str:
    """Owes a direct message to somebody who did not ask for it."""
    return _owe(conn, key, person, None, {"words": words, "facts": facts}, now)


def respond(
    conn: Connection,
    key: str,
    person: str,
    address: str,
    words: str,
    facts: dict[str, Any],
    now: datetime,
) -> str:
    """Owes a line at the address that a command came with, or directly where that is of no use."""
    payload = {"words": words, "facts": facts, "respond": address}
    return _owe(conn, key, person, None, payload, now)


def answer(conn: Connection, said: Said, query: str, now: datetime) -> str:
    """Owes the private answer to a question; it is looked up when it is sent."""
    payload = {"query": query, "thread": said.thread}
    return _owe(conn, said.key, said.by, said.place, payload, now)


def home(conn: Connection, person: str, now: datetime) -> str:
    """Owes the newest state of a person's own page."""
    lane = person_lane(person)
    outbox.show(
        conn,
        key=f"home:{person}",
        lane=lane,
        kind=HOME,
        review_id=None,
        slot=None,
        place=None,
        at=now,
        payload={},
        person=person,
    )
    return lane


def nudge(conn: Connection, key: str, person: str, now: datetime) -> str:
    """Owes the newest state of a reminder, whether it was sent before or not; the lane to wake."""
    lane = person_lane(person)
    outbox.show(
        conn,
        key=key,
        lane=lane,
        kind=NUDGE,
        review_id=None,
        slot=None,
        place=None,
        at=now,
        payload={},
        person=person,
    )
    return lane


def line(
    conn: Connection,
    key: str,
    place: Place,
    words: str,
    facts: dict[str, Any],
    now: datetime,
    *,
    review_id: str | None = None,
    person: str | None = None,
) -> str:
    """Owes a line for everybody in a channel, or in a review's thread; the lane to wake.

    `person` is mentioned in it.
    """
    lane = review_lane(review_id) if review_id else f"channel:{place_key(place)}"
    outbox.owe(
        conn,
        key=key,
        lane=lane,
        kind=LINE,
        person=person,
        place=place,
        payload={"words": words, "facts": facts, "review": review_id},
        at=now,
    )
    return lane


def person_lane(person: str) -> str:
    """The lane of what one person is told."""
    return f"person:{person}"


def plain_facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as JSON keeps them: a layer as its number, title and count of checks."""
    return {
        key: {"number": value.number, "title": value.title, "checks": [None] * len(value.checks)}
        if hasattr(value, "checks")
        else value
        for key, value in facts.items()
    }


def _tell(
    conn: Connection, said: Said, tell: Tell, review: Review, number: int, now: datetime
) -> str:
    place = None if tell.direct else said.place if tell.here else review.place
    facts = tell.facts | ({"review": review.id} if tell.direct or tell.here else {})
    payload = {"words": tell.words, "facts": facts, "thread": said.thread}
    return _owe(conn, f"{said.key}:{number}", tell.person, place, payload, now)


def _owe(
    conn: Connection,
    key: str,
    person: str,
    place: Place | None,
    payload: dict[str, Any],
    now: datetime,
) -> str:
    lane = person_lane(person)
    outbox.owe(
        conn,
        key=f"tell:{key}",
        lane=lane,
        kind=TELL,
        person=person,
        place=place,
        payload=payload,
        at=now,
    )
    return lane
