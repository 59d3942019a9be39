"""Counts who holds the labels of a lot, by the search that a page makes: whoever does the trade and serves the place."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from vivier.clausier.table import clauses_of
from vivier.desk.method.green import Choice, Green, Holder, Known, chances_of_three, choices_of, green
from vivier.desk.method.offers import rates
from vivier.law.labels import LabelType, fitting
from vivier.law.products import ProductDuty
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import find
from vivier.suppliers.query import SupplierQuery

NAMED: Final = 5
"""Holders that the lever names; the others are counted."""
_COUNTED: Final = ("label",)


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
    """The environmental lever of a lot, by three searches at most: who does the trade near it, in the whole index, and who of them holds a
    label. Raises ``NotFound`` when nothing is indexed."""
    labels = labels_of(trades, lexicon)
    clauses = next(filter(None, (clauses_of(lexicon.trades.get(code), lexicon.trades) for code in trades)), None)
    if not labels:
        return green((), duties, clauses)
    base = SupplierQuery(trade=trades, as_of=as_of, facets=_COUNTED, per_page=1)
    near, everywhere = snapshot.together(
        lambda: find(base.model_copy(update={"territory": territories}), snapshot, lexicon, as_of),
        lambda: find(base, snapshot, lexicon, as_of),
    )
    tally = snapshot.suppliers.generation.meta.get("tally", {})
    here, there = near.answer.facets["label"].values, everywhere.answer.facets["label"].values
    choices = [
        _choice(of, here, there, near.total, everywhere.total, any(tally.get(f"label:{label.code}") for label in of))
        for of in choices_of(labels)
    ]
    made = green(choices, duties, clauses)
    return _with_holders(made, base, territories, snapshot, lexicon, as_of)


def _choice(
    labels: tuple[LabelType, ...],
    here: Mapping[str, int],
    there: Mapping[str, int],
    near: int,
    everywhere: int,
    connected: bool,
) -> Choice:
    """One choice. A supplier may hold several of its labels: the commonest counts, which is a least number. The share
    of holders is that of one more holder and one more that is none: zero found is not « nobody »."""
    found, all_found = (max(counts.get(label.code, 0) for label in labels) for counts in (here, there))
    share = (all_found + 1) / (everywhere + 2) if connected else None
    known = Known(found, max(near - found, 0), share)
    return Choice(labels, known, chances_of_three(known, rates()))


def _with_holders(
    made: Green,
    base: SupplierQuery,
    territories: tuple[str, ...],
    snapshot: Snapshot,
    lexicon: Lexicon,
    as_of: date,
) -> Green:
    """The lever with the first holders of its first choice by name, and how many of all of them are inclusive structures: they carry both levers
    alone."""
    if not made.choices or not made.choices[0].known.holders:
        return made
    codes = tuple(label.code for label in made.choices[0].labels)
    query = base.model_copy(update={"territory": territories, "label": codes, "facets": ("kind",), "per_page": NAMED})
    found = find(query, snapshot, lexicon, as_of)
    named = tuple(
        Holder(
            hit.id,
            hit.record["name"]["value"],
            hit.record.get("siret", {}).get("value"),
            bool(hit.record["agreements"]),
        )
        for hit in found.results
    )
    return replace(made, inclusive=found.total - found.answer.facets["kind"].missing, holders=named)
