"""Figures of contracts for a supply: contracts that its structures won, and offers that reserved contracts receive."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from vivier.contracts.months import add_months
from vivier.desk.facts.remembered import on
from vivier.errors import NotFound
from vivier.law.parameters import value
from vivier.memory import Room
from vivier.search.operators import Measure, Operator, Range, Search, Terms, conjunction
from vivier.search.snapshot import Snapshot

METHOD_VERSION: Final = "experience-1"
RESERVED: Final = Terms("provisions", ("reserved",))
SOCIAL: Final = Terms("provisions", ("reserved", "criterion", "clause", "social_unspecified"))


@dataclass(frozen=True)
class Experience:
    """Contracts of the trades won in the window of ``months``: number of contracts, of structures that won them, of buyers, of
    reserved contracts, of contracts with a social consideration; ``won``: number of contracts by SIREN."""

    months: int
    contracts: int
    structures: int
    buyers: int
    reserved: int
    social: int
    won: Mapping[str, int]


@dataclass(frozen=True)
class Observed:
    """Offers received by the reserved contracts of the trades in the window. ``could``: the sum, over contracts, of the structures
    that could answer (those of the article that the contract names, else of L2113-14). Contracts that received no offer are not
    published as awarded, so the rate is too high. Contracts with a clause or a social criterion are counted apart and not in the
    rate: ordinary firms answer them too."""

    contracts: int
    offers: float
    could: float
    clause_contracts: int = 0
    clause_offers: float = 0.0

    @property
    def rate(self) -> float | None:
        """Offers divided by the structures that could answer; ``None`` when none could."""
        return self.offers / self.could if self.could > 0 else None


def indexed(snapshot: Snapshot) -> bool:
    """Whether contracts are in service. Without them experience is unknown, which is not « none »."""
    try:
        _ = snapshot.contracts
    except NotFound:
        return False
    return True


def window(as_of: date) -> Operator:
    """Matches contracts notified in the experience window, ``experience_months`` before ``as_of``."""
    first = add_months(as_of, -int(value("experience_months")))
    return Range("notified", gte=first.isoformat(), lte=as_of.isoformat())


def experience(sirens: Collection[str], trades: tuple[str, ...], as_of: date, snapshot: Snapshot) -> Experience | None:
    """The contracts that some structures won in some trades; ``None`` when no contract is indexed."""
    if not indexed(snapshot):
        return None
    key = frozenset(sirens), trades, on(snapshot, as_of, "contracts")
    return _REMEMBERED.of(key, lambda: _experience(sirens, trades, as_of, snapshot))


_REMEMBERED: Final[Room[Hashable, Experience]] = Room()


def _experience(sirens: Collection[str], trades: tuple[str, ...], as_of: date, snapshot: Snapshot) -> Experience:
    months = int(value("experience_months"))
    if not sirens:
        return Experience(months, 0, 0, 0, 0, 0, {})
    where = conjunction(Terms("holders", tuple(sorted(sirens))), Terms("trades", trades), window(as_of))
    counts = (("reserved", conjunction(where, RESERVED)), ("social", conjunction(where, SOCIAL)))
    answer, holders, buyers = snapshot.together(
        lambda: snapshot.contracts.search(Search(where=where, counts=counts, limit=0, sort=())),
        lambda: snapshot.contracts.group(where, "holders", (Measure("won"),)),
        lambda: snapshot.contracts.group(where, "buyer", (Measure("n"),)),
    )
    won = {siren: int(n) for siren, n in zip(holders.values, holders.measures["won"], strict=True) if siren in sirens}
    return Experience(
        months,
        answer.total,
        len(won),
        len(buyers.values),
        answer.counts["reserved"],
        answer.counts["social"],
        won,
    )
