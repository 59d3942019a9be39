"""Notices and planned purchases: what a buyer announces, one entry a lot."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from vivier.model.base import Model
from vivier.model.contract import BuyerPlace, Organisation, ProvisionEvidence
from vivier.model.provenance import Provenance

NoticeSource = Literal["boamp", "ted", "approch"]


class AwardCriterion(Model):
    """An award criterion as written; ``weight`` as published, its unit is the notice's."""

    name: str
    kind: str | None = None
    weight: float | None = None


class Notice(Model):
    """One lot of a notice, or the notice itself when it has no lots; or one planned purchase (``nature`` « project »).

    ``source_id`` is stable: notice number and lot. ``folder`` links BOAMP and TED (ContractFolderID); ``follows`` are the
    numbers of the notices this one corrects, cancels or awards. ``deadline`` is the last moment for offers (UTC).
    ``planned`` is the planned publication of a project. ``nuts`` and ``departements`` are codes as published; ``national``
    when every département is named. Amounts are euros, taxes excluded; durations months.
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
    title: str
    description: str | None = None
    cpv: tuple[str, ...] = ()
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
    evidence: tuple[ProvisionEvidence, ...] = ()
    wanted_inclusive: bool | None = None
    issues: tuple[str, ...] = ()
