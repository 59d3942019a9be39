"""Mail: subscriptions, what each was given, letters to send, what buyers write to several structures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "m0003"
down_revision = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "mail_subscriptions",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("sealed_by", sa.String(8), nullable=False),
        sa.Column("mailbox", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("stop", sa.String(64), nullable=False),
        sa.Column("token", sa.String(64)),
        sa.Column("token_until", sa.Date),
        sa.Column("every", sa.String(6), nullable=False),
        sa.Column("dated", sa.Boolean, nullable=False),
        sa.Column("linked_on", sa.Date, nullable=False),
        sa.Column("links", sa.Integer, nullable=False),
        sa.Column("began_on", sa.Date),
        sa.Column("confirmed_on", sa.Date),
        sa.Column("next_on", sa.Date),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.UniqueConstraint("subject"),
        sa.UniqueConstraint("stop"),
        sa.UniqueConstraint("token"),
    )
    op.create_index("ix_mail_subscriptions_mailbox", "mail_subscriptions", ["mailbox"])
    op.create_index("ix_mail_subscriptions_next_on", "mail_subscriptions", ["next_on"])
    op.create_table(
        "mail_seen",
        sa.Column(
            "subscription",
            sa.String(32),
            sa.ForeignKey("mail_subscriptions.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("item", sa.String(24), primary_key=True),
        sa.Column("seen_on", sa.Date, nullable=False),
    )
    op.create_table(
        "mail_outbox",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("of", sa.String(32)),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("sealed_by", sa.String(8), nullable=False),
        sa.Column("made_at", sa.Float, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("claim", sa.String(32)),
        sa.Column("claimed_at", sa.Float),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("after", sa.Float, nullable=False),
        sa.Column("code", sa.Integer),
    )
    op.create_index("ix_mail_outbox_of", "mail_outbox", ["of"])
    op.create_index("ix_mail_outbox_state", "mail_outbox", ["state"])
    op.create_table(
        "mail_writings",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("sealed_by", sa.String(8), nullable=False),
        sa.Column("sender", sa.String(64), nullable=False),
        sa.Column("token", sa.String(64)),
        sa.Column("token_until", sa.Date),
        sa.Column("page", sa.String(64), nullable=False),
        sa.Column("round", sa.String(64)),
        sa.Column("asked_on", sa.Date, nullable=False),
        sa.Column("confirmed_on", sa.Date),
        sa.Column("remind_on", sa.Date),
        sa.Column("kept_until", sa.Date, nullable=False),
        sa.Column("held", sa.String(64)),
        sa.UniqueConstraint("token"),
        sa.UniqueConstraint("page"),
    )
    for column in ("sender", "remind_on", "kept_until"):
        op.create_index(f"ix_mail_writings_{column}", "mail_writings", [column])
    op.create_table(
        "mail_recipients",
        sa.Column("writing", sa.String(32), sa.ForeignKey("mail_writings.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("structure", sa.String(80), primary_key=True),
        sa.Column("stop", sa.String(64), nullable=False),
        sa.Column("letter", sa.String(32)),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("code", sa.Integer),
        sa.UniqueConstraint("stop"),
    )
    op.create_index("ix_mail_recipients_letter", "mail_recipients", ["letter"])
    op.create_table(
        "mail_stopped",
        sa.Column("mailbox", sa.String(64), primary_key=True),
        sa.Column("stopped_on", sa.Date, nullable=False),
        sa.Column("why", sa.String(8), nullable=False),
    )
    op.create_table(
        "mail_reporters",
        sa.Column("request", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("sealed_by", sa.String(8), nullable=False),
        sa.Column("until", sa.Date, nullable=False),
    )
    op.create_index("ix_mail_reporters_until", "mail_reporters", ["until"])
    op.create_index("ix_mail_writings_held", "mail_writings", ["held"])
