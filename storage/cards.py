"""Which message a card is: (review, slot) -> message, so that it is edited, not repeated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from conversations.effects import ROOT
from conversations.review import Place
from storage.prepared import Prepared
from storage.tables import CARD as T
from storage.upserts import put as put_rows


@dataclass(frozen=True, slots=True)
class Shown:
    """A card as it was last sent. `digest` empty: what it reads like there is not known."""

    message: str
    digest: str


_ONE = (T.c.review_id == bindparam("review")) & (T.c.slot == bindparam("slot"))
_FIND = Prepared(select(T.c.message, T.c.digest).where(_ONE))
_REMOVE = delete(T).where(_ONE)
_DOUBT = update(T).where(T.c.review_id == bindparam("review")).values(digest="")
_FORGET = delete(T).where(T.c.review_id == bindparam("review"))
_FORGET_THREAD = _FORGET.where(T.c.slot.not_like("scorecard:%"))
_MESSAGES = select(T.c.review_id, T.c.message).where(
    T.c.slot == bindparam("slot"), T.c.review_id.in_(bindparam("ids", expanding=True))
)
_ROOTS = select(T).where(T.c.slot == ROOT, T.c.review_id.in_(bindparam("ids", expanding=True)))
_SLOT = Prepared(
    select(T.c.review_id, T.c.slot).where(
        T.c.platform == bindparam("p"),
        T.c.workspace == bindparam("w"),
        T.c.channel == bindparam("c"),
        T.c.message == bindparam("m"),
    )
)

_POSTED_SINCE = (
    select(T.c.message)
    .where(
        T.c.platform == bindparam("p"),
        T.c.workspace == bindparam("w"),
        T.c.channel == bindparam("c"),
        T.c.posted_at > bindparam("since"),
    )
    .limit(1)
)


def find(conn: Connection, review_id: str, slot: str) -> Shown | None:
    """The message of a card; None when it is not posted."""
    row = _FIND.first(conn, {"review": review_id, "slot": slot})
    return Shown(row.message, row.digest) if row else None


def messages(conn: Connection, review_ids: Sequence[str], slot: str) -> dict[str, str]:
    """The messages of one slot of several reviews, by review id; those not posted are left out."""
    if not review_ids:
        return {}
    if len(review_ids) == 1:  # the usual case, and a list takes twice as long
        shown = find(conn, review_ids[0], slot)
        return {review_ids[0]: shown.message} if shown else {}
    rows = conn.execute(_MESSAGES, {"slot": slot, "ids": list(review_ids)})
    return {row.review_id: row.message for row in rows}


def roots(conn: Connection, review_ids: Sequence[str]) -> dict[str, tuple[Place, str]]:
    """Where the first messages of reviews stand, by review id; those not posted are left out."""
    if not review_ids:
        return {}
    rows = conn.execute(_ROOTS, {"ids": list(review_ids)})
    return {
        row.review_id: (Place(row.platform, row.workspace, row.channel), row.message)
        for row in rows
    }


def slot_of(conn: Connection, place: Place, message: str) -> tuple[str, str] | None:
    """The review id and slot of a card by its message; None for a message that is no card."""
    facts = {"p": place.platform, "w": place.workspace, "c": place.channel, "m": message}
    row = _SLOT.first(conn, facts)
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


def posted_since(conn: Connection, place: Place, since: datetime) -> bool:
    """Whether a card was posted or edited there since."""
    facts = {"p": place.platform, "w": place.workspace, "c": place.channel, "since": since}
    return conn.execute(_POSTED_SINCE, facts).first() is not None


def remove(conn: Connection, review_id: str, slot: str) -> None:
    """Forgets one card's message, which somebody deleted."""
    conn.execute(_REMOVE, {"review": review_id, "slot": slot})


def doubt(conn: Connection, review_id: str) -> None:
    """Believes no more that the review's cards stand as they were sent: each is sent anew."""
    conn.execute(_DOUBT, {"review": review_id})


def forget(conn: Connection, review_id: str) -> None:
    """Forgets all of a review's messages: its cards are posted anew."""
    conn.execute(_FORGET, {"review": review_id})


def forget_thread(conn: Connection, review_id: str) -> None:
    """Forgets the messages of a review's thread; its scorecards stand in the channel."""
    conn.execute(_FORGET_THREAD, {"review": review_id})
