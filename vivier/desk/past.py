"""What contracts already awarded tell of a lot: what others did for the like, and the reserved ones of its territory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from vivier.cpv import significant
from vivier.engine.port import Engine
from vivier.lexicon import Lexicon
from vivier.operators import AnyOf, Operator, Range, Search, Sort, Terms, conjunction
from vivier.reverse.story import comparable, summary

METHOD_VERSION: Final = "past-1"
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
    """``total`` contracts on the same CPV class (else the trades), all buyers, whole country; ``alike`` of them weigh
    between a third and three times as much a year; ``provisions``: how many have each, declared or read elsewhere;
    ``unknown``: their social consideration is not told. ``basis``: the CPV stem or the trades looked at."""

    basis: str
    total: int
    alike: int | None
    unknown: int
    provisions: Mapping[str, int]
    listed: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class History:
    """Reserved contracts performed in the départements of the territory: all, and those of the trades."""

    territories: tuple[str, ...]
    total: int
    in_trade: int
    listed: tuple[dict[str, Any], ...]


def past(
    trades: tuple[str, ...],
    cpv: tuple[str, ...],
    amount: float | None,
    months: int | None,
    as_of: date,
    engine: Engine,
    lexicon: Lexicon,
) -> Past:
    """Comparable contracts. The caller knows that contracts are indexed (:func:`vivier.desk.experience.indexed`)."""
    stem = significant(cpv[0])[:4] if cpv else ""
    record: dict[str, Any] = {"cpv": cpv[0] if cpv else None, "buyer": {}, "amount": amount, "months": months}
    search = comparable(record, _NOBODY)
    where: Operator = Terms("cpv", (stem,)) if stem else Terms("trades", trades)
    counts = [(name, conjunction(where, Terms("provisions", (name,)))) for name in PROVISIONS]
    counts.append(("unknown", conjunction(where, Terms("social", ("unknown",)))))
    if amount:
        yearly = amount * 12 / max(months or 12, 12)
        counts.append(("alike", conjunction(where, Range("annual_amount", gte=yearly / 3, lte=yearly * 3))))
    asked = Search(where=where, parts=search.parts, sort=search.sort, counts=tuple(counts), limit=MOST_LISTED)
    answer = engine.search("contracts", asked)
    told = dict(answer.counts)
    return Past(
        f"CPV {stem}" if stem else "métier",
        answer.total,
        told.pop("alike", None),
        told.pop("unknown"),
        told,
        tuple(summary(hit.record, as_of, lexicon) for hit in answer.hits),
    )


def history(
    trades: tuple[str, ...], territories: tuple[str, ...], as_of: date, engine: Engine, lexicon: Lexicon
) -> History:
    """Reserved contracts around a lot."""
    around = departements(territories, lexicon)
    where = conjunction(Terms("territory", around), Terms("provisions", ("reserved",)))
    in_trade = conjunction(where, Terms("trades", trades))
    newest = Search(
        where=in_trade,
        sort=(Sort("notified", descending=True),),
        counts=(("all", where),),
        limit=MOST_LISTED,
    )
    answer = engine.search("contracts", newest)
    listed = tuple(summary(hit.record, as_of, lexicon) for hit in answer.hits)
    return History(around, answer.counts["all"], answer.total, listed)


def departements(territories: tuple[str, ...], lexicon: Lexicon) -> tuple[str, ...]:
    """The départements of places smaller than one; larger places themselves."""
    found: dict[str, None] = {}
    for id_ in territories:
        kind = id_.partition(":")[0]
        if kind in ("commune", "arrondissement", "epci"):
            above = [one for one in lexicon.gazetteer.ancestors(id_) if one.startswith("departement:")]
            found |= dict.fromkeys(above or (id_,))
        else:
            found[id_] = None
    return tuple(found)
