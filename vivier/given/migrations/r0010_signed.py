"""What is signed by a code, and the codes that wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0010"
down_revision = "r0009"


def upgrade() -> None:
    """Adds the columns and the table."""
    for table in ("answers", "requests"):
        op.add_column(table, sa.Column("signed_on", sa.Date))
        op.add_column(table, sa.Column("signed_by", sa.Text))
        op.add_column(table, sa.Column("signed_hash", sa.String(64)))
    op.create_table(
        "mail_codes",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("mailbox", sa.String(64), nullable=False),
        sa.Column("sent_at", sa.Float, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
    )
