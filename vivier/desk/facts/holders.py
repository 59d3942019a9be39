"""Counts who holds the labels of a lot, by the search that a page makes: whoever does the trade and serves the place; and who of the others probably
does, by its kind, its activity and its size (:mod:`vivier.belief.holds`)."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from vivier.belief.holds import NO_KIND, SIZES, Bucket, Holdings, Share
from vivier.clausier.table import clauses_of
from vivier.desk.facts.remembered import on
from vivier.desk.method.green import Choice, Green, Holder, Known, chances_of_three, choices_of, green
from vivier.desk.method.offers import rates
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS, LabelType, fitting, key_of
from vivier.law.products import ProductDuty
from vivier.lexicon import Lexicon
from vivier.memory import Room
from vivier.search.filters import holding
from vivier.search.operators import Exists, Not, Operator, Range, Same, Search, Terms, conjunction
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
    """The environmental lever of a lot, by three searches at most, each made once for the lots of the same trades: who does the trade near it, what
    the others are, and who holds a label. Raises ``NotFound`` when nothing is indexed."""
    labels = labels_of(trades, lexicon)
    clauses = next(filter(None, (clauses_of(lexicon.trades.get(code), lexicon.trades) for code in trades)), None)
    if not labels:
        return green((), duties, clauses)
    near = _counted(trades, territories, as_of, snapshot, lexicon)
    meta = snapshot.suppliers.generation.meta
    connected = {code for code in LABELS if meta.get("tally", {}).get(f"label:{code}")}
    of_labels = choices_of(labels)
    partial = [of for of in of_labels if _partial(of, connected)]
    alike = _alike(trades, territories, partial, as_of, snapshot, lexicon) if partial and near.total else {}
    choices = []
    for of in of_labels:
        likely = alike.get(of, ()) if any(label.code in connected for label in of) else None
        choices.append(_choice(of, near, likely))
    made = green(choices, duties, clauses)
    if not made.choices or not made.choices[0].known.holders:
        return made
    inclusive, named = _named(trades, territories, as_of, tuple(_codes(made.choices[0].labels)), snapshot, lexicon)
    return replace(made, inclusive=inclusive, holders=named)


@dataclass(frozen=True)
class _Counts:
    """How many suppliers do some trades in a place, how many of them hold each label, and their kinds."""

    total: int
    by_label: Mapping[str, int]
    kinds: frozenset[str]


_COUNTS: Final[Room[Hashable, _Counts]] = Room()
_NAMES: Final[Room[Hashable, tuple[int, tuple[Holder, ...]]]] = Room()


def _query(trades: tuple[str, ...], territories: tuple[str, ...], as_of: date) -> SupplierQuery:
    return SupplierQuery(trade=trades, territory=territories, as_of=as_of, facets=("label", "kind"), per_page=NAMED)


def _counted(
    trades: tuple[str, ...], territories: tuple[str, ...], as_of: date, snapshot: Snapshot, lexicon: Lexicon
) -> _Counts:
    """The counts of a place, read once for the lots of the same trades there."""

    def read() -> _Counts:
        plan = plan_of(_query(trades, territories, as_of), snapshot, lexicon, as_of)
        counting = Search(where=plan.search.where, facets=plan.search.facets, sort=(), limit=0)
        found = snapshot.suppliers.search(counting)
        return _Counts(found.total, found.facets["label"].values, frozenset(found.facets["kind"].values))

    return _COUNTS.of((trades, territories, on(snapshot, as_of, "suppliers")), read)


Likely = tuple[tuple[int, Share], ...]
"""Numbers of suppliers that are alike, each with the share of them that holds a label."""
_HOLDINGS: Final[Room[Hashable, Holdings]] = Room()
_ALIKE: Final[Room[Hashable, Mapping[tuple[LabelType, ...], Likely]]] = Room()


def _choice(labels: tuple[LabelType, ...], near: _Counts, likely: Likely | None) -> Choice:
    """One choice. A supplier may hold several of its labels: where those that hold none were not counted, the commonest counts, which is a least
    number."""
    if likely:
        others = sum(count for count, _ in likely)
    else:
        others = near.total - max(near.by_label.get(label.code, 0) for label in labels)
    known = Known(near.total - others, others, likely)
    return Choice(labels, known, chances_of_three(known, rates()))


def _partial(labels: tuple[LabelType, ...], connected: Collection[str]) -> bool:
    """Whether lists of these labels are connected and may leave holders out: an official open list does not."""
    of = [label for label in labels if label.code in connected]
    return bool(of) and not all(label.open_source for label in labels)


def _alike(
    trades: tuple[str, ...],
    territories: tuple[str, ...],
    choices: Sequence[tuple[LabelType, ...]],
    as_of: date,
    snapshot: Snapshot,
    lexicon: Lexicon,
) -> Mapping[tuple[LabelType, ...], Likely]:
    """Those of the trade near a lot that no list gives a label of each choice, by kind and size, by one search."""
    near = _counted(trades, territories, as_of, snapshot, lexicon)

    def read() -> Mapping[tuple[LabelType, ...], Likely]:
        generation = snapshot.suppliers.generation
        holdings = _HOLDINGS.of(generation.version, lambda: Holdings.of(generation.meta.get("holding", {})))
        group = lexicon.trades.get(trades[0]).group
        buckets = dict(_buckets(near.kinds, group, as_of))
        day = as_of.isoformat()
        lacking = {of: Not(Same("labels", (holding(day, Terms("code", tuple(_codes(of)))),))) for of in choices}
        doing = plan_of(_query(trades, territories, as_of), snapshot, lexicon, as_of).search.where
        questions = [
            (f"{n}:{bucket.key}", conjunction(doing, where, without))
            for n, without in enumerate(lacking.values())
            for bucket, where in buckets.items()
        ]
        search = Search(where=doing, counts=tuple(questions), sort=(), limit=0)
        counts = snapshot.suppliers.search(search).counts
        return {
            of: tuple(
                (count, holdings.share(key_of(of[0].code), bucket))
                for bucket in buckets
                if (count := counts[f"{n}:{bucket.key}"])
            )
            for n, of in enumerate(lacking)
        }

    return _ALIKE.of((trades, territories, on(snapshot, as_of, "suppliers")), read)


def _codes(labels: Iterable[LabelType]) -> Iterator[str]:
    return (label.code for label in labels)


def _buckets(kinds: Collection[str], group: str, as_of: date) -> Iterator[tuple[Bucket, Operator]]:
    """The buckets of the suppliers near a lot, each with its condition: a supplier is of the first of its kinds in the order of the table."""
    sizes: dict[str, Operator] = {"": Not(Exists("staff"))}
    for code, (least, below) in SIZES.items():
        under = () if math.isinf(below) else (Not(Range("staff", gte=below)),)
        sizes[code] = conjunction(Range("staff", gte=least), *under)
    before: list[Operator] = []
    for kind in (*(code for code in KINDS if code in kinds), NO_KIND):
        own = Same("agreements", (Terms("kind", (kind,)),)) if kind else Not(Same("agreements", (Exists("kind"),)))
        for size, of_size in sizes.items():
            yield Bucket(kind, group, size), conjunction(own, *before, of_size)
        before.append(Not(own))


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
