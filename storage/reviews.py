"""Reviews with their answers: loaded whole, saved by compare-and-set, found by place or service."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Text, bindparam, cast, func, select, update
from sqlalchemy.exc import IntegrityError

from conversations.effects import ROOT, Refused
from conversations.review import Answer, Gap, Place, Review, State, Verdict
from conversations.scoring import NO_GAP
from storage import assignments
from storage import gaps as stored_gaps
from storage.answers import save_answers
from storage.database import Conflict
from storage.parts import parts
from storage.prepared import Prepared
from storage.tables import ANSWER, ASSIGNMENT, CARD, REVIEW, SERVICE

KNOWN = 20_000  # answers that are remembered
_REVIEWS = select(REVIEW, SERVICE.c.name.label("service"), SERVICE.c.key.label("service_key")).join(
    SERVICE, SERVICE.c.id == REVIEW.c.service_id
)
_ONE = _REVIEWS.where(REVIEW.c.id == bindparam("id"))
_BY_ID = Prepared(_ONE)
_TO_CHANGE = Prepared(_ONE.with_for_update(of=REVIEW))  # as it is once nobody else has it locked
_BY_IDS = _REVIEWS.where(REVIEW.c.id.in_(bindparam("ids", expanding=True)))
_OF_SERVICE = _REVIEWS.where(SERVICE.c.key == bindparam("k"))
_OPEN_OF = _OF_SERVICE.where(REVIEW.c.state == State.OPEN.value)
_LATEST_OF = _OF_SERVICE.order_by(REVIEW.c.started_at.desc(), REVIEW.c.id.desc()).limit(1)
_PLACE = (
    REVIEW.c.platform == bindparam("p"),
    REVIEW.c.workspace == bindparam("w"),
    REVIEW.c.channel == bindparam("c"),
)
_OPEN_IN = _REVIEWS.where(REVIEW.c.state == State.OPEN.value, *_PLACE).order_by(REVIEW.c.started_at)
_NTH = func.row_number().over(
    partition_by=REVIEW.c.service_id, order_by=(REVIEW.c.started_at.desc(), REVIEW.c.id.desc())
)
_RANKED = select(REVIEW.c.id, _NTH.label("nth"))


def _newest(ranked: Select[Any]) -> Select[Any]:
    nth = ranked.subquery()
    newest = _REVIEWS.join(nth, nth.c.id == REVIEW.c.id).where(nth.c.nth == 1)
    return newest.order_by(SERVICE.c.key)


_LATEST = _newest(_RANKED)
# Only their own reviews are ranked: databases would rank all there are before they choose.
_LATEST_OF_SERVICES = _newest(
    _RANKED.where(REVIEW.c.service_id.in_(bindparam("ids", expanding=True)))
)
_ORDERED = select(
    *(ANSWER.c[it] for it in ("review_id", "check_id", "verdict", "by", "at", "note")),
    cast(ANSWER.c.evidence, Text).label("evidence"),
    ANSWER.c.proposed,
    ANSWER.c.carried,
).order_by(ANSWER.c.review_id, ANSWER.c.at, ANSWER.c.check_id)
_ANSWERS = _ORDERED.where(ANSWER.c.review_id.in_(bindparam("ids", expanding=True)))


_VERDICTS = {it.value: it for it in Verdict}


def _said(row: Any) -> tuple[str, str, Answer]:
    """The review and check of an answer, and the answer. Of several hundred thousand at times."""
    review_id, check_id, verdict, by, at, note, links, proposed, carried = row
    evidence = () if links == "[]" else tuple(json.loads(links))
    answer = Answer(_VERDICTS[verdict], by, at, note, evidence, proposed, carried)
    return review_id, check_id, answer


# A review is read again with each of its turns, one answer of fifty changed.
_ANSWERS_OF = Prepared(_ORDERED.where(ANSWER.c.review_id == bindparam("r")), _said, remember=KNOWN)
_ASSIGNED = select(ASSIGNMENT).where(ASSIGNMENT.c.service_id.in_(bindparam("ids", expanding=True)))
_ASSIGNED_OF = Prepared(select(ASSIGNMENT).where(ASSIGNMENT.c.service_id == bindparam("s")))
_BY_MESSAGE = select(CARD.c.review_id).where(
    CARD.c.slot == ROOT,
    CARD.c.platform == bindparam("p"),
    CARD.c.workspace == bindparam("w"),
    CARD.c.channel == bindparam("c"),
    CARD.c.message == bindparam("m"),
)
_TEXTS = select(REVIEW.c.id, REVIEW.c.texts).where(
    REVIEW.c.id.in_(bindparam("ids", expanding=True))
)
_SAVE = Prepared(
    update(REVIEW)
    .where(REVIEW.c.id == bindparam("r"), REVIEW.c.version == bindparam("known"))
    .values(version=bindparam("known") + 1)
)
_PLACE_OF = Prepared(
    select(REVIEW.c.platform, REVIEW.c.workspace, REVIEW.c.channel).where(
        REVIEW.c.id == bindparam("r")
    )
)
_SERVICE_ID = select(REVIEW.c.service_id).where(REVIEW.c.id == bindparam("r"))


def load(conn: Connection, review_id: str, *, to_change: bool = False) -> Review | None:
    """The review with its answers; None for an unknown id.

    With `to_change` whoever else wants to change it waits until this transaction ends: twelve
    people at once would otherwise run into each other's compare-and-set again and again.
    """
    rows = (_TO_CHANGE if to_change else _BY_ID).rows(conn, {"id": review_id})
    return next(iter(_whole(conn, rows)), None)


def place_of(conn: Connection, review_id: str) -> Place | None:
    """Where the review lives; None for an unknown id."""
    row = _PLACE_OF.first(conn, {"r": review_id})
    return Place(row.platform, row.workspace, row.channel) if row else None


def open_of(conn: Connection, service_key: str) -> Review | None:
    """The service's open review; there is at most one."""
    return _first(conn, _OPEN_OF, k=service_key)


def latest_of(conn: Connection, service_key: str) -> Review | None:
    """The service's newest review, open or finished; None when it has none."""
    return _first(conn, _LATEST_OF, k=service_key)


def latest_of_all(conn: Connection) -> list[Review]:
    """The newest review of every service, by the service's name."""
    return _reviews(conn, _LATEST)


def latest_of_services(conn: Connection, service_ids: Sequence[str]) -> list[Review]:
    """The newest review of each of these services, by the service's name."""
    return _reviews(conn, _LATEST_OF_SERVICES, ids=list(service_ids)) if service_ids else []


def by_ids(conn: Connection, review_ids: Sequence[str]) -> Iterator[Review]:
    """The reviews with these ids, of thousands never all at once; in no order."""
    for some in parts(review_ids):
        yield from _reviews(conn, _BY_IDS, ids=some)


def settled(conn: Connection, newest: Sequence[Review]) -> tuple[list[Review], frozenset[str]]:
    """The reviews by which services stand, and the keys of those that are being reviewed again.

    While a re-review is open its answers are still coming in: the one before it counts.
    """
    again = [it.previous for it in newest if it.open and it.previous]
    before = {it.service_key: it for it in by_ids(conn, again)}
    return [before.get(it.service_key, it) for it in newest], frozenset(before)


def open_in(conn: Connection, place: Place) -> list[Review]:
    """The open reviews of a channel, oldest first."""
    return _reviews(conn, _OPEN_IN, p=place.platform, w=place.workspace, c=place.channel)


def by_message(conn: Connection, place: Place, message: str) -> str | None:
    """The id of the review whose thread hangs under this message."""
    facts = {"p": place.platform, "w": place.workspace, "c": place.channel, "m": message}
    found: str | None = conn.execute(_BY_MESSAGE, facts).scalar()
    return found


def create(conn: Connection, review: Review, service_id: str) -> None:
    """Adds a review without answers. Raises Conflict when the service has an open one by now."""
    row = {
        "id": review.id,
        "service_id": service_id,
        "checklist": review.checklist,
        "platform": review.place.platform,
        "workspace": review.place.workspace,
        "channel": review.place.channel,
        "started_by": review.started_by,
        "started_at": review.started_at,
        "previous": review.previous,
        "scheduled": review.scheduled,
        "texts": dict(review.texts),
        "version": review.version,
        **_changing(review),
    }
    try:
        conn.execute(REVIEW.insert(), row)
    except IntegrityError as error:
        raise Conflict(review.id) from error


def save(
    conn: Connection,
    before: Review,
    after: Review,
    *,
    by: str,
    at: datetime,
) -> None:
    """Stores what changed from `before` to `after`, its answers and hand-overs included.

    Raises Conflict when the stored review is not `before` any more, Refused("newer_review") when
    one is reopened that is not the service's newest.
    """
    if after.open and not before.open:
        newest = latest_of(conn, before.service_key)
        if newest is not None and newest.id != before.id:
            raise Refused("newer_review", service=before.service)
    changes = {"r": before.id, "known": before.version, **_changing(after)}
    try:
        changed = _SAVE.run(conn, changes)
    except IntegrityError as error:
        raise Conflict(before.id) from error
    if changed != 1:
        raise Conflict(before.id)
    save_answers(conn, before, after)
    _save_assignees(conn, before, after, by, at)
    _save_gaps(conn, before, after, by, at)


def set_place(conn: Connection, review_id: str, place: Place) -> None:
    """Moves the review to another channel; turns under way there have to start again."""
    conn.execute(
        update(REVIEW)
        .where(REVIEW.c.id == review_id)
        .values(
            platform=place.platform,
            workspace=place.workspace,
            channel=place.channel,
            version=REVIEW.c.version + 1,
        )
    )


def _changing(review: Review) -> dict[str, Any]:
    return {
        "state": review.state.value,
        "finished_by": review.finished_by,
        "finished_at": review.finished_at,
        "profile": dict(review.profile),
        "ask_everything": review.ask_everything,
        "skipped": sorted(review.skipped),
        "closings": review.closings,
    }


def _save_assignees(conn: Connection, before: Review, after: Review, by: str, at: datetime) -> None:
    changed = {
        layer: person
        for layer, person in after.assignees.items()
        if before.assignees.get(layer) != person
    }
    if changed:
        service_id = conn.execute(_SERVICE_ID, {"r": after.id}).scalar_one()
        assignments.hand_over(conn, service_id, changed, by=by, at=at)


def _save_gaps(conn: Connection, before: Review, after: Review, by: str, at: datetime) -> None:
    if before.open and not after.open:  # what was said of gaps that are closed is forgotten
        closed = [key for key, it in after.answers.items() if it.verdict in NO_GAP]
        service_id = conn.execute(_SERVICE_ID, {"r": after.id}).scalar_one()
        stored_gaps.close(conn, service_id, closed)
    if after.gaps == before.gaps:
        return
    service_id = conn.execute(_SERVICE_ID, {"r": after.id}).scalar_one()
    changed = {key: gap for key, gap in after.gaps.items() if before.gaps.get(key) != gap}
    stored_gaps.put(conn, service_id, changed, by=by, at=at)
    stored_gaps.close(conn, service_id, [key for key in before.gaps if key not in after.gaps])


def _first(conn: Connection, query: Select[Any], **facts: str) -> Review | None:
    return next(iter(_reviews(conn, query, **facts)), None)


def _reviews(conn: Connection, query: Select[Any], **facts: Any) -> list[Review]:
    return _whole(conn, conn.execute(query, facts).all())


def _whole(conn: Connection, rows: Sequence[Any]) -> list[Review]:
    """The reviews of these rows, with all that belongs to them."""
    return [it for some in parts(rows) for it in _some(conn, some)]


def _some(conn: Connection, rows: Sequence[Any]) -> list[Review]:
    earlier = [row.previous for row in rows if row.previous]
    answers = _answers(conn, [*(row.id for row in rows), *earlier])
    texts = {row.id: row.texts for row in conn.execute(_TEXTS, {"ids": earlier})} if earlier else {}
    assignees: dict[str, dict[str, str]] = defaultdict(dict)
    for it in _assigned(conn, [row.service_id for row in rows]):
        assignees[it.service_id][it.layer_id] = it.person
    # What was said of gaps says nothing of an open review, whose gaps are not known yet.
    finished = [row.service_id for row in rows if row.state == State.FINISHED.value]
    gaps = stored_gaps.of(conn, finished)
    return [
        _review(
            row,
            answers[row.id],
            assignees[row.service_id],
            gaps=gaps.get(row.service_id, {}) if row.state == State.FINISHED.value else {},
            before=answers[row.previous] if row.previous else {},
            texts_before=texts.get(row.previous, {}),
        )
        for row in rows
    ]


def _assigned(conn: Connection, ids: Sequence[str]) -> Sequence[Any]:
    one = len(ids) == 1
    return (
        _ASSIGNED_OF.rows(conn, {"s": ids[0]})
        if one
        else conn.execute(_ASSIGNED, {"ids": ids}).all()
    )


def _answers(conn: Connection, ids: Sequence[str]) -> dict[str, dict[str, Answer]]:
    found: dict[str, dict[str, Answer]] = defaultdict(dict)
    one = len(ids) == 1  # the usual case; a list is spelt out at each execution
    several = () if one else conn.execute(_ANSWERS, {"ids": ids}).all()
    said = _ANSWERS_OF.rows(conn, {"r": ids[0]}) if one else map(_said, several)
    for review_id, check_id, answer in said:
        found[review_id][check_id] = answer
    return found


def _review(
    row: Any,
    answers: dict[str, Answer],
    assignees: dict[str, str],
    *,
    gaps: dict[str, Gap],
    before: dict[str, Answer],
    texts_before: dict[str, str],
) -> Review:
    return Review(
        id=row.id,
        service=row.service,
        service_key=row.service_key,
        checklist=row.checklist,
        place=Place(row.platform, row.workspace, row.channel),
        started_by=row.started_by,
        started_at=row.started_at,
        state=State(row.state),
        finished_by=row.finished_by,
        finished_at=row.finished_at,
        profile=dict(row.profile),
        ask_everything=row.ask_everything,
        answers=answers,
        skipped=frozenset(row.skipped),
        closings=row.closings,
        assignees=assignees,
        gaps=gaps,
        previous=row.previous,
        before=before,
        scheduled=row.scheduled,
        texts=dict(row.texts),
        texts_before=dict(texts_before),
        version=row.version,
    )
