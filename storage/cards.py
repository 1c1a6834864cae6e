"""Which message a card is: (review, slot) -> message, so that it is edited, not repeated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from conversations.review import Place
from storage.tables import CARD as T
from storage.upserts import put as put_rows


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as it was last sent. `digest` empty: what it reads like there is not known."""

    message: str
    digest: str


_ONE = (T.c.review_id == bindparam("review")) & (T.c.slot == bindparam("slot"))
_FIND = select(T.c.message, T.c.digest).where(_ONE)
_REMOVE = delete(T).where(_ONE)
_FORGET = delete(T).where(T.c.review_id == bindparam("review"))
_FORGET_THREAD = _FORGET.where(T.c.slot.not_like("scorecard:%"))
_MESSAGES = select(T.c.review_id, T.c.message).where(
    T.c.slot == bindparam("slot"), T.c.review_id.in_(bindparam("ids", expanding=True))
)
_SLOT = select(T.c.review_id, T.c.slot).where(
    T.c.platform == bindparam("p"),
    T.c.workspace == bindparam("w"),
    T.c.channel == bindparam("c"),
    T.c.message == bindparam("m"),
)


def find(conn: Connection, review_id: str, slot: str) -> Shown | None:
    """The message of a card; None when it is not posted."""
    row = conn.execute(_FIND, {"review": review_id, "slot": slot}).first()
    return Shown(row.message, row.digest) if row else None


def messages(conn: Connection, review_ids: Sequence[str], slot: str) -> dict[str, str]:
    """The messages of one slot of several reviews, by review id; those not posted are left out."""
    if not review_ids:
        return {}
    rows = conn.execute(_MESSAGES, {"slot": slot, "ids": list(review_ids)})
    return {row.review_id: row.message for row in rows}


def slot_of(conn: Connection, place: Place, message: str) -> tuple[str, str] | None:
    """The review id and slot of a card by its message; None for a message that is no card."""
    facts = {"p": place.platform, "w": place.workspace, "c": place.channel, "m": message}
    row = conn.execute(_SLOT, facts).first()
    return (row.review_id, row.slot) if row else None


def put(
    conn: Connection,
    review_id: str,
    slot: str,
    place: Place,
    message: str,
    digest: str,
    at: datetime,
) -> None:
    """Remembers the message that the card is now."""
    row = {
        "review_id": review_id,
        "slot": slot,
        "platform": place.platform,
        "workspace": place.workspace,
        "channel": place.channel,
        "message": message,
        "digest": digest,
        "posted_at": at,
    }
    put_rows(conn, T, [row])


def remove(conn: Connection, review_id: str, slot: str) -> None:
    """Forgets one card's message, which somebody deleted."""
    conn.execute(_REMOVE, {"review": review_id, "slot": slot})


def forget(conn: Connection, review_id: str) -> None:
    """Forgets all of a review's messages: its cards are posted anew."""
    conn.execute(_FORGET, {"review": review_id})


def forget_thread(conn: Connection, review_id: str) -> None:
    """Forgets the messages of a review's thread; its scorecards stand in the channel."""
    conn.execute(_FORGET_THREAD, {"review": review_id})
