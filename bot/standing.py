"""Cards that should stand in a channel: owed anew when the channel comes back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot import posts
from bot.turn import Said
from conversations.checklist import Checklist
from conversations.effects import Show
from conversations.following import standing
from conversations.review import Place
from storage import cards, reviews


def restore(conn: Connection, checklist: Checklist, place: Place, now: datetime) -> frozenset[str]:
    """Owes the cards of every open review in the place; the lanes to wake."""
    lanes = set()
    for review in reviews.open_in(conn, place):
        said = Said(key="", by=review.started_by, at=now)
        for effect in standing(checklist, review):
            if isinstance(effect, Show):
                lanes.add(posts.show(conn, review, effect.slot, said, now))
    return frozenset(lanes)


def repost(conn: Connection, checklist: Checklist, now: datetime) -> frozenset[str]:
    """Owes every open review's cards as new messages, where the old ones are lost for good

    (a local workspace that was started anew); the lanes to wake.
    """
    lanes: frozenset[str] = frozenset()
    places = {review.place for review in reviews.latest_of_all(conn) if review.open}
    for review in reviews.latest_of_all(conn):
        cards.forget(conn, review.id)
    for place in places:
        lanes |= restore(conn, checklist, place, now)
    return lanes
