"""What one client, or one mailbox, did in a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0005"
down_revision = "r0004"


def upgrade() -> None:
    """Makes the table."""
    op.create_table(
        "quotas",
        sa.Column("who", sa.String(64), primary_key=True),
        sa.Column("what", sa.String(12), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_index("ix_quotas_day", "quotas", ["day"])
