"""Dossiers issued and questions of studies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0003"
down_revision = "r0002"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "shelf",
        sa.Column("what", sa.String(8), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("kept_until", sa.Date, nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("content", sa.LargeBinary),
    )
    op.create_index("ix_shelf_kept_until", "shelf", ["kept_until"])
