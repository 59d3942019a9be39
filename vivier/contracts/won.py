"""What a company is known to have won: its contracts by year, those who buy from it, the latest ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from vivier.model.views import ContractView
from vivier.search.operators import Exists, Measure, Range, Search, Sort, Terms, conjunction
from vivier.search.port import Groups
from vivier.search.snapshot import Snapshot

MOST_BUYERS: Final = 5
MOST_CONTRACTS: Final = 3
_MEASURES: Final = (Measure("n"), Measure("amount", "sum", "amount"), Measure("amounts", where=Exists("amount")))


@dataclass(frozen=True)
class Figures:
    """Contracts of one year, of one buyer, or all: ``amount`` sums the whole contracts whose amount is known (``amounts`` of them), €
    HT, ``None`` when none is. A contract of several holders counts in full for each, a framework agreement for its most."""

    of: str
    contracts: int
    amount: float | None
    amounts: int


@dataclass(frozen=True)
class Won:
    """The contracts of a SIREN, all its sites together, notified by the day asked or without a day. ``years`` follow one another, those
    without any contract too; ``buyers`` are the most frequent (SIREN), ``names`` what their names are; ``latest`` the last ones."""

    all: Figures
    years: tuple[Figures, ...]
    buyers: tuple[Figures, ...]
    names: dict[str, str]
    latest: tuple[ContractView, ...]


def won(siren: str, snapshot: Snapshot, as_of: date) -> Won:
    """What a company won. Raises ``NotFound`` when no contract is indexed."""
    own = conjunction(Terms("holders", (siren,)), Range("notified", lte=as_of.isoformat(), missing=True))
    newest = Sort("notified", descending=True)
    found, by_kind, by_year, by_buyer = snapshot.together(
        lambda: snapshot.contracts.search(Search(where=own, sort=(newest,), limit=MOST_CONTRACTS)),
        lambda: snapshot.contracts.group(own, "kind", _MEASURES),
        lambda: snapshot.contracts.group(own, "year", _MEASURES),
        lambda: snapshot.contracts.group(own, "buyer", _MEASURES),
    )
    if not found.total:
        return Won(Figures("", 0, None, 0), (), (), {}, ())
    years = _figures(by_year)
    buyers = sorted(_figures(by_buyer), key=_most)[:MOST_BUYERS]
    known = snapshot.buyers.get([buyer.of for buyer in buyers])
    return Won(
        all=_all(by_kind, found.total),
        years=tuple(_consecutive(years)),
        buyers=tuple(buyers),
        names={siren: record["name"] for siren, record in known.items() if "name" in record},
        latest=tuple(hit.record for hit in found.hits),
    )


def _figures(groups: Groups) -> list[Figures]:
    n, amount, amounts = (groups.measures[measure.name] for measure in _MEASURES)
    return [
        Figures(of, int(n[at]), float(amount[at]) if amounts[at] else None, int(amounts[at]))
        for at, of in enumerate(groups.values)
    ]


def _all(by_kind: Groups, total: int) -> Figures:
    """All the contracts. They are grouped by a field that each has once, so that none is counted twice."""
    kinds = by_kind.measures
    amounts = int(np.sum(kinds["amounts"]))
    return Figures("", total, float(np.sum(kinds["amount"])) if amounts else None, amounts)


def _most(figures: Figures) -> tuple[int, float, str]:
    return -figures.contracts, -(figures.amount or 0), figures.of


def _consecutive(years: list[Figures]) -> list[Figures]:
    """The years from the first to the last, those without a contract too."""
    found = {int(figures.of): figures for figures in years if figures.of.isdigit()}
    if not found:
        return []
    return [found.get(year, Figures(str(year), 0, None, 0)) for year in range(min(found), max(found) + 1)]
