"""Every table. SQLModel declares the schema; the migrations make it (a test holds them equal)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, MetaData, Text, false, text
from sqlmodel import Field, SQLModel

from storage.types import Utc

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Table(SQLModel):
    """What all tables share: the naming of keys and indexes."""

    metadata = MetaData(naming_convention=NAMING)


def _json(default: str) -> Any:
    return Field(sa_column=Column(JSON, nullable=False, server_default=text(f"'{default}'")))


def _when(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Utc, nullable=nullable))


def _flag() -> Any:
    """A yes or no that came into a table later: no, for the rows before."""
    return Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=false()))


def _key(target: str, *, primary: bool = False) -> Any:
    return Field(sa_column=Column(Text, ForeignKey(target), primary_key=primary, nullable=False))


def _text(*, nullable: bool = False, primary: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Text, nullable=nullable, primary_key=primary))


class ServiceRow(Table, table=True):
    """An LLM-backed system under review."""

    __tablename__ = "service"
    id: str = _text(primary=True)
    name: str = _text()
    key: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    home_platform: str = _text()
    home_workspace: str = _text()
    home_channel: str = _text()
    profile: dict[str, bool] = _json("{}")
    every_number: int | None = Field(default=None)  # re-reviewed every so many …
    every_unit: str | None = _text(nullable=True)  # … "days", "weeks" or "months"
    every_by: str | None = _text(nullable=True)
    created_at: datetime = _when()
    created_by: str = _text()
    __table_args__ = (Index(None, "home_channel", "home_workspace", "home_platform"),)


class OwnerRow(Table, table=True):
    """Who owns a service."""

    __tablename__ = "service_owner"
    service_id: str = _key("service.id", primary=True)
    person: str = _text(primary=True)
    __table_args__ = (Index(None, "person"),)


class ReviewRow(Table, table=True):
    """One pass of one service through one checklist version."""

    __tablename__ = "review"
    id: str = _text(primary=True)
    service_id: str = _key("service.id")
    checklist: str = _text()
    platform: str = _text()
    workspace: str = _text()
    channel: str = _text()
    state: str = _text()
    started_by: str = _text()
    started_at: datetime = _when()
    finished_by: str | None = _text(nullable=True)
    finished_at: datetime | None = _when(nullable=True)
    profile: dict[str, bool] = _json("{}")
    ask_everything: bool = Field(default=False)
    skipped: list[str] = _json("[]")
    closings: int = Field(default=0)
    previous: str | None = _text(nullable=True)  # the review whose answers it carries over
    scheduled: bool = _flag()  # opened by the bot, on the service's schedule
    texts: dict[str, str] = _json("{}")  # the checks' wording when it was opened, as fingerprints
    version: int = Field(default=0)
    __table_args__ = (
        Index(None, "service_id", "started_at"),
        # At most one open review a service, whatever two replicas do at once.
        Index(
            "uq_review_open_service",
            "service_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )


class AnswerRow(Table, table=True):
    """The answer that counts."""

    __tablename__ = "answer"
    review_id: str = _key("review.id", primary=True)
    check_id: str = _text(primary=True)
    verdict: str = _text()
    note: str = _text()
    evidence: list[str] = _json("[]")
    by: str = _text()
    at: datetime = _when()
    proposed: bool = Field(default=False)
    carried: bool = _flag()


class HistoryRow(Table, table=True):
    """Everything that was ever said. Triggers refuse to change or delete a row."""

    __tablename__ = "answer_history"
    id: int | None = Field(default=None, primary_key=True)
    review_id: str = _key("review.id")
    check_id: str = _text()
    verdict: str | None = _text(nullable=True)  # None: the answer was withdrawn
    note: str = _text()
    evidence: list[str] = _json("[]")
    said_by: str | None = _text(nullable=True)  # whose verdict it is
    said_at: datetime | None = _when(nullable=True)
    proposed: bool = Field(default=False)
    carried: bool = _flag()
    by: str = _text()  # who made this entry
    at: datetime = _when()
    turn_key: str = _text()
    __table_args__ = (Index(None, "review_id", "check_id"),)


class AssignmentRow(Table, table=True):
    """Who a layer of a service was handed to."""

    __tablename__ = "assignment"
    service_id: str = _key("service.id", primary=True)
    layer_id: str = _text(primary=True)
    person: str = _text()
    by: str = _text()
    at: datetime = _when()
    __table_args__ = (Index(None, "person"),)


class ScorecardRow(Table, table=True):
    """The result of a review as stored at one moment."""

    __tablename__ = "scorecard"
    review_id: str = _key("review.id", primary=True)
    closing: int = Field(primary_key=True)
    at: datetime = _when()
    data: dict[str, Any] = _json("{}")


class StandingRow(Table, table=True):
    """Where a service stands by a finished review. Counts only of that version, on that basis."""

    __tablename__ = "standing"
    review_id: str = _key("review.id", primary=True)
    version: int = Field()
    basis: str = _text()  # a fingerprint of what else it depends on
    data: dict[str, Any] = _json("{}")


class TurnRow(Table, table=True):
    """One inbound gesture handled: the audit trail, and the protection from redelivery."""

    __tablename__ = "turn"
    key: str = _text(primary=True)
    at: datetime = _when()
    person: str = _text()
    event: str = _text()
    review_id: str | None = _text(nullable=True)


class PersonRow(Table, table=True):
    """Somebody who was met on a platform."""

    __tablename__ = "person"
    id: str = _text(primary=True)
    platform: str = _text()
    name: str = _text()
    tz: str | None = _text(nullable=True)
    deleted: bool = Field(default=False)
    fetched_at: datetime | None = _when(nullable=True)
    away_until: datetime | None = _when(nullable=True)


class LaneRow(Table, table=True):
    """One sequence of posts that leave in order. Leased, not locked: a crash gives it back."""

    __tablename__ = "lane"
    id: str = _text(primary=True)
    next_at: datetime | None = _when(nullable=True)  # None: nothing is owed
    leased_until: datetime | None = _when(nullable=True)
    token: str | None = _text(nullable=True)
    __table_args__ = (Index(None, "next_at"),)


class OutboxRow(Table, table=True):
    """A post owed."""

    __tablename__ = "outbox"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    lane: str = _key("lane.id")
    kind: str = _text()
    review_id: str | None = _text(nullable=True)
    slot: str | None = _text(nullable=True)
    person: str | None = _text(nullable=True)
    platform: str | None = _text(nullable=True)
    workspace: str | None = _text(nullable=True)
    channel: str | None = _text(nullable=True)
    payload: dict[str, Any] = _json("{}")
    generation: int = Field(default=0)  # counts what was asked of one card: the newest counts
    attempts: int = Field(default=0)
    state: str = _text()
    reason: str | None = _text(nullable=True)
    created_at: datetime = _when()
    owed_since: datetime = _when()
    __table_args__ = (
        Index(
            "ix_outbox_owed",
            "lane",
            "id",
            sqlite_where=text("state = 'owed'"),
            postgresql_where=text("state = 'owed'"),
        ),
    )


class CardRow(Table, table=True):
    """Which message a card is."""

    __tablename__ = "card"
    review_id: str = _key("review.id", primary=True)
    slot: str = _text(primary=True)
    platform: str = _text()
    workspace: str = _text()
    channel: str = _text()
    message: str = _text()
    digest: str = _text()
    posted_at: datetime = _when()
    __table_args__ = (Index(None, "message", "channel", "workspace", "platform", unique=True),)


class StoppedPlaceRow(Table, table=True):
    """A channel in which nothing can be posted any more."""

    __tablename__ = "stopped_place"
    platform: str = _text(primary=True)
    workspace: str = _text(primary=True)
    channel: str = _text(primary=True)
    reason: str = _text()
    at: datetime = _when()


class ReferenceRow(Table, table=True):
    """How a conversation can be spoken to, on a platform that says so only in its requests."""

    __tablename__ = "reference"
    platform: str = _text(primary=True)
    workspace: str = _text(primary=True)
    channel: str = _text(primary=True)
    service_url: str = _text()
    bot: str = _text()
    kind: str = _text()  # "personal", "channel" or "group"
    team: str | None = _text(nullable=True)
    aad_group: str | None = _text(nullable=True)
    person: str | None = _text(nullable=True)
    seen_at: datetime = _when()
    __table_args__ = (Index(None, "team"), Index(None, "person"))


class HoldRow(Table, table=True):
    """Somebody fills in a form in a card's place: edits of that message wait."""

    __tablename__ = "hold"
    platform: str = _text(primary=True)
    workspace: str = _text(primary=True)
    channel: str = _text(primary=True)
    message: str = _text(primary=True)
    person: str = _text(primary=True)
    until: datetime = _when()


class GapRow(Table, table=True):
    """Who sees to a gap and until when, where people said so."""

    __tablename__ = "gap"
    service_id: str = _key("service.id", primary=True)
    check_id: str = _text(primary=True)
    owner: str | None = _text(nullable=True)  # None: the service's owners
    due: datetime = _when()
    by: str = _text()
    at: datetime = _when()
    __table_args__ = (Index(None, "owner"),)


class WeeklyRow(Table, table=True):
    """When a channel gets its weekly scorecard: the rule as it was said, in local time."""

    __tablename__ = "weekly"
    platform: str = _text(primary=True)
    workspace: str = _text(primary=True)
    channel: str = _text(primary=True)
    weekday: int = Field()  # 0 is Monday
    hour: int = Field()
    minute: int = Field()
    zone: str = _text()
    by: str = _text()
    at: datetime = _when()


class WeekRow(Table, table=True):
    """Where a service stood on a day of a weekly scorecard: what the next one compares with."""

    __tablename__ = "week"
    service_id: str = _key("service.id", primary=True)
    day: str = _text(primary=True)  # ISO 8601
    data: dict[str, Any] = _json("{}")


class SnoozeRow(Table, table=True):
    """Until when a person is not nudged about a service."""

    __tablename__ = "snooze"
    service_id: str = _key("service.id", primary=True)
    person: str = _text(primary=True)
    until: datetime = _when()


class NudgeRow(Table, table=True):
    """A reminder: one message to one person, and what it was about."""

    __tablename__ = "nudge"
    key: str = _text(primary=True)
    person: str = _text()
    at: datetime = _when()
    items: list[dict[str, Any]] = _json("[]")
    platform: str | None = _text(nullable=True)
    workspace: str | None = _text(nullable=True)
    channel: str | None = _text(nullable=True)
    message: str | None = _text(nullable=True)  # None: not posted yet
    digest: str = _text()
    __table_args__ = (
        Index(None, "person", "at"),
        Index(None, "message", "channel", "workspace", "platform"),
    )


class RungRow(Table, table=True):
    """How far up the ladder a person, or a service's channel, was reminded of something."""

    __tablename__ = "rung"
    person: str = _text(primary=True)
    subject: str = _text(primary=True)  # what of: a gap, or a review that is silent
    rung: str = _text()
    at: datetime = _when()


class DueRow(Table, table=True):
    """What happens next by itself to one thing, and when. Leased like a lane."""

    __tablename__ = "due"
    id: str = _text(primary=True)  # kind and subject: "weekly:slack/T1/C1"
    kind: str = _text()
    subject: str = _text()
    at: datetime = _when()
    rank: int = Field(default=0)  # of what is due at the same moment, the lowest comes first
    occurrence: str = _text()  # tells this time from the others
    why: str = _text()  # for `readiness due`
    attempts: int = Field(default=0)
    leased_until: datetime | None = _when(nullable=True)
    token: str | None = _text(nullable=True)
    __table_args__ = (Index(None, "at", "rank"),)


# The tables themselves, for statements.
SERVICE = Table.metadata.tables["service"]
OWNER = Table.metadata.tables["service_owner"]
REVIEW = Table.metadata.tables["review"]
ANSWER = Table.metadata.tables["answer"]
HISTORY = Table.metadata.tables["answer_history"]
ASSIGNMENT = Table.metadata.tables["assignment"]
SCORECARD = Table.metadata.tables["scorecard"]
STANDING = Table.metadata.tables["standing"]
TURN = Table.metadata.tables["turn"]
PERSON = Table.metadata.tables["person"]
LANE = Table.metadata.tables["lane"]
OUTBOX = Table.metadata.tables["outbox"]
CARD = Table.metadata.tables["card"]
STOPPED_PLACE = Table.metadata.tables["stopped_place"]
REFERENCE = Table.metadata.tables["reference"]
HOLD = Table.metadata.tables["hold"]
GAP = Table.metadata.tables["gap"]
WEEKLY = Table.metadata.tables["weekly"]
WEEK = Table.metadata.tables["week"]
SNOOZE = Table.metadata.tables["snooze"]
NUDGE = Table.metadata.tables["nudge"]
RUNG = Table.metadata.tables["rung"]
DUE = Table.metadata.tables["due"]
