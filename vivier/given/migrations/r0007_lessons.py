"""What answers teach of other structures: the trades of a round; who opened a round, as one of a few hundred; the seat of a structure; leads set aside;
corrections of readings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0007"
down_revision = "r0006"


def upgrade() -> None:
    """Adds the columns and the tables."""
    op.add_column("rounds", sa.Column("trades", sa.Text))
    op.add_column("rounds", sa.Column("opener", sa.Integer))
    op.add_column("rounds", sa.Column("teaches", sa.Boolean, nullable=False, server_default=sa.true()))
    op.add_column("invited", sa.Column("departement", sa.String(3)))
    op.add_column("invited", sa.Column("silent", sa.Boolean))
    op.add_column("answers", sa.Column("teaches", sa.Boolean, nullable=False, server_default=sa.true()))
    op.create_table(
        "leads_refused",
        sa.Column("structure", sa.String(80), primary_key=True),
        sa.Column("lead", sa.String(120), primary_key=True),
        sa.Column("why", sa.String(8), nullable=False),
        sa.Column("given_on", sa.Date, nullable=False),
        sa.Column("kept_until", sa.Date, nullable=False),
        sa.Column("siret", sa.String(14), nullable=False),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("departement", sa.String(3)),
        sa.Column("trades", sa.Text, nullable=False),
        sa.Column("silent", sa.Boolean, nullable=False),
        sa.Column("opener", sa.Integer),
        sa.Column("teaches", sa.Boolean, nullable=False, server_default=sa.true()),
    )
    op.create_index("ix_leads_refused_kept_until", "leads_refused", ["kept_until"])
    op.create_index("ix_leads_refused_siret", "leads_refused", ["siret"])
    op.create_table(
        "readings",
        sa.Column("words", sa.String(200), primary_key=True),
        sa.Column("read", sa.String(200), primary_key=True),
        sa.Column("chosen", sa.String(200), primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("last_on", sa.Date, nullable=False),
    )
    op.create_index("ix_readings_last_on", "readings", ["last_on"])
