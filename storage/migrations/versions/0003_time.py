"""What happens by itself: re-reviews, nudges, weekly scorecards."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PLACE = ("platform", "workspace", "channel")


def upgrade() -> None:
    _widen()
    _people_and_gaps()
    _weekly()
    _due()
    _hold()


def _widen() -> None:
    """Each with a default, so that processes of the release before may go on inserting."""
    op.add_column("service", sa.Column("every_number", sa.Integer(), nullable=True))
    op.add_column("service", sa.Column("every_unit", sa.Text(), nullable=True))
    op.add_column("service", sa.Column("every_by", sa.Text(), nullable=True))
    op.add_column("review", sa.Column("previous", sa.Text(), nullable=True))
    op.add_column("review", _flag("scheduled"))
    op.add_column(
        "review", sa.Column("texts", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
    )
    op.add_column("answer", _flag("carried"))
    op.add_column("answer_history", _flag("carried"))
    op.add_column("person", sa.Column("away_until", Utc(), nullable=True))


def _people_and_gaps() -> None:
    op.create_table(
        "gap",
        sa.Column("service_id", sa.Text(), sa.ForeignKey("service.id"), nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("due", Utc(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "check_id", name=op.f("pk_gap")),
    )
    op.create_index(op.f("ix_gap_owner"), "gap", ["owner"], unique=False)
    op.create_table(
        "snooze",
        sa.Column("service_id", sa.Text(), sa.ForeignKey("service.id"), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("until", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("service_id", "person", name=op.f("pk_snooze")),
    )
    op.create_table(
        "nudge",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
        *(sa.Column(name, sa.Text(), nullable=True) for name in PLACE),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_nudge")),
    )
    op.create_index(op.f("ix_nudge_person_at"), "nudge", ["person", "at"], unique=False)
    op.create_index(
        op.f("ix_nudge_message_channel_workspace_platform"),
        "nudge",
        ["message", "channel", "workspace", "platform"],
        unique=False,
    )
    op.create_table(
        "rung",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("rung", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("person", "subject", name=op.f("pk_rung")),
    )


def _weekly() -> None:
    op.create_table(
        "weekly",
        *(sa.Column(name, sa.Text(), nullable=False) for name in PLACE),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("minute", sa.Integer(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint(*PLACE, name=op.f("pk_weekly")),
    )
    op.create_table(
        "week",
        sa.Column("service_id", sa.Text(), sa.ForeignKey("service.id"), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False, server_default=sa.text("'{}'")),
        sa.PrimaryKeyConstraint("service_id", "day", name=op.f("pk_week")),
    )


def _due() -> None:
    op.create_table(
        "due",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", Utc(), nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due")),
    )
    op.create_index(op.f("ix_due_at_rank"), "due", ["at", "rank"], unique=False)


def _hold() -> None:
    op.create_table(
        "hold",
        *(sa.Column(name, sa.Text(), nullable=False) for name in PLACE),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("until", Utc(), nullable=False),
        sa.PrimaryKeyConstraint(*PLACE, "message", "person", name=op.f("pk_hold")),
    )


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
