"""Codes of signature leave: they served ten minutes. Signatures already taken stay where they are."""

from __future__ import annotations

from alembic import op

revision = "r0012"
down_revision = "r0010"


def upgrade() -> None:
    """Drops the table of codes and the letters of codes that wait."""
    op.drop_table("mail_codes")
    op.execute("DELETE FROM mail_outbox WHERE kind = 'code'")
