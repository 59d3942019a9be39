"""Notices and planned purchases: what a buyer announces, one entry for each lot."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from vivier.law.articles import ReservedFor
from vivier.model.base import Model
from vivier.model.contract import BuyerPlace, Organisation, ProvisionEvidence
from vivier.model.provenance import Provenance

NoticeSource = Literal["boamp", "ted", "approch"]


class AwardCriterion(Model):
    """An award criterion as written; ``weight`` as published, its unit is the notice's."""

    name: str
    kind: str | None = None
    weight: float | None = None


class BuyerContact(Model):
    """Where a buyer is written to, as its notices say: its web site, the page of its consultations, the mailbox of a service. Never
    the name, the telephone or the mailbox of a person."""

    website: str | None = None
    profile: str | None = None
    mailbox: str | None = None


class Recurrence(Model):
    """Whether a buyer will buy the same again (``recurrent``), and when it expects to publish the next notice: ``text`` as written, ``first`` and
    ``last`` the days of the period that it names, ``None`` when it names none."""

    recurrent: bool
    text: str | None = None
    first: date | None = None
    last: date | None = None


class Notice(Model):
    """One lot of a notice, or the notice itself when it has no lots; or one planned purchase (``nature`` « project »).

    ``source_id`` is stable: notice number and lot. ``folder`` links BOAMP and TED (ContractFolderID); ``follows`` are the
    numbers of the notices this one corrects, cancels or awards. ``deadline`` is the last moment for offers (UTC).
    ``planned`` is the planned publication of a project. ``nuts`` and ``departements`` are codes as published; ``national``
    when every département is named. ``descriptors`` are the keywords that BOAMP files a notice under (« Espaces verts »). Amounts are euros, taxes excluded; durations months.
    """

    source_id: str
    provenance: Provenance
    source: NoticeSource
    number: str
    folder: str | None = None
    lot: str | None = None
    form: str
    nature: str
    published: date | None = None
    planned: date | None = None
    deadline: datetime | None = None
    follows: tuple[str, ...] = ()
    buyer: Organisation
    buyer_place: BuyerPlace | None = None
    buyer_contact: BuyerContact | None = None
    title: str
    description: str | None = None
    cpv: tuple[str, ...] = ()
    descriptors: tuple[str, ...] = ()
    category: str | None = None
    procedure: str | None = None
    nuts: tuple[str, ...] = ()
    departements: tuple[str, ...] = ()
    national: bool = False
    months: int | None = None
    starts: date | None = None
    ends: date | None = None
    amount_min: Annotated[float | None, Field(ge=0)] = None
    amount_max: Annotated[float | None, Field(ge=0)] = None
    criteria: tuple[AwardCriterion, ...] = ()
    conditions: str | None = None
    winners: tuple[Organisation, ...] = ()
    offers: int | None = None
    recurrence: Recurrence | None = None
    evidence: tuple[ProvisionEvidence, ...] = ()
    wanted_inclusive: bool | None = None
    issues: tuple[str, ...] = ()


class PublishedNotice(Notice):
    """A notice among the others, as indexed.

    ``key`` is its stable public id. ``status`` is what later notices made of it (``corrected``, ``cancelled``, ``awarded``),
    ``None`` when nothing did: whether a call is still open depends on the day and is never stored. ``settled`` is the day of
    the first notice that took it out of the open ones. ``linked`` are the keys of
    the notices it follows or is followed by; ``twin`` the key of the same notice in another journal, the one that is told.
    ``places`` (of performance) and ``buyer_seat`` are typed territories, ``reserved_for`` what its evidence names. ``seen`` is the
    day it was first read here, kept from one generation to the next, of what its source does not date (a planned purchase).
    """

    key: str
    status: Literal["corrected", "cancelled", "awarded"] | None = None
    settled: date | None = None
    linked: tuple[str, ...] = ()
    twin: str | None = None
    places: tuple[str, ...] = ()
    buyer_seat: str | None = None
    buyer_category: str | None = None
    reserved_for: tuple[ReservedFor, ...] = ()
    sources: tuple[Provenance, ...] = ()
    seen: date | None = None
