"""Where services stand, kept with their finished reviews."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty at first: what has no row is counted. The release before knows nothing of it."""
    op.create_table(
        "standing",
        sa.Column("review_id", sa.Text(), sa.ForeignKey("review.id"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False, server_default=sa.text("'{}'")),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_standing")),
    )
