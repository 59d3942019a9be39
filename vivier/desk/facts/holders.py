"""Counts who holds the labels of a lot, by the search that a page makes: whoever does the trade and serves the place."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from vivier.clausier.table import clauses_of
from vivier.desk.facts.remembered import on
from vivier.desk.method.green import Choice, Green, Holder, Known, chances_of_three, choices_of, green
from vivier.desk.method.offers import rates
from vivier.law.labels import LabelType, fitting
from vivier.law.products import ProductDuty
from vivier.lexicon import Lexicon
from vivier.memory import Room
from vivier.search.operators import Search
from vivier.search.snapshot import Snapshot
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.readings import plan_of

NAMED: Final = 5
"""Holders that the lever names; the others are counted."""


def labels_of(trades: Collection[str], lexicon: Lexicon) -> tuple[LabelType, ...]:
    """The labels that bear on trades: on one of them, or on its group."""
    known = [lexicon.trades.get(code) for code in trades]
    return fitting(place for trade in known for place in (trade.code, trade.group))


def holders(
    trades: tuple[str, ...],
    territories: tuple[str, ...],
    duties: tuple[ProductDuty, ...],
    as_of: date,
    snapshot: Snapshot,
    lexicon: Lexicon,
) -> Green:
    """The environmental lever of a lot, by three searches at most, each made once for the lots of the same trades: who does the trade near it, in
    the whole index, and who of them holds a label. Raises ``NotFound`` when nothing is indexed."""
    labels = labels_of(trades, lexicon)
    clauses = next(filter(None, (clauses_of(lexicon.trades.get(code), lexicon.trades) for code in trades)), None)
    if not labels:
        return green((), duties, clauses)
    near = _counted(trades, territories, as_of, snapshot, lexicon)
    everywhere = _counted(trades, (), as_of, snapshot, lexicon)
    tally = snapshot.suppliers.generation.meta.get("tally", {})
    choices = [
        _choice(of, near, everywhere, any(tally.get(f"label:{label.code}") for label in of))
        for of in choices_of(labels)
    ]
    made = green(choices, duties, clauses)
    if not made.choices or not made.choices[0].known.holders:
        return made
    inclusive, named = _named(
        trades, territories, as_of, tuple(label.code for label in made.choices[0].labels), snapshot, lexicon
    )
    return replace(made, inclusive=inclusive, holders=named)


@dataclass(frozen=True)
class _Counts:
    """How many suppliers do some trades in a place, and how many of them hold each label."""

    total: int
    by_label: Mapping[str, int]


_COUNTS: Final[Room[Hashable, _Counts]] = Room()
_NAMES: Final[Room[Hashable, tuple[int, tuple[Holder, ...]]]] = Room()


def _query(trades: tuple[str, ...], territories: tuple[str, ...], as_of: date) -> SupplierQuery:
    return SupplierQuery(trade=trades, territory=territories, as_of=as_of, facets=("label",), per_page=NAMED)


def _counted(
    trades: tuple[str, ...], territories: tuple[str, ...], as_of: date, snapshot: Snapshot, lexicon: Lexicon
) -> _Counts:
    """The counts of a place, or of the whole index without one: read once for the lots of the same trades there."""

    def read() -> _Counts:
        plan = plan_of(_query(trades, territories, as_of), snapshot, lexicon, as_of)
        counting = Search(where=plan.search.where, facets=plan.search.facets, sort=(), limit=0)
        found = snapshot.suppliers.search(counting)
        return _Counts(found.total, found.facets["label"].values)

    return _COUNTS.of((trades, territories, on(snapshot, as_of, "suppliers")), read)


def _choice(labels: tuple[LabelType, ...], near: _Counts, everywhere: _Counts, connected: bool) -> Choice:
    """One choice. A supplier may hold several of its labels: the commonest counts, which is a least number. The share
    of holders is that of one more holder and one more that is none: zero found is not « nobody »."""
    found, all_found = (max(counts.by_label.get(label.code, 0) for label in labels) for counts in (near, everywhere))
    share = (all_found + 1) / (everywhere.total + 2) if connected else None
    known = Known(found, max(near.total - found, 0), share)
    return Choice(labels, known, chances_of_three(known, rates()))


def _named(
    trades: tuple[str, ...],
    territories: tuple[str, ...],
    as_of: date,
    labels: tuple[str, ...],
    snapshot: Snapshot,
    lexicon: Lexicon,
) -> tuple[int, tuple[Holder, ...]]:
    """How many holders of labels are inclusive structures, which carry both levers alone, and the first holders by name."""

    def read() -> tuple[int, tuple[Holder, ...]]:
        query = _query(trades, territories, as_of).model_copy(update={"label": labels, "facets": ("kind",)})
        found = snapshot.suppliers.search(plan_of(query, snapshot, lexicon, as_of).search)
        named = tuple(
            Holder(
                hit.id,
                hit.record["name"]["value"],
                hit.record.get("siret", {}).get("value"),
                bool(hit.record["agreements"]),
            )
            for hit in found.hits
        )
        return found.total - found.facets["kind"].missing, named

    return _NAMES.of((trades, territories, labels, on(snapshot, as_of, "suppliers")), read)
