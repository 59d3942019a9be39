"""The tables of what people give. Keys are hashes: who reads the database can neither open a round nor answer for a structure."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    true,
)

METADATA: Final = MetaData()
_KEY: Final = String(64)

ROUNDS: Final = Table(
    "rounds",
    METADATA,
    Column("key", _KEY, primary_key=True),
    Column("opened_on", Date, nullable=False),
    Column("closes_on", Date, nullable=False),
    Column("kept_until", Date, nullable=False, index=True),
    Column("question", Text, nullable=False),
    Column("line", Integer, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("tells_amount", Boolean, nullable=False),
    Column("seed", Text, nullable=False),
    Column("withdrawn", Integer, nullable=False, default=0),
    Column("gone", Boolean, nullable=False, default=False),
    Column("trades", Text),
    Column("opener", Integer),
    Column("teaches", Boolean, nullable=False, default=True, server_default=true()),
    Column("together", _KEY, index=True),
)
"""One round. ``key``: hash of its id, the address; ``withdrawn``: structures that opposed since; ``gone``: everything else is erased;
``trades``: of its lot, as we read them; ``opener``: who opened it, as one of a few hundred (:mod:`vivier.given.lessons`); ``teaches``: its answers teach of other structures; ``together``: a hash shared by
the rounds opened together, ``NULL`` for one opened alone."""

INVITED: Final = Table(
    "invited",
    METADATA,
    Column("round", _KEY, ForeignKey("rounds.key"), primary_key=True),
    Column("structure", String(80), primary_key=True),
    Column("rank", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("kinds", Text, nullable=False),
    Column("commune", Text),
    Column("website", Text),
    Column("sirets", Text, nullable=False),
    Column("token", _KEY, nullable=False),
    Column("departement", String(3)),
    Column("silent", Boolean),
    UniqueConstraint("token"),
)
"""The structures of a round. ``rank``: in the neutral order; ``token``: hash of the one in its link; ``kinds`` and ``sirets`` are separated
by spaces, its own SIRET first; ``departement``: of its seat; ``silent``: no source gave its trade."""

ANSWERS: Final = Table(
    "answers",
    METADATA,
    Column("round", _KEY, ForeignKey("rounds.key"), primary_key=True),
    Column("structure", String(80), primary_key=True),
    Column("can", String(4), nullable=False),
    Column("given_on", Date, nullable=False),
    Column("by", String(12), nullable=False),
    Column("volume", Float),
    Column("start", Date),
    Column("together", String(12)),
    Column("article", String(20)),
    Column("why", String(8)),
    Column("teaches", Boolean, nullable=False, default=True, server_default=true()),
    Column("signed_on", Date),
    Column("signed_by", Text),
    Column("signed_hash", _KEY),
)
"""One answer a structure. There is no column for a person, nor for a free text. ``signed_hash``: of what was signed on ``signed_on``, by a code sent to
the mailbox that the register ``signed_by`` publishes (:mod:`vivier.given.signed`)."""

LEADS_REFUSED: Final = Table(
    "leads_refused",
    METADATA,
    Column("structure", String(80), primary_key=True),
    Column("lead", String(120), primary_key=True),
    Column("why", String(8), nullable=False),
    Column("given_on", Date, nullable=False),
    Column("kept_until", Date, nullable=False, index=True),
    Column("siret", String(14), nullable=False, index=True),
    Column("kinds", Text, nullable=False),
    Column("departement", String(3)),
    Column("trades", Text, nullable=False),
    Column("silent", Boolean, nullable=False),
    Column("opener", Integer),
    Column("teaches", Boolean, nullable=False, default=True, server_default=true()),
)
"""A lead that a structure set aside. ``lead``: contract or notice, with its collection; ``trades``: those of the structure that the lead is
about."""

LEAD_QUESTIONS: Final = Table(
    "lead_questions",
    METADATA,
    Column("structure", String(80), primary_key=True),
    Column("week", Date, primary_key=True),
    Column("trade", String(80), nullable=False),
    Column("text", Text, nullable=False),
    Column("answer", String(5)),
    Column("given_on", Date, nullable=False),
    Column("kept_until", Date, nullable=False, index=True),
    Column("siret", String(14), nullable=False, index=True),
    Column("kinds", Text, nullable=False),
    Column("departement", String(3)),
    Column("silent", Boolean, nullable=False),
    Column("opener", Integer),
    Column("teaches", Boolean, nullable=False, default=True, server_default=true()),
)
"""The question of a week to a structure, and its answer. ``week``: its Monday; ``text``: the question in French; ``given_on``: the day asked, then the day
answered; ``opener``: who answered."""

READINGS: Final = Table(
    "readings",
    METADATA,
    Column("words", String(200), primary_key=True),
    Column("read", String(200), primary_key=True),
    Column("chosen", String(200), primary_key=True),
    Column("times", Integer, nullable=False),
    Column("last_on", Date, nullable=False, index=True),
)
"""Corrections of readings, counted. ``words``: those of our tables that spoke for the trades read, never what was typed; ``read``, ``chosen``:
codes of trades."""

FOLLOW_UPS: Final = Table(
    "follow_ups",
    METADATA,
    Column("key", _KEY, primary_key=True),
    Column("opened_on", Date, nullable=False),
    Column("kept_until", Date, nullable=False, index=True),
    Column("lots", Integer, nullable=False, default=0),
    Column("gone", Boolean, nullable=False, default=False),
)
"""One follow-up of insertion hours. ``key``: hash of its id, the address; ``lots``: added since it was opened, withdrawn ones included, so that the
link of a withdrawn lot is never drawn again; ``gone``: everything else is erased."""

FOLLOWED_LOTS: Final = Table(
    "followed_lots",
    METADATA,
    Column("follow_up", _KEY, ForeignKey("follow_ups.key"), primary_key=True),
    Column("lot", Integer, primary_key=True),
    Column("object", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("buyer", Text, nullable=False),
    Column("basin", Text, nullable=False),
    Column("hours", Float),
    Column("start", Date, nullable=False),
    Column("months", Integer, nullable=False),
)
"""A lot of a follow-up. ``lot``: its number, from 1; ``basin``: a territory; ``hours``: due, ``NULL`` when nobody set them; ``start``: the
first day of the first month."""

FOLLOWED_COMPANIES: Final = Table(
    "followed_companies",
    METADATA,
    Column("follow_up", _KEY, ForeignKey("follow_ups.key"), primary_key=True),
    Column("lot", Integer, primary_key=True),
    Column("company", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("token", _KEY, nullable=False),
    UniqueConstraint("token"),
)
"""A company that tells the hours of a lot. ``token``: hash of the one in its link."""

FOLLOWED_HOURS: Final = Table(
    "followed_hours",
    METADATA,
    Column("follow_up", _KEY, ForeignKey("follow_ups.key"), primary_key=True),
    Column("lot", Integer, primary_key=True),
    Column("company", Integer, primary_key=True),
    Column("month", Date, primary_key=True),
    Column("hours", Float, nullable=False),
    Column("given_on", Date, nullable=False),
    Column("by", String(12), nullable=False),
)
"""The hours of a company in a month: ``month`` is its first day. A month without a row is unknown. No column is for a person."""

FOLLOWED_SHARES: Final = Table(
    "followed_shares",
    METADATA,
    Column("follow_up", _KEY, ForeignKey("follow_ups.key"), primary_key=True),
    Column("lot", Integer, primary_key=True),
    Column("quarter", Integer, primary_key=True),
    Column("what", String(12), primary_key=True),
    Column("hours", Float, nullable=False),
)
"""The hours of a quarter of a lot by public or by way. ``what``: a code of :mod:`vivier.desk.tell.follow_up`."""

REQUESTS: Final = Table(
    "requests",
    METADATA,
    Column("number", Integer, primary_key=True),
    Column("key", _KEY, nullable=False, unique=True),
    Column("kind", String(12), nullable=False),
    Column("state", String(12), nullable=False, index=True),
    Column("supplier", String(80), nullable=False),
    Column("siret", String(14), nullable=False, index=True),
    Column("finess", String(9)),
    Column("name", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("by", String(12), nullable=False),
    Column("received_on", Date, nullable=False),
    Column("decided_on", Date),
    Column("ends_on", Date),
    Column("reason", Text, nullable=False),
    Column("signed_on", Date),
    Column("signed_by", Text),
    Column("signed_hash", _KEY),
)
"""What people ask about a structure: a declaration, a report, an opposition; or the list of its members that a network sends. ``key``: hash of the id in the link of who sent it; ``content``:
JSON, erased when it is refused, withdrawn or replaced; ``by``: « form », « invitation », « network » or « operator »; ``reason``: of the operator's decision; ``signed_…``: as in :data:`ANSWERS`."""

MEMBERS: Final = Table(
    "members",
    METADATA,
    Column("request", Integer, ForeignKey("requests.number"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("siret", String(14), nullable=False, index=True),
    Column("finess", String(9)),
    Column("supplier", String(80), nullable=False),
    Column("name", Text, nullable=False),
    Column("content", Text, nullable=False),
)
"""The rows kept of the list of a network, which is a request of the kind « members ». They are erased with what the request says."""

INVITATIONS: Final = Table(
    "invitations",
    METADATA,
    Column("key", _KEY, primary_key=True),
    Column("siret", String(14), nullable=False),
    Column("network", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("used_on", Date),
)
"""Links by which a structure speaks for itself, once. ``key``: hash of the token of the link; ``network``: who vouches for it. Without a SIRET: a link
by which this network sends the list of its members."""

SHELF: Final = Table(
    "shelf",
    METADATA,
    Column("what", String(8), primary_key=True),
    Column("key", _KEY, primary_key=True),
    Column("kept_until", Date, nullable=False, index=True),
    Column("sha256", _KEY),
    Column("content", LargeBinary),
)
"""Dossiers issued and questions of studies, byte for byte. ``what``: « dossier » or « study »; ``key``: hash of its id, the address; ``sha256``:
hash of ``content``. Both are emptied once it is deleted: the row stays, so that its address can say that it existed."""

QUOTAS: Final = Table(
    "quotas",
    METADATA,
    Column("who", _KEY, primary_key=True),
    Column("what", String(12), primary_key=True),
    Column("day", Date, primary_key=True, index=True),
    Column("count", Integer, nullable=False),
)
"""What was done in a day, to bound it. ``who``: keyed hash of a client, of a mailbox or of a domain; ``what``: the kind of thing."""

GIVEN_FORMAT: Final = Table(
    "given_format",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("least", Integer, nullable=False),
)
"""One row. ``number``: the format of the tables; ``least``: the oldest format whose code may write in them (:mod:`vivier.given.migrate`)."""

JOBS: Final = Table(
    "jobs",
    METADATA,
    Column("name", String(16), primary_key=True),
    Column("began_at", String(32)),
    Column("succeeded_at", String(32)),
    Column("failed_at", String(32)),
    Column("reason", Text),
)
"""What « vivier up » does by itself: moments in ISO, UTC. ``reason``: of the last failure, in French."""
