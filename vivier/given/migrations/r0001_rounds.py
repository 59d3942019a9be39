"""Rounds, structures invited, answers. Databases made before migrations have some of these tables already: they are adopted as they are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0001"
down_revision = None


def upgrade() -> None:
    """Makes what is missing of the three tables."""
    op.create_table(
        "rounds",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("closes_on", sa.Date, nullable=False),
        sa.Column("kept_until", sa.Date, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("tells_amount", sa.Boolean, nullable=False),
        sa.Column("seed", sa.Text, nullable=False),
        sa.Column("withdrawn", sa.Integer, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_rounds_kept_until", "rounds", ["kept_until"], if_not_exists=True)
    op.create_table(
        "invited",
        sa.Column("round", sa.String(64), sa.ForeignKey("rounds.key"), primary_key=True),
        sa.Column("structure", sa.String(80), primary_key=True),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("commune", sa.Text),
        sa.Column("website", sa.Text),
        sa.Column("sirets", sa.Text, nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.UniqueConstraint("token"),
        if_not_exists=True,
    )
    op.create_table(
        "answers",
        sa.Column("round", sa.String(64), sa.ForeignKey("rounds.key"), primary_key=True),
        sa.Column("structure", sa.String(80), primary_key=True),
        sa.Column("can", sa.String(4), nullable=False),
        sa.Column("given_on", sa.Date, nullable=False),
        sa.Column("by", sa.String(12), nullable=False),
        sa.Column("volume", sa.Float),
        sa.Column("start", sa.Date),
        sa.Column("together", sa.String(12)),
        sa.Column("article", sa.String(20)),
        if_not_exists=True,
    )
