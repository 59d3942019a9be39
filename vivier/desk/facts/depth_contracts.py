"""Figures of contracts for some trades: contracts that their structures won, amounts bought in each territory, offers that
reserved contracts receive. The engine counts everything; no record of a contract is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain
from typing import Final

import numpy as np

from vivier.contracts.status import not_renewed
from vivier.desk.facts.experience import RESERVED, SOCIAL, Observed, indexed, window
from vivier.desk.method.depth import Demand, Won
from vivier.engine.embedded.bits import Mask, Positions, mask_of
from vivier.engine.port import Groups, Members
from vivier.engine.snapshot import Snapshot
from vivier.law.articles import ARTICLE_OF_FAMILY
from vivier.law.parameters import value
from vivier.search.operators import AnyOf, Exists, Measure, Not, Operator, Range, Terms, conjunction
from vivier.territory import Territory

LEAST_MEDIAN: Final = 20
_NO_CHILD: Final = Not(Exists("parent"))
_PRICED: Final = Range("annual_amount", gte=0.01)
_CLAUSE: Final = conjunction(Terms("provisions", ("clause", "criterion")), Not(RESERVED))
WIDEST: Final = "L2113-14"
_NO_BUYER: Final = -1
_NO_DEMAND: Final = Demand(0.0, 0.0, 0, 0)


@dataclass(frozen=True)
class Wins:
    """Contracts that structures won, as numbers from 0 to ``count`` excluded: those of each SIREN, of each buyer, the reserved ones, those with a
    social consideration. A map adds them up for a thousand territories: sets of numbers are joined ten times sooner than sets of ids."""

    count: int
    by_siren: Mapping[str, Positions]
    buyer: Positions
    reserved: Mask
    social: Mask

    def of(self, sirens: Iterable[str]) -> Won:
        """Counts of the contracts of some structures, each contract once."""
        won = [self.by_siren[siren] for siren in sirens if siren in self.by_siren]
        if not won:
            return Won(0, 0, 0, 0, 0)
        contracts = mask_of(self.count, np.concatenate(won))
        buyers = self.buyer[contracts]
        return Won(
            int(np.count_nonzero(contracts)),
            len(won),
            len(np.unique(buyers[buyers != _NO_BUYER])),
            int(np.count_nonzero(contracts & self.reserved)),
            int(np.count_nonzero(contracts & self.social)),
        )


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
        number = {id_: n for n, id_ in enumerate(dict.fromkeys(chain.from_iterable(by_siren.values())))}
        buyer = np.full(len(number), _NO_BUYER)
        for n, contracts in enumerate(by_buyer.values()):
            buyer[_numbers(contracts, number)] = n
        marks = (mask_of(len(number), _numbers(chain.from_iterable(ids.values()), number)) for ids in by_mark)
        return Wins(len(number), {siren: _numbers(ids, number) for siren, ids in by_siren.items()}, buyer, *marks)

    def _members(self, where: Operator, by: str, among: Collection[str] | None = None) -> Members:
        """Contracts by value of a field: every value, or those ``among`` some."""
        values = self.snapshot.contracts.group(where, by, ()).values
        wanted = values if among is None else tuple(sorted(set(values).intersection(among)))
        return self.snapshot.contracts.members(where, by, wanted)

    def demand(self, territories: Iterable[Territory]) -> dict[str, Demand]:
        """Amounts bought in each territory. A contract under a framework is left out because the framework is counted, and so is a
        contract that another has renewed: they would count twice."""
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
        where, ids = self._where(AnyOf((running, awarded)), _NO_CHILD), tuple(territory.id for territory in territories)
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


def _numbers(ids: Iterable[str], number: Mapping[str, int]) -> Positions:
    """The numbers of contracts; those that no structure asked for has won have none."""
    return np.array([number[id_] for id_ in ids if id_ in number], np.intp)


def _demand(found: Groups, place: int) -> Demand:
    measured = {name: float(figures[place]) for name, figures in found.measures.items()}
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
