"""A contract as written: every layout is brought to this form before values are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crawlers.contracts.organisations import Party

Raw = Any
"""A value as written: a text, a number, a day, nothing."""


@dataclass(slots=True)
class RawModification:
    """An amendment as written."""

    number: Raw = None
    notified: Raw = None
    published: Raw = None
    amount: Raw = None
    months: Raw = None
    holders: Sequence[Party] = ()


@dataclass(slots=True)
class RawSubcontract:
    """A subcontracting act as written."""

    party: Party
    amount: Raw = None
    months: Raw = None
    notified: Raw = None


@dataclass(slots=True)
class RawContract:
    """A contract as written: every value hashable, lists as tuples of texts or one text. ``nothing_is_none``: « Sans objet »
    declares that there is no consideration (tabular format only)."""

    source_id: str
    form: str
    kind: str = "marche"
    number: Raw = None
    buyer: Party = (None, None, None)
    buyer_place: tuple[Raw, ...] | None = None
    holders: Sequence[Party] = ()
    object: Raw = None
    cpv: Raw = None
    nature: Raw = None
    procedure: Raw = None
    techniques: Raw = None
    modalities: Raw = None
    ccag: Raw = None
    grouping: Raw = None
    framework: Raw = None
    place: tuple[Raw, Raw, Raw] | None = None
    amount: Raw = None
    months: Raw = None
    notified: Raw = None
    started: Raw = None
    published: Raw = None
    offers: Raw = None
    subcontracted: Raw = None
    innovative: Raw = None
    social: Raw = None
    environmental: Raw = None
    modifications: Sequence[RawModification] = ()
    subcontracts: Sequence[RawSubcontract] = ()
    version: Raw = None
    current: Raw = None
    nothing_is_none: bool = False
    issues: tuple[str, ...] = ()
