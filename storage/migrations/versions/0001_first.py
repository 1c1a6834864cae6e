"""Everything that the first version stores."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.types import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("answer_history", "scorecard")


def upgrade() -> None:
    op.create_table(
        "lane",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("next_at", Utc(), nullable=True),
        sa.Column("leased_until", Utc(), nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lane")),
    )
    op.create_index(op.f("ix_lane_next_at"), "lane", ["next_at"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tz", sa.Text(), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("fetched_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
    )
    op.create_table(
        "service",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("home_platform", sa.Text(), nullable=False),
        sa.Column("home_workspace", sa.Text(), nullable=False),
        sa.Column("home_channel", sa.Text(), nullable=False),
        sa.Column("profile", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("key", name=op.f("uq_service_key")),
    )
    op.create_index(
        op.f("ix_service_home_channel_home_workspace_home_platform"),
        "service",
        ["home_channel", "home_workspace", "home_platform"],
        unique=False,
    )
    op.create_table(
        "stopped_place",
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", "channel", name=op.f("pk_stopped_place")),
    )
    op.create_table(
        "turn",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_turn")),
    )
    op.create_table(
        "assignment",
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("layer_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_assignment_service_id_service")
        ),
        sa.PrimaryKeyConstraint("service_id", "layer_id", name=op.f("pk_assignment")),
    )
    op.create_index(op.f("ix_assignment_person"), "assignment", ["person"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=True),
        sa.Column("slot", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("workspace", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=True),
        sa.Column("payload", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("owed_since", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["lane"], ["lane.id"], name=op.f("fk_outbox_lane_lane")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index(
        "ix_outbox_owed",
        "outbox",
        ["lane", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'owed'"),
        postgresql_where=sa.text("state = 'owed'"),
    )
    op.create_table(
        "review",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("checklist", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("finished_by", sa.Text(), nullable=True),
        sa.Column("finished_at", Utc(), nullable=True),
        sa.Column("profile", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("ask_everything", sa.Boolean(), nullable=False),
        sa.Column("skipped", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("closings", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_review_service_id_service")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(
        op.f("ix_review_service_id_started_at"),
        "review",
        ["service_id", "started_at"],
        unique=False,
    )
    op.create_index(
        "uq_review_open_service",
        "review",
        ["service_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "service_owner",
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_service_owner_service_id_service")
        ),
        sa.PrimaryKeyConstraint("service_id", "person", name=op.f("pk_service_owner")),
    )
    op.create_index(op.f("ix_service_owner_person"), "service_owner", ["person"], unique=False)
    op.create_table(
        "answer",
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("proposed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_answer_review_id_review")
        ),
        sa.PrimaryKeyConstraint("review_id", "check_id", name=op.f("pk_answer")),
    )
    op.create_table(
        "answer_history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("said_by", sa.Text(), nullable=True),
        sa.Column("said_at", Utc(), nullable=True),
        sa.Column("proposed", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("turn_key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_answer_history_review_id_review")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_history")),
    )
    op.create_index(
        op.f("ix_answer_history_review_id_check_id"),
        "answer_history",
        ["review_id", "check_id"],
        unique=False,
    )
    op.create_table(
        "card",
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("workspace", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("posted_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_card_review_id_review")
        ),
        sa.PrimaryKeyConstraint("review_id", "slot", name=op.f("pk_card")),
    )
    op.create_index(
        op.f("ix_card_message_channel_workspace_platform"),
        "card",
        ["message", "channel", "workspace", "platform"],
        unique=True,
    )
    op.create_table(
        "scorecard",
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("closing", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("data", sa.JSON(), server_default=sa.text("'{}'"), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["review.id"], name=op.f("fk_scorecard_review_id_review")
        ),
        sa.PrimaryKeyConstraint("review_id", "closing", name=op.f("pk_scorecard")),
    )
    for table in APPEND_ONLY:
        _refuse_changes(table)


def _refuse_changes(table: str) -> None:
    """What people said and what a review came to are facts: the database itself keeps them."""
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
    )
