"""Finds inclusive structures for the families of a ledger that weigh most, by the same search as everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from vivier.desk.facts.standings import inclusive_kinds
from vivier.desk.method.ledger import Row
from vivier.lexicon import Lexicon
from vivier.needs import resolve_need
from vivier.search.query_url import url_of
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import find, groups
from vivier.suppliers.groups import TITLES
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.result import SupplierResult

SHOWN: Final = 5
"""Structures shown for a family."""


@dataclass(frozen=True)
class Alternatives:
    """Inclusive structures for a family. ``trades``: those read in its name, empty when none is (``unread``); ``totals``: how many
    structures each group of the search has, ``url`` its address. ``results``: the first ones, the surest group first."""

    family: str
    total: float
    trades: tuple[str, ...] = ()
    sure: bool = False
    totals: tuple[tuple[str, int], ...] = ()
    results: tuple[SupplierResult, ...] = ()
    url: str = ""


def alternatives(
    families: Iterable[Row], territories: Sequence[str], snapshot: Snapshot, lexicon: Lexicon, as_of: date
) -> tuple[Alternatives, ...]:
    """For each family, the inclusive structures that serve the territories. A family whose name tells no trade has none, and says so."""
    return tuple(_of(row, territories, snapshot, lexicon, as_of) for row in families)


def _of(row: Row, territories: Sequence[str], snapshot: Snapshot, lexicon: Lexicon, as_of: date) -> Alternatives:
    family = row.key or ""
    need = resolve_need(family, lexicon)
    trades = tuple(sector.id for sector in need.sectors)
    if not trades:
        return Alternatives(family, row.total)
    query = SupplierQuery(
        trade=trades, kind=inclusive_kinds(), territory=tuple(territories), per_page=SHOWN, facets=(), as_of=as_of
    )
    found = find(query, snapshot, lexicon, as_of)
    others = groups(found, snapshot, lexicon)
    totals = tuple((TITLES[group.code], group.total) for group in others) or ((TITLES["exact"], found.total),)
    results = (*found.results, *(result for group in others for result in group.results))[:SHOWN]
    url = url_of("/fournisseurs", query.changed(per_page=20, facets=None, as_of=None))
    return Alternatives(family, row.total, trades, need.status == "auto", totals, results, url)
