"""Who reported an error, or opposed, and is to be answered by mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "m0002"
down_revision = "m0001"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "mail_reporters",
        sa.Column("request", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("sealed_by", sa.String(8), nullable=False),
        sa.Column("until", sa.Date, nullable=False),
    )
    op.create_index("ix_mail_reporters_until", "mail_reporters", ["until"])
