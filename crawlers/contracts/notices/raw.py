"""A notice as written, whatever its layout, before it is normalised."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from crawlers.contracts.organisations import Party
from vivier.law.articles import ReservedFor
from vivier.procurement import Provision, Signal

BUYER_PROFILE = "buyer_profile"
"""The nature of a notice about the page of a buyer's consultations: it buys nothing."""
NOBODY: Party = (None, None, None)


@dataclass(frozen=True, slots=True)
class CodedProvision:
    """A provision that a coded field or a ticked box gives. ``families`` says for whom, when the code does; ``value``
    is the code as published."""

    provision: Provision
    value: str
    confidence: float
    families: tuple[ReservedFor, ...] = ()
    signal: Signal = "notice_code"


@dataclass(slots=True)
class Criterion:
    """An award criterion as written."""

    name: str
    kind: str | None = None
    weight: object = None
    more: str | None = None


@dataclass(slots=True)
class Part:
    """What a notice may say of one lot, or of the whole. ``texts`` are read for reservations and never shown."""

    number: str | None = None
    title: str | None = None
    description: str | None = None
    cpv: list[str] = field(default_factory=list)
    nuts: list[str] = field(default_factory=list)
    months: object = None
    starts: object = None
    ends: object = None
    amount_min: object = None
    amount_max: object = None
    deadline: object = None
    criteria: list[Criterion] = field(default_factory=list)
    conditions: str | None = None
    texts: list[str] = field(default_factory=list)
    coded: list[CodedProvision] = field(default_factory=list)
    winners: list[Party] = field(default_factory=list)
    offers: object = None


@dataclass(slots=True)
class RawNotice:
    """A notice as written. ``nature`` is one of our codes. ``place``: post code, town and département of the buyer; ``contact``: its
    web site, the page of its consultations, its mailbox; ``recurrence``: whether the same will be bought again, and when in words."""

    number: str | None
    form: str
    nature: str | None
    whole: Part
    lots: list[Part] = field(default_factory=list)
    folder: str | None = None
    published: object = None
    planned: object = None
    follows: list[str] = field(default_factory=list)
    buyer: Party = NOBODY
    place: tuple[str | None, str | None, str | None] = (None, None, None)
    contact: tuple[str | None, str | None, str | None] = (None, None, None)
    category: str | None = None
    procedure: str | None = None
    departements: list[str] = field(default_factory=list)
    descriptors: list[str] = field(default_factory=list)
    national: bool = False
    wanted_inclusive: bool | None = None
    recurrence: tuple[bool, str | None] | None = None
    url: str | None = None
    issues: list[str] = field(default_factory=list)


def with_inherited(part: Part, whole: Part, *, alone: bool) -> Part:
    """A lot completed by the whole notice: its own values win, and the signals and texts of the whole are not
    inherited.

    The only lot of a notice also takes the amounts of the notice (real notices write 0 for it).
    """
    inherited: dict[str, Any] = {name: getattr(part, name) or getattr(whole, name) for name in _INHERITED}
    if alone:
        inherited |= {
            name: _worth(getattr(part, name)) or getattr(whole, name) for name in ("amount_min", "amount_max")
        }
        inherited["winners"] = part.winners or whole.winners
    return replace(part, **inherited)


def _worth(amount: object) -> object:
    return None if str(amount).strip() in ("0", "0.0", "0.00", "") else amount


_INHERITED = ("title", "description", "cpv", "nuts", "deadline", "criteria", "conditions", "months", "starts", "ends")
