"""Figures of contracts for some trades: contracts that their structures won, amounts bought in each territory, offers that
reserved contracts receive. The engine counts everything; no record of a contract is read."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final

import numpy as np

from vivier.arrays import Mask, Positions, mask_of
from vivier.contracts.status import not_renewed
from vivier.desk.facts.experience import RESERVED, SOCIAL, Observed, indexed, window
from vivier.desk.facts.pairs import Pairs
from vivier.desk.facts.remembered import on
from vivier.desk.method.depth import Demand, Won
from vivier.law.articles import ARTICLE_OF_FAMILY
from vivier.law.parameters import value
from vivier.memory import Room
from vivier.search.operators import AnyOf, Exists, Measure, Not, Operator, Range, Terms, conjunction
from vivier.search.port import Groups, Members
from vivier.search.snapshot import Snapshot
from vivier.territory import Territory

LEAST_MEDIAN: Final = 20
_NO_CHILD: Final = Not(Exists("parent"))
_PRICED: Final = Range("annual_amount", gte=0.01)
_CLAUSE: Final = conjunction(Terms("provisions", ("clause", "criterion")), Not(RESERVED))
WIDEST: Final = "L2113-14"
_NO_BUYER: Final = -1
_NO_DEMAND: Final = Demand(0.0, 0.0, 0, 0)
_DEMANDS: Final[Room[Hashable, dict[str, Demand]]] = Room()
"""Of a map of a thousand territories, about half a megabyte."""


@dataclass(frozen=True)
class Wins:
    """Contracts that structures won, by number from 0. ``place``: of each winner, by SIREN; ``ends``: where the contracts of each
    winner end in ``contracts``; and of each contract its buyer, and whether it was reserved and had a social consideration."""

    place: Mapping[str, int]
    ends: Positions
    contracts: Positions
    buyer: Positions
    reserved: Mask
    social: Mask

    def of_each(self, territories: int, places: Positions, sirens: Sequence[str]) -> list[Won]:
        """Counts of the contracts of the structures of each territory, each contract once. ``places``: the territory of each of ``sirens``."""
        winners = np.array([self.place.get(siren, -1) for siren in sirens], np.intp)
        places, winners = places[winners >= 0], winners[winners >= 0]
        starts = np.concatenate([[0], self.ends])
        sizes = starts[winners + 1] - starts[winners]
        before = np.cumsum(sizes) - sizes
        won = self.contracts[np.arange(int(sizes.sum())) + np.repeat(starts[winners] - before, sizes)]
        each = Pairs.of(np.repeat(places, sizes), won, max(len(self.buyer), 1))
        bought = each.having(self.buyer != _NO_BUYER).by(self.buyer, int(self.buyer.max(initial=0)) + 1)
        columns = (
            each.counts(territories),
            np.bincount(places, minlength=territories).tolist(),
            bought.counts(territories),
            each.having(self.reserved).counts(territories),
            each.having(self.social).counts(territories),
        )
        return [Won(*figures) for figures in zip(*columns, strict=True)]


@dataclass(frozen=True)
class TradeContracts:
    """The contracts of some trades, on a snapshot where contracts are indexed (:func:`indexed`)."""

    snapshot: Snapshot
    trades: tuple[str, ...]
    as_of: date

    def _where(self, *more: Operator) -> Operator:
        return conjunction(Terms("trades", self.trades), *more)

    def wins(self, sirens: Collection[str]) -> Wins:
        """The contracts that some structures won in the window."""
        where = self._where(window(self.as_of), Terms("holders", tuple(sorted(sirens))))
        by_siren, by_buyer, *by_mark = self.snapshot.together(
            lambda: self._members(where, "holders", sirens),
            lambda: self._members(where, "buyer"),
            *(partial(self.snapshot.contracts.members, where, mark.field, mark.values) for mark in (RESERVED, SOCIAL)),
        )
        buyer = np.full(len(by_siren.documents), _NO_BUYER)
        bought = by_buyer.among_those_of(by_siren)
        buyer[bought[bought >= 0]] = by_buyer.value_of[bought >= 0]
        return Wins(
            {siren: at for at, siren in enumerate(by_siren)},
            np.searchsorted(by_siren.value_of, np.arange(len(by_siren)), side="right"),
            by_siren.among_those_of(by_siren),
            buyer,
            *(_marked(found, by_siren) for found in by_mark),
        )

    def _members(self, where: Operator, by: str, among: Collection[str] | None = None) -> Members:
        """Contracts by value of a field: every value, or those ``among`` some."""
        values = self.snapshot.contracts.group(where, by, ()).values
        wanted = values if among is None else tuple(sorted(set(values).intersection(among)))
        return self.snapshot.contracts.members(where, by, wanted)

    def demand(self, territories: Iterable[Territory]) -> dict[str, Demand]:
        """Amounts bought in each territory, read once for a generation and a day. A contract under a framework is left out because the framework is counted, and so is a
        contract that another has renewed: they would count twice."""
        ids = tuple(territory.id for territory in territories)
        key = self.trades, ids, on(self.snapshot, self.as_of, "contracts")
        return _DEMANDS.of(key, lambda: self._demand(ids))

    def _demand(self, ids: tuple[str, ...]) -> dict[str, Demand]:
        day = self.as_of.isoformat()
        running = conjunction(Range("notified", lte=day), Range("ends", gte=day), not_renewed(self.as_of))
        awarded = window(self.as_of)
        measures = (
            Measure("contracts", where=running),
            Measure("priced", where=conjunction(running, _PRICED)),
            Measure("annual", "sum", "annual_amount", running),
            Measure("frameworks", "sum", "annual_amount", conjunction(running, Terms("framework", ("yes",)))),
            Measure("awarded", where=conjunction(awarded, _PRICED)),
            Measure("median", "median", "annual_amount", conjunction(awarded, _PRICED)),
        )
        where = self._where(AnyOf((running, awarded)), _NO_CHILD)
        found = self.snapshot.contracts.group(where, "territory", measures, among=ids)
        at = {id_: place for place, id_ in enumerate(found.values)}
        return {id_: _demand(found, at[id_]) if id_ in at else _NO_DEMAND for id_ in ids}

    def offers(self) -> Groups:
        """Offers received by département: for reserved contracts, by article of the family of structures that they name; and for
        contracts with a clause."""
        measures = [
            measure
            for article, of in _reserved_by_article().items()
            for measure in (
                Measure(f"n {article}", where=of),
                Measure(f"offers {article}", "sum", "offers", of),
            )
        ]
        clause = (Measure("n clause", where=_CLAUSE), Measure("offers clause", "sum", "offers", _CLAUSE))
        where = self._where(Range("offers", gte=1), window(self.as_of), AnyOf((RESERVED, _CLAUSE)))
        return self.snapshot.contracts.group(where, "departement", (*measures, *clause))


def _demand(found: Groups, place: int) -> Demand:
    """What is bought, amounts to the cent: engines add in different orders."""
    measured = {name: round(float(figures[place]), 2) for name, figures in found.measures.items()}
    known = not measured["contracts"] or measured["priced"]
    return Demand(
        annual=measured["annual"] if known else None,
        frameworks=measured["frameworks"],
        contracts=int(measured["contracts"]),
        priced=int(measured["priced"]),
        awarded=int(measured["awarded"]),
        median=measured["median"] if measured["awarded"] >= LEAST_MEDIAN else None,
    )


def _reserved_by_article() -> dict[str, Operator]:
    """The operator of reserved contracts for each article: that of the single family that they name, or :data:`WIDEST` for the
    contracts that name no family or several."""
    named = {code: Terms("reserved_for", (code,)) for code in (*ARTICLE_OF_FAMILY, "unknown")}
    only: dict[str, Operator] = {
        article: conjunction(RESERVED, named[code], *(Not(other) for name, other in named.items() if name != code))
        for code, article in ARTICLE_OF_FAMILY.items()
        if code != "PRISON"
    }
    return {**only, WIDEST: conjunction(RESERVED, *(Not(operator) for operator in only.values()), Not(named["PRISON"]))}


def observed_offers(found: Groups, could: Mapping[str, Mapping[str, int]] | None) -> Observed:
    """Adds up the groups of :meth:`TradeContracts.offers`. ``could``: number of structures by article and département. With it,
    contracts that no structure could answer are left out; it is ``None`` when contracts are too few to read suppliers."""
    contracts, offers, answering = 0, 0.0, 0.0
    for article in _reserved_by_article():
        counts, received = found.measures[f"n {article}"], found.measures[f"offers {article}"]
        some = np.ones(len(counts), np.bool_)
        if could is not None:
            able = np.array([could[article].get(place, 0) for place in found.values], np.float64)
            some = able > 0
            answering += float((counts * able)[some].sum())
        contracts, offers = contracts + int(counts[some].sum()), offers + float(received[some].sum())
    clause = int(found.measures["n clause"].sum()), float(found.measures["offers clause"].sum())
    return Observed(contracts, offers, answering, *clause)


def enough(observed: Observed) -> bool:
    """Whether there are enough contracts to calibrate a response rate."""
    return observed.contracts >= value("calibration_contracts")


__all__ = ["TradeContracts", "Wins", "enough", "indexed", "observed_offers"]


def _marked(found: Members, among: Members) -> Mask:
    """Which of the documents ``among`` some are found."""
    at = found.among_those_of(among)
    return mask_of(len(among.documents), at[at >= 0])
