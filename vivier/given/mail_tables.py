"""The tables of mail. Addresses, searches and letters are sealed with a key that the database does not hold; names are keyed hashes."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from vivier.given.tables import METADATA

__all__ = ["CODES", "METADATA", "OUTBOX", "RECIPIENTS", "REPORTERS", "SEEN", "STOPPED", "SUBSCRIPTIONS", "WRITINGS"]

_ID: Final = String(32)
_KEY: Final = String(64)

SUBSCRIPTIONS: Final = Table(
    "mail_subscriptions",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("sealed_by", String(8), nullable=False),
    Column("mailbox", _KEY, nullable=False, index=True),
    Column("subject", _KEY, nullable=False, unique=True),
    Column("stop", _KEY, nullable=False, unique=True),
    Column("token", _KEY, unique=True),
    Column("token_until", Date),
    Column("every", String(6), nullable=False),
    Column("dated", Boolean, nullable=False),
    Column("linked_on", Date, nullable=False),
    Column("links", Integer, nullable=False),
    Column("began_on", Date),
    Column("confirmed_on", Date),
    Column("next_on", Date, index=True),
    Column("turn", Integer, nullable=False),
)
"""One search that one mailbox follows. ``sealed``: its address, its search and its link to stop; ``mailbox`` and ``subject``: keyed hashes
of the address, and of the address with the search; ``stop`` and ``token``: hashes of the links that stop and that confirm; ``dated``: whether
its items have a day; ``links``: confirmation letters of ``linked_on``; ``began_on``: the first confirmation, ``confirmed_on`` the last; ``turn``: counts the times it was looked at, so that two processes cannot take the same turn."""

SEEN: Final = Table(
    "mail_seen",
    METADATA,
    Column("subscription", _ID, ForeignKey("mail_subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("item", String(24), primary_key=True),
    Column("seen_on", Date, nullable=False),
)
"""The items that a subscription was given, or that were there before it: keyed hashes."""

OUTBOX: Final = Table(
    "mail_outbox",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("of", _ID, index=True),
    Column("sealed", Text, nullable=False),
    Column("sealed_by", String(8), nullable=False),
    Column("made_at", Float, nullable=False),
    Column("state", String(8), nullable=False, index=True),
    Column("claim", _ID),
    Column("claimed_at", Float),
    Column("tries", Integer, nullable=False),
    Column("after", Float, nullable=False),
    Column("code", Integer),
)
"""One letter. ``of``: what it belongs to; ``state``: ready, sending, sent, refused, failed; ``claim``: who is sending it, since
``claimed_at``; ``after``: not before that moment; ``code``: the last reply of the relay. ``sealed`` is emptied once the letter is over."""

WRITINGS: Final = Table(
    "mail_writings",
    METADATA,
    Column("id", _ID, primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("sealed_by", String(8), nullable=False),
    Column("sender", _KEY, nullable=False, index=True),
    Column("token", _KEY, unique=True),
    Column("token_until", Date),
    Column("page", _KEY, nullable=False, unique=True),
    Column("round", _KEY),
    Column("asked_on", Date, nullable=False),
    Column("confirmed_on", Date),
    Column("remind_on", Date, index=True),
    Column("kept_until", Date, nullable=False, index=True),
    Column("held", _KEY, index=True),
)
"""What one buyer writes to several structures. ``sealed``: the buyer's address, the message, who is written to; ``sender``: keyed hash of
the address; ``token`` and ``page``: hashes of the link that confirms and of the page that follows; ``round``: key of the round it is
about; ``remind_on``: the day of its one reminder, emptied once it left; ``held``: keyed hash of whom the operator must accept before
anything leaves, empty once it left."""

RECIPIENTS: Final = Table(
    "mail_recipients",
    METADATA,
    Column("writing", _ID, ForeignKey("mail_writings.id", ondelete="CASCADE"), primary_key=True),
    Column("structure", String(80), primary_key=True),
    Column("stop", _KEY, nullable=False),
    Column("letter", _ID, index=True),
    Column("state", String(8), nullable=False),
    Column("code", Integer),
    UniqueConstraint("stop"),
)
"""One structure written to. ``stop``: hash of its link to be written to no more; ``letter``: its last letter; ``state``: of this letter,
or « stopped »; ``code``: the reply of the relay."""

STOPPED: Final = Table(
    "mail_stopped",
    METADATA,
    Column("mailbox", _KEY, primary_key=True),
    Column("stopped_on", Date, nullable=False),
    Column("why", String(8), nullable=False),
)
"""Mailboxes that get nothing more that they did not ask for: keyed hashes. ``why``: asked, or refused by the server."""

REPORTERS: Final = Table(
    "mail_reporters",
    METADATA,
    Column("request", Integer, primary_key=True, autoincrement=False),
    Column("sealed", Text, nullable=False),
    Column("sealed_by", String(8), nullable=False),
    Column("until", Date, nullable=False, index=True),
)
"""Who is to be answered about a request (its number) once it is decided. ``sealed``: the address, the link to follow the request, the name of
the structure; the row is deleted with the answer, and after ``until`` in any case."""

CODES: Final = Table(
    "mail_codes",
    METADATA,
    Column("key", _KEY, primary_key=True),
    Column("code", _KEY, nullable=False),
    Column("digest", _KEY, nullable=False),
    Column("mailbox", _KEY, nullable=False),
    Column("sent_at", Float, nullable=False),
    Column("tries", Integer, nullable=False),
)
"""The code that waits for one thing to be signed. ``code`` and ``mailbox``: keyed hashes; ``digest``: hash of what is to be signed; ``sent_at``: seconds
since 1970; ``tries``: codes typed so far. The row is deleted with the signature."""
