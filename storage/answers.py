"""Answers: the ones that count, and the history of everything that was ever said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select

from conversations.effects import Record
from conversations.review import Answer, Review, Verdict
from storage.prepared import Prepared
from storage.tables import ANSWER, HISTORY
from storage.upserts import put

_WITHDRAW = delete(ANSWER).where(
    ANSWER.c.review_id == bindparam("r"), ANSWER.c.check_id == bindparam("k")
)
_REMEMBER = Prepared(HISTORY.insert().inline())  # nobody asks for its number
_HISTORY = select(HISTORY).where(HISTORY.c.review_id == bindparam("r")).order_by(HISTORY.c.id)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history. `answer` None: it was withdrawn."""

    check: str
    by: str  # who made the entry; the answer's own `by` is whose verdict it is
    at: datetime
    turn_key: str
    answer: Answer | None


def save_answers(conn: Connection, before: Review, after: Review) -> None:
    """Makes the stored answers those of `after`, touching only what changed."""
    put(
        conn,
        ANSWER,
        [
            {
                "review_id": after.id,
                "check_id": check,
                "verdict": answer.verdict.value,
                "note": answer.note,
                "evidence": list(answer.evidence),
                "by": answer.by,
                "at": answer.at,
                "proposed": answer.proposed,
                "carried": answer.carried,
            }
            for check, answer in after.answers.items()
            if before.answers.get(check) != answer
        ],
    )
    gone = [check for check in before.answers if check not in after.answers]
    if gone:
        conn.execute(_WITHDRAW, [{"r": after.id, "k": check} for check in gone])


def remember(
    conn: Connection, review_id: str, records: Sequence[Record], *, turn_key: str, at: datetime
) -> None:
    """Appends to the history. Its rows can never be changed or deleted."""
    _REMEMBER.run_all(
        conn,
        [
            {
                "review_id": review_id,
                "check_id": record.check,
                "verdict": record.answer.verdict.value if record.answer else None,
                "note": record.answer.note if record.answer else "",
                "evidence": list(record.answer.evidence) if record.answer else [],
                "said_by": record.answer.by if record.answer else None,
                "said_at": record.answer.at if record.answer else None,
                "proposed": bool(record.answer and record.answer.proposed),
                "carried": bool(record.answer and record.answer.carried),
                "by": record.by,
                "at": at,
                "turn_key": turn_key,
            }
            for record in records
        ],
    )


def history(conn: Connection, review_id: str) -> list[Entry]:
    """Everything that was said in the review, in the order it was stored."""
    return [
        Entry(
            check=row.check_id,
            by=row.by,
            at=row.at,
            turn_key=row.turn_key,
            answer=Answer(
                Verdict(row.verdict),
                row.said_by,
                row.said_at,
                row.note,
                tuple(row.evidence),
                row.proposed,
                row.carried,
            )
            if row.verdict
            else None,
        )
        for row in conn.execute(_HISTORY, {"r": review_id})
    ]
