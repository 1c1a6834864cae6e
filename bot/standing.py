"""What should stand in a channel: owed anew when it comes back, told of when it is gone."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot import posts
from bot.turn import Said, Turns
from conversations.checklist import Checklist
from conversations.effects import GAPS, ROOT, Show, layer_slot, scorecard_slot
from conversations.following import standing
from conversations.review import Place, Review, reached
from storage import assignments, cards, gaps, outbox, people, places, reviews, services
from storage.outbox import Owed
from storage.services import Service

GONE = {"archived": "tells.archived", "not_in_channel": "tells.removed"}


def restore(
    conn: Connection,
    checklist: Checklist,
    place: Place,
    now: datetime,
    said: Said | None = None,
) -> frozenset[str]:
    """Owes the cards of every open review in the place; the lanes to wake.

    `said` is the gesture that made us look: whoever made it is told if it cannot be done.
    """
    lanes = set()
    for review in reviews.open_in(conn, place):
        by = said or Said(key="", by=review.started_by, at=now)
        cards.doubt(conn, review.id)  # somebody may have deleted one while nobody was looking
        for effect in standing(checklist, review):
            if isinstance(effect, Show):
                lanes.add(posts.show(conn, review, effect.slot, by, now))
    return frozenset(lanes)


def repost(conn: Connection, checklist: Checklist, now: datetime) -> frozenset[str]:
    """Owes every open review's cards as new messages; the lanes to wake.

    For where the old ones are lost for good: a local workspace that was started anew.
    """
    lanes: frozenset[str] = frozenset()
    places = {review.place for review in reviews.latest_of_all(conn) if review.open}
    for review in reviews.latest_of_all(conn):
        cards.forget(conn, review.id)
    for place in places:
        lanes |= restore(conn, checklist, place, now)
    return lanes


def stop(
    conn: Connection, place: Place, reason: str, now: datetime, *, but: str | None = None
) -> frozenset[str] | None:
    """Posts nothing there any more, and tells the owners of its open reviews so, directly.

    The lanes to wake; None where it is no news. `but` is somebody who is told in another way.
    """
    if not places.stop(conn, place, reason, now):
        return None
    return frozenset(
        tell_gone(conn, review, person, reason, now)
        for review in reviews.open_in(conn, place)
        for person in _owners(conn, review)
        if person != but
    )


def refused(conn: Connection, row: Owed, reason: str, now: datetime) -> frozenset[str]:
    """Posts nothing more where a row was refused, and tells the owners, and whoever asked for it.

    The lanes to wake; none where it is no news.
    """
    review = reviews.load(conn, str(row.review_id))
    address = row.payload.get("respond")
    asker = str(row.payload["by"]) if row.kind == posts.CARD and address else None
    lanes = stop(conn, row.place, reason, now, but=asker) if row.place else None
    if lanes is None or asker is None or review is None:
        return lanes or frozenset()
    words = _gone(conn, review, reason)
    key = f"gone:{row.key}:{row.generation}"
    facts = {"service": review.service}
    return lanes | {posts.respond(conn, key, asker, str(address), words, facts, now)}


def renew(conn: Connection, checklist: Checklist, review_id: str, now: datetime) -> None:
    """Owes a new thread with all its cards, where somebody deleted the message that opens it."""
    review = reviews.load(conn, review_id)
    assert review is not None  # noqa: S101 - reviews are never deleted
    cards.forget_thread(conn, review.id)
    said = Said(key="", by=review.started_by, at=now)
    for effect in standing(checklist, review):
        if isinstance(effect, Show):
            posts.show(conn, review, effect.slot, said, now)
    for number in range(1, review.closings + 1):  # they link to the thread
        key = posts.card_key(review.id, scorecard_slot(number))
        outbox.touch(conn, key=key, lane=posts.review_lane(review.id), at=now)


def tell_gone(conn: Connection, review: Review, person: str, reason: str, now: datetime) -> str:
    """Owes the direct line that the review's channel is lost; the lane to wake."""
    key = f"gone:{review.id}:{person}:{now.isoformat()}"
    words = _gone(conn, review, reason)
    return posts.direct(conn, key, person, words, {"service": review.service}, now)


def _gone(conn: Connection, review: Review, reason: str) -> str:
    """The words for this review, which may not even have been opened there."""
    opened = cards.find(conn, review.id, ROOT) is not None
    return gone(reason) if opened or reason == "archived" else "tells.not_in_channel"


def gone(reason: str) -> str:
    """The words for a channel that nothing can be posted in."""
    return GONE.get(reason, "tells.channel_gone")


def left(conn: Connection, turns: Turns, person: str, now: datetime) -> frozenset[str]:
    """Takes back the services, layers and gaps of somebody who left; their owners are told once.

    The lanes to wake.
    """
    name = people.names(conn, [person]).get(person) or person.partition(":")[2]
    layers = _by_review(conn, assignments.take_back(conn, person))
    checks = _by_review(conn, gaps.take_back(conn, person))
    lanes = {_ownerless(conn, it, person, name, now)
             for it in services.disown(conn, person) if not it.owners}  # fmt: skip
    for review in {it.id: it for it, _ in (*layers, *checks)}.values():
        if turns.reminders:
            turns.reminders.plan_for(conn, review, now)
    for review, ids in layers:
        lanes |= _layers_left(conn, turns.checklist, review, ids, (person, name), now)
    for review, ids in checks:
        lanes |= _gaps_left(conn, turns.checklist, review, ids, (person, name), now)
    return frozenset(lanes)


def _ownerless(conn: Connection, service: Service, person: str, name: str, now: datetime) -> str:
    """Owes the line that nobody owns the service any more; the lane to wake."""
    key = f"ownerless:{service.id}:{person}:{now.isoformat()}"
    facts = {"service": service.name, "name": " ".join(name.split())}
    return posts.line(conn, key, service.home, "nudge.ownerless", facts, now)


def _by_review(conn: Connection, taken: list[tuple[str, str]]) -> list[tuple[Review, list[str]]]:
    """What was taken back, by the newest review of its service."""
    found: dict[str, list[str]] = defaultdict(list)
    for service_key, it in taken:
        found[service_key].append(it)
    newest = ((reviews.latest_of(conn, key), ids) for key, ids in found.items())
    return [(review, ids) for review, ids in newest if review]


def _layers_left(
    conn: Connection,
    checklist: Checklist,
    review: Review,
    ids: list[str],
    who: tuple[str, str],
    now: datetime,
) -> set[str]:
    person, name = who
    said = Said(key="", by=person, at=now)
    lanes = set()
    for layer in (checklist.layers_by_id[it] for it in ids if it in checklist.layers_by_id):
        slots = [ROOT, *([layer_slot(layer.number)] if layer in reached(checklist, review) else [])]
        lanes |= {posts.show(conn, review, slot, said, now) for slot in slots if review.open}
        facts = {"name": name, "service": review.service, "number": layer.number,
                 "title": layer.title}  # fmt: skip
        lanes |= _told(conn, review, person, layer.id, "tells.left", facts, now)
    return lanes


def _gaps_left(
    conn: Connection,
    checklist: Checklist,
    review: Review,
    ids: list[str],
    who: tuple[str, str],
    now: datetime,
) -> set[str]:
    person, name = who
    numbers = [it.number for it in checklist.checks if it.id in ids]
    if review.open or not numbers:  # what was said of gaps counts again once it is finished
        return set()
    lane = posts.review_lane(review.id)
    shown = outbox.touch(conn, key=posts.card_key(review.id, GAPS), lane=lane, at=now)
    lanes = {lane} if shown else set()
    facts = {"name": name, "service": review.service, "numbers": numbers}
    return lanes | _told(conn, review, person, "gaps", "tells.gaps_left", facts, now)


def _told(
    conn: Connection,
    review: Review,
    person: str,
    what: str,
    words: str,
    facts: dict[str, Any],
    now: datetime,
) -> set[str]:
    """Owes the owners the line on what somebody who left has left behind; the lanes to wake."""
    return {
        posts.direct(
            conn,
            f"left:{person}:{review.id}:{what}:{owner}:{now.isoformat()}",
            owner,
            words,
            facts,
            now,
        )
        for owner in _owners(conn, review)
        if owner != person
    }


def _owners(conn: Connection, review: Review) -> tuple[str, ...]:
    service = services.find(conn, review.service_key)
    return (service.owners if service else ()) or (review.started_by,)
