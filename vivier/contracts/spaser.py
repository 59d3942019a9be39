"""Lists the buyers whose known purchases of a year reach the amount from which a SPASER is due (CCP L2111-3).

No public list says who owes one. What a buyer spends in a year is not published either: only its contracts are, from 40,000 € on as a rule,
framework agreements at their maximum. So the list is a hint in both directions, and says what it covers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from vivier.law.parameters import value
from vivier.model.views import BuyerView
from vivier.search.operators import Exists, Measure, Not, Operator, Range, Terms, conjunction
from vivier.search.snapshot import Snapshot

METHOD_VERSION: Final = "spaser-1"
YEARS: Final = 3
"""Full years before the day that are looked at."""


@dataclass(frozen=True)
class LargeBuyer:
    """A buyer, in the year of its largest sum: ``amount`` euros HT of the contracts notified, ``frameworks`` of which are maxima of
    framework agreements, and ``contracts`` with a known amount."""

    siren: str
    record: BuyerView | None
    year: int
    amount: float
    frameworks: float
    contracts: int

    @property
    def without_frameworks(self) -> float:
        """Euros HT that are no maximum of a framework agreement."""
        return self.amount - self.frameworks


@dataclass(frozen=True)
class SpaserList:
    """The buyers, largest first. ``threshold``: euros HT a year; ``by_year``: numbers of buyers and contracts with a known amount in
    each full year looked at, which say what the list covers."""

    buyers: tuple[LargeBuyer, ...]
    threshold: float
    by_year: dict[int, tuple[int, int]]


def spaser_list(territories: tuple[str, ...], as_of: date, snapshot: Snapshot) -> SpaserList:
    """The buyers seated in one of the territories (typed ids; none: the whole country) that seem to owe a SPASER. Raises ``NotFound`` when no contract is
    indexed."""
    threshold = value("spaser_amount", as_of)
    best: dict[str, LargeBuyer] = {}
    covered: dict[int, tuple[int, int]] = {}
    for year in range(as_of.year - YEARS, as_of.year):
        found = tuple(_of_year(year, territories, snapshot))
        covered[year] = len(found), sum(buyer.contracts for buyer in found)
        for buyer in found:
            if buyer.amount >= threshold and (buyer.siren not in best or buyer.amount > best[buyer.siren].amount):
                best[buyer.siren] = buyer
    records = snapshot.buyers.get(sorted(best))
    named = (
        LargeBuyer(siren, records.get(siren), buyer.year, buyer.amount, buyer.frameworks, buyer.contracts)
        for siren, buyer in best.items()
    )
    return SpaserList(tuple(sorted(named, key=lambda buyer: (-buyer.amount, buyer.siren))), threshold, covered)


def _of_year(year: int, territories: tuple[str, ...], snapshot: Snapshot) -> Iterator[LargeBuyer]:
    """Every buyer of a year, with the sum of the known amounts of its contracts. Contracts under a framework are left out: the framework
    is counted."""
    known: tuple[Operator, ...] = (Terms("buyer_territory", territories),) if territories else ()
    days = Range("notified", gte=f"{year}-01-01", lte=f"{year}-12-31")
    where = conjunction(days, Exists("amount"), Not(Exists("parent")), *known)
    measures = (
        Measure("contracts"),
        Measure("amount", "sum", "amount"),
        Measure("frameworks", "sum", "amount", Terms("framework", ("yes",))),
    )
    found = snapshot.contracts.group(where, "buyer", measures)
    columns = (found.measures[measure.name].tolist() for measure in measures)
    for siren, contracts, amount, frameworks in zip(found.values, *columns, strict=True):
        yield LargeBuyer(siren, None, year, float(amount), float(frameworks), int(contracts))
