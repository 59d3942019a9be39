"""What buyers write waits for the operator the first time that a domain writes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "m0003"
down_revision = "m0002"


def upgrade() -> None:
    """Adds the column."""
    op.add_column("mail_writings", sa.Column("held", sa.String(64)))
    op.create_index("ix_mail_writings_held", "mail_writings", ["held"])
