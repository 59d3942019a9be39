"""The queue of what people ask about a structure, and the invitations by which a structure speaks for itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0002"
down_revision = "r0001"


def upgrade() -> None:
    """Makes the two tables."""
    op.create_table(
        "requests",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("supplier", sa.String(80), nullable=False),
        sa.Column("siret", sa.String(14), nullable=False),
        sa.Column("finess", sa.String(9)),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("by", sa.String(12), nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("decided_on", sa.Date),
        sa.Column("ends_on", sa.Date),
        sa.Column("reason", sa.Text, nullable=False),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_requests_state", "requests", ["state"])
    op.create_index("ix_requests_siret", "requests", ["siret"])
    op.create_table(
        "invitations",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("siret", sa.String(14), nullable=False),
        sa.Column("network", sa.Text, nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("expires_on", sa.Date, nullable=False),
        sa.Column("used_on", sa.Date),
    )
