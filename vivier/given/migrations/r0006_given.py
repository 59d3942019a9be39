"""What people ask, answer and keep: rounds, requests, invitations, studies, dossiers, lists of members, quotas."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0006"
down_revision = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "rounds",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("opened_on", sa.Date, nullable=False),
        sa.Column("closes_on", sa.Date, nullable=False),
        sa.Column("kept_until", sa.Date, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("tells_amount", sa.Boolean, nullable=False),
        sa.Column("seed", sa.Text, nullable=False),
        sa.Column("withdrawn", sa.Integer, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
    )
    op.create_index("ix_rounds_kept_until", "rounds", ["kept_until"])
    op.create_table(
        "invited",
        sa.Column("round", sa.String(64), sa.ForeignKey("rounds.key"), primary_key=True),
        sa.Column("structure", sa.String(80), primary_key=True),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kinds", sa.Text, nullable=False),
        sa.Column("commune", sa.Text),
        sa.Column("website", sa.Text),
        sa.Column("sirets", sa.Text, nullable=False),
        sa.Column("token", sa.String(64), nullable=False),
        sa.UniqueConstraint("token"),
    )
    op.create_table(
        "answers",
        sa.Column("round", sa.String(64), sa.ForeignKey("rounds.key"), primary_key=True),
        sa.Column("structure", sa.String(80), primary_key=True),
        sa.Column("can", sa.String(4), nullable=False),
        sa.Column("given_on", sa.Date, nullable=False),
        sa.Column("by", sa.String(12), nullable=False),
        sa.Column("volume", sa.Float),
        sa.Column("start", sa.Date),
        sa.Column("together", sa.String(12)),
        sa.Column("article", sa.String(20)),
        sa.Column("why", sa.String(8)),
    )
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
    op.create_table(
        "shelf",
        sa.Column("what", sa.String(8), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("kept_until", sa.Date, nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("content", sa.LargeBinary),
    )
    op.create_index("ix_shelf_kept_until", "shelf", ["kept_until"])
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
    op.create_table(
        "quotas",
        sa.Column("who", sa.String(64), primary_key=True),
        sa.Column("what", sa.String(12), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    op.create_index("ix_quotas_day", "quotas", ["day"])
