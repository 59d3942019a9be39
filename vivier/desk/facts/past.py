"""Contracts already awarded that compare with a lot: those of the same object, and the reserved ones of its territory."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from vivier.contracts.story import RelatedBody, comparable, summary
from vivier.desk.facts.remembered import on
from vivier.lexicon import Lexicon
from vivier.memory import Room
from vivier.model.views import ContractView
from vivier.search.operators import AnyOf, Measure, Operator, Part, Range, Search, Sort, Terms, Tier, conjunction
from vivier.search.snapshot import Snapshot
from vivier.trades.cpv import significant

METHOD_VERSION: Final = "past-2"
PROVISIONS: Final[Mapping[str, str]] = {
    "reserved": "réservés",
    "criterion": "avec un critère social",
    "clause": "avec une clause sociale",
    "environmental": "avec une considération environnementale",
}
MOST_LISTED: Final = 5
_NOBODY: Final = AnyOf(())


@dataclass(frozen=True)
class Past:
    """Comparable contracts. ``total``: contracts on the same CPV class (else the trades), all buyers, whole country; ``alike``:
    those of a third to three times the yearly amount; ``provisions``: number of contracts with each provision, declared or read
    elsewhere; ``unknown``: contracts whose social consideration no source gives. ``basis``: the CPV stem or the trades compared.
    Without concessions: number of contracts whose offers are known, median of offers, number with a single offer, median of
    months."""

    basis: str
    total: int
    alike: int | None
    unknown: int
    provisions: Mapping[str, int]
    offers_known: int
    offers_median: float | None
    one_offer: int
    months_median: float | None
    listed: tuple[RelatedBody, ...]


@dataclass(frozen=True)
class History:
    """Reserved contracts performed in the départements of the territory: number of all of them, and of those of the trades, which
    are listed first."""

    territories: tuple[str, ...]
    total: int
    in_trade: int
    listed: tuple[RelatedBody, ...]


def past(
    trades: tuple[str, ...],
    cpv: tuple[str, ...],
    amount: float | None,
    months: int | None,
    as_of: date,
    snapshot: Snapshot,
    lexicon: Lexicon,
) -> Past:
    """Comparable contracts. The caller checks that contracts are indexed (:func:`vivier.desk.facts.experience.indexed`)."""
    stem = significant(cpv[0])[:4] if cpv else ""
    record: Any = {"cpv": cpv[0] if cpv else None, "buyer": {}, "amount": amount, "months": months}
    search = comparable(record, _NOBODY)
    where: Operator = Terms("cpv", (stem,)) if stem else Terms("trades", trades)
    counts = []
    if amount:
        yearly = amount * 12 / max(months or 12, 12)
        counts.append(("alike", conjunction(where, Range("annual_amount", gte=yearly / 3, lte=yearly * 3))))
    query = Search(where=where, parts=search.parts, sort=search.sort, counts=tuple(counts), limit=MOST_LISTED)
    answer = snapshot.contracts.search(query)
    return Past(
        f"CPV {stem}" if stem else "métier",
        answer.total,
        answer.counts.get("alike"),
        **_USUAL.of((where, on(snapshot, as_of, "contracts")), lambda: _usual(where, snapshot)),
        listed=tuple(_listed(hit.record, as_of, lexicon) for hit in answer.hits),
    )


_USUAL: Final[Room[Hashable, dict[str, Any]]] = Room()
"""For a generation of contracts, and a CPV class or trades."""


def _usual(where: Operator, snapshot: Snapshot) -> dict[str, object]:
    """What the contracts of an object have in common whatever the lot, counted by the engine: their provisions, the usual number of
    offers and duration."""
    queries = [(name, conjunction(where, Terms("provisions", (name,)))) for name in PROVISIONS]
    queries.append(("unknown", conjunction(where, Terms("social", ("unknown",)))))
    provisions = dict(snapshot.contracts.search(Search(where=where, counts=tuple(queries), limit=0, sort=())).counts)
    measures = (
        Measure("offers_known", where=Range("offers", gte=1)),
        Measure("offers_median", "median", "offers", Range("offers", gte=1)),
        Measure("one_offer", where=Range("offers", gte=1, lte=1)),
        Measure("months_median", "median", "months"),
    )
    found = snapshot.contracts.group(where, "kind", measures, among=("marche",)).measures
    measured = {name: float(figures[0]) if len(figures) else 0.0 for name, figures in found.items()}
    counts = {name: int(measured[name]) for name in ("offers_known", "one_offer")}
    usual = {name: _known(measured[name]) for name in ("offers_median", "months_median")}
    return {**counts, **usual, "unknown": provisions.pop("unknown"), "provisions": provisions}


def _known(figure: float) -> float | None:
    return figure if figure > 0 else None  # a median of no value is NaN, which is not above 0 either


def _listed(record: ContractView, as_of: date, lexicon: Lexicon) -> RelatedBody:
    """A contract in the form of the lists of contracts. A nominal amount (one euro or less) is left out."""
    described = summary(record, as_of, lexicon)
    if described.get("amount", 2.0) <= 1:
        del described["amount"]
    return described


def history(
    trades: tuple[str, ...], territories: tuple[str, ...], as_of: date, snapshot: Snapshot, lexicon: Lexicon
) -> History:
    """Reserved contracts around a lot, read once for a trade and a place."""
    key = trades, territories, on(snapshot, as_of, "contracts")
    return _HISTORIES.of(key, lambda: _history(trades, departements(territories, lexicon), as_of, snapshot, lexicon))


_HISTORIES: Final[Room[Hashable, History]] = Room()


def _history(
    trades: tuple[str, ...], around: tuple[str, ...], as_of: date, snapshot: Snapshot, lexicon: Lexicon
) -> History:
    where = conjunction(Terms("territory", around), Terms("provisions", ("reserved",)))
    in_trade = Terms("trades", trades)
    first = Search(
        where=where,
        parts=(Part("trade", (Tier(in_trade, 1),)),),
        sort=(Sort("score"), Sort("notified", descending=True)),
        counts=(("in_trade", conjunction(where, in_trade)),),
        limit=MOST_LISTED,
    )
    answer = snapshot.contracts.search(first)
    listed = [_listed(hit.record, as_of, lexicon) for hit in answer.hits]
    for contract, hit in zip(listed, answer.hits, strict=True):
        contract["in_trade"] = hit.parts["trade"] > 0
    return History(around, answer.total, answer.counts["in_trade"], tuple(listed))


def departements(territories: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    """The ids of the places, where a place smaller than a département is replaced by its département."""
    found: dict[str, None] = {}
    for id_ in territories:
        kind = id_.partition(":")[0]
        if kind in ("commune", "arrondissement", "epci"):
            above = [ancestor for ancestor in lexicon.gazetteer.ancestors(id_) if ancestor.startswith("departement:")]
            found |= dict.fromkeys(above or (id_,))
        else:
            found[id_] = None
    return tuple(found)
