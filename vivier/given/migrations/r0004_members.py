"""The rows of the lists of members that networks send."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0004"
down_revision = "r0003"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "members",
        sa.Column("request", sa.Integer, sa.ForeignKey("requests.number"), primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True),
        sa.Column("siret", sa.String(14), nullable=False),
        sa.Column("finess", sa.String(9)),
        sa.Column("supplier", sa.String(80), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
    )
    op.create_index("ix_members_siret", "members", ["siret"])
