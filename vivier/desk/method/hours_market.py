"""Compares the insertion hours that contracts with a clause owe in a basin, month by month, with what its structures can carry
(docs/methods.md (e)). Pure functions.

Hours are *declared* when a source states them, else *estimated* from amount, labour and cost; a contract without these is counted, with
unknown hours. A structure that publishes no staff is counted, with an unknown capacity: neither is zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final, Literal

from vivier.contracts.months import add_months
from vivier.french import integer, number, plural
from vivier.law.parameters import value

METHOD_VERSION: Final = "hours-market-1"
PARAMETERS: Final = ("hourly_cost", "effort", "labour_margin", "legal_hours", "placeable")
MONTHS: Final = 12
QUARTER: Final = 3
LEAST_KNOWN: Final = 0.5
"""Share of the structures, and of the contracts, whose figures must be known for a load to be told [ours]."""
_ALONE: Final = "la seule structure d'ici ne publie pas son effectif"
Basis = Literal["declared", "estimated"]


@dataclass(frozen=True)
class Owed:
    """Hours owed by one contract from its ``first`` day to its ``last``: least and most."""

    first: date
    last: date
    low: float
    high: float
    basis: Basis


@dataclass(frozen=True)
class Month:
    """One month from its first ``day``: hours declared, least and most estimated hours, contracts that owe them."""

    day: date
    declared: float
    low: float
    high: float
    contracts: int


@dataclass(frozen=True)
class HoursMarket:
    """The market of a basin. ``contracts``: those with a clause, ``None`` when none is indexed; ``unknown``: contracts with a clause whose hours no figure gives; ``structures``: those that may carry hours, of
    which ``staffed`` publish their staff and ``volumes`` a volume, in euros, that gives no hours; ``capacity``: hours a month, of the staff known,
    then with the median staff for the others; ``None`` when nobody publishes any."""

    months: tuple[Month, ...]
    contracts: int | None
    unknown: int
    structures: int
    staffed: int
    volumes: int
    capacity: tuple[float, float] | None

    @property
    def load(self) -> tuple[float, float] | None:
        """The least and greatest share of the capacity that the contracts of the next three months take; ``None`` when too little is known."""
        if self.capacity is None or self._why_unknown():
            return None
        quarter = self.months[:QUARTER]
        low = sum(month.declared + month.low for month in quarter) / QUARTER
        high = sum(month.declared + month.high for month in quarter) / QUARTER
        return low / self.capacity[1], high / self.capacity[0]

    @property
    def text(self) -> str:
        """« Ce trimestre, le bassin est déjà chargé à 70–110 % », or why that is unknown."""
        load = self.load
        if load is None:
            shown = " Le tableau ne compte que les heures connues." if self.contracts else ""
            return f"Part de la capacité déjà prise : inconnue, {self._why_unknown()}.{shown}"
        how = _share(*load)
        more = f", sans {plural(self.unknown, 'marché')} aux heures inconnues" if self.unknown else ""
        return f"Ce trimestre, le bassin est déjà chargé à {how} par les clauses connues{more}."

    def _why_unknown(self) -> str:
        if self.contracts is None:
            return "cette installation ne contient pas de marchés"
        if not self.structures:
            return "aucune structure connue n'a son siège ici"
        if not self.staffed:
            several = self.structures > 1
            return f"aucune des {number(self.structures)} structures ne publie son effectif" if several else _ALONE
        if self.staffed < LEAST_KNOWN * self.structures:
            return f"{number(self.staffed)} sur {plural(self.structures, 'structure')} publient leur effectif"
        if not self.contracts:
            return "aucun marché en cours avec une clause n'est publié ici"
        if self.unknown > (1 - LEAST_KNOWN) * self.contracts:
            return (
                f"{number(self.unknown)} sur {plural(self.contracts, 'marché')} n'ont ni montant ni durée utilisables"
            )
        return ""


def _share(low: float, high: float) -> str:
    """« moins de 1 % », « 56–93 % », « 110 % »: whole percents, the least rounded down and the greatest up."""
    least, most = math.floor(low * 100), math.ceil(high * 100)
    if most <= 1:
        return "moins de 1 %"
    return f"{integer(most)} %" if least == most else f"{integer(least)}–{integer(most)} %"


def hours_market(
    owed: Sequence[Owed] | None, unknown: int, staff: Sequence[float | None], volumes: int, as_of: date
) -> HoursMarket:
    """The market of twelve months from the one of ``as_of``. ``owed``: ``None`` when no contract is indexed; ``unknown``: contracts whose hours are not known; ``staff``: full-time equivalents of
    each structure, ``None`` when it publishes none."""
    known = [people for people in staff if people is not None]
    capacity = None
    if known:
        hours = value("legal_hours") / 12 * value("placeable")
        capacity = sum(known) * hours, (sum(known) + median(known) * (len(staff) - len(known))) * hours
    if capacity is not None and capacity[0] <= 0:
        capacity = None
    return HoursMarket(
        tuple(_months(owed or (), as_of)),
        None if owed is None else len(owed) + unknown,
        unknown,
        len(staff),
        len(known) if capacity else 0,
        volumes,
        capacity,
    )


def _months(owed: Sequence[Owed], as_of: date) -> Iterator[Month]:
    first = as_of.replace(day=1)
    for day in (add_months(first, n) for n in range(MONTHS)):
        running = [each for each in owed if each.first.replace(day=1) <= day <= each.last]
        shares = [(each, 1 / months_of(each.first, each.last)) for each in running]
        yield Month(
            day,
            sum(each.high * share for each, share in shares if each.basis == "declared"),
            sum(each.low * share for each, share in shares if each.basis == "estimated"),
            sum(each.high * share for each, share in shares if each.basis == "estimated"),
            len(running),
        )


def months_of(first: date, last: date) -> int:
    """The months that a contract touches: its hours are spread evenly over them, for want of a calendar."""
    return (last.year - first.year) * 12 + last.month - first.month + 1
