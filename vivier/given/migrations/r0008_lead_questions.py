"""The question of the week of a structure, and its answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0008"
down_revision = "r0007"


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "lead_questions",
        sa.Column("structure", sa.String(80), primary_key=True),
        sa.Column("week", sa.Date, primary_key=True),
        sa.Column("trade", sa.String(80), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("answer", sa.String(5)),
        sa.Column("given_on", sa.Date, nullable=False),
        sa.Column("kept_until", sa.Date, nullable=False),
        sa.Column("siret", sa.String(14), nullable=False),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("departement", sa.String(3)),
        sa.Column("silent", sa.Boolean, nullable=False),
        sa.Column("opener", sa.Integer),
        sa.Column("teaches", sa.Boolean, nullable=False, server_default=sa.true()),
    )
    op.create_index("ix_lead_questions_kept_until", "lead_questions", ["kept_until"])
    op.create_index("ix_lead_questions_siret", "lead_questions", ["siret"])
