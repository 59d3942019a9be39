"""Why a structure cannot do a lot: its trade, the distance, the size."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0006"
down_revision = "r0005"


def upgrade() -> None:
    """Adds the column."""
    op.add_column("answers", sa.Column("why", sa.String(8)))
