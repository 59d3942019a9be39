"""Insertion hours that holders tell, month by month and by link: follow-ups, their lots, the companies, the hours. Rounds opened together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0009"
down_revision = "r0008"


def upgrade() -> None:
    """Adds the column, makes the tables."""
    op.add_column("rounds", sa.Column("together", sa.String(64)))
    op.create_index("ix_rounds_together", "rounds", ["together"])
    op.create_table(
        "follow_ups",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("kept_until", sa.Date, nullable=False),
        sa.Column("lots", sa.Integer, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
    )
    op.create_index("ix_follow_ups_kept_until", "follow_ups", ["kept_until"])
    op.create_table(
        "followed_lots",
        sa.Column("follow_up", sa.String(64), sa.ForeignKey("follow_ups.key"), primary_key=True),
        sa.Column("lot", sa.Integer, primary_key=True),
        sa.Column("object", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("buyer", sa.Text, nullable=False),
        sa.Column("basin", sa.Text, nullable=False),
        sa.Column("hours", sa.Float),
        sa.Column("start", sa.Date, nullable=False),
        sa.Column("months", sa.Integer, nullable=False),
    )
    op.create_table(
        "followed_companies",
        sa.Column("follow_up", sa.String(64), sa.ForeignKey("follow_ups.key"), primary_key=True),
        sa.Column("lot", sa.Integer, primary_key=True),
        sa.Column("company", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.UniqueConstraint("token"),
    )
    op.create_table(
        "followed_hours",
        sa.Column("follow_up", sa.String(64), sa.ForeignKey("follow_ups.key"), primary_key=True),
        sa.Column("lot", sa.Integer, primary_key=True),
        sa.Column("company", sa.Integer, primary_key=True),
        sa.Column("month", sa.Date, primary_key=True),
        sa.Column("hours", sa.Float, nullable=False),
        sa.Column("given_on", sa.Date, nullable=False),
        sa.Column("by", sa.String(12), nullable=False),
    )
    op.create_table(
        "followed_shares",
        sa.Column("follow_up", sa.String(64), sa.ForeignKey("follow_ups.key"), primary_key=True),
        sa.Column("lot", sa.Integer, primary_key=True),
        sa.Column("quarter", sa.Integer, primary_key=True),
        sa.Column("what", sa.String(12), primary_key=True),
        sa.Column("hours", sa.Float, nullable=False),
    )
