"""Rules that decide which buyers a question lists, so that a short or empty list can say how many each rule removes. The default order removes
nobody: who records nothing is unknown, and comes last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from vivier.contracts.shares import LEAST_RECORDED
from vivier.search.port import Groups

Mask = npt.NDArray[np.bool_]
Record = Literal["social", "environmental"]
RECORDS: Final[Mapping[Record, str]] = {"social": "sociale", "environmental": "environnementale"}
"""The considerations whose record ranks buyers, with the word that French uses."""
TEXTS: Final = {
    "not_named": "dont ni le nom ni le numéro ne répond aux mots cherchés",
    "nothing_reserved": "sans marché réservé connu",
    "too_few_recorded": f"dont moins de {LEAST_RECORDED} marchés renseignent la considération {{record}} : trop peu pour dire qu'ils n'en emploient pas",
    "uses": "qui emploient déjà une considération {record}",
    "peers_do_not": "dont aucun pair (même catégorie, mêmes métiers, toute la France) n'en emploie : rien ne dit qu'ils le pourraient",
}


@dataclass(frozen=True)
class Rule:
    """A rule, in French, and how many buyers it removes."""

    code: str
    text: str
    count: int


@dataclass(frozen=True)
class Peers:
    """Buyers of one category, in the whole country, with at least five recorded contracts in the trades and period of the query:
    ``n`` counts them, ``using`` those that used a consideration of the record at least once."""

    category: str
    n: int
    using: int


def said_of(found: Groups, record: Record) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """How many contracts of each buyer have a consideration, and how many say that they have none."""
    return found.measures[f"{record}_yes"], found.measures[f"{record}_no"]


def rules_of(
    sort: str,
    record: Record,
    found: Groups,
    categories: Sequence[str],
    peers: Mapping[str, Peers],
    named: frozenset[str] | None,
) -> Iterator[tuple[str, Mask]]:
    """Rules in the order they are applied, each with the buyers that pass it."""
    yes, no = said_of(found, record)
    recorded = yes + no
    if named is not None:
        yield "not_named", np.array([value in named for value in found.values], bool)
    if sort == "reserved":
        yield "nothing_reserved", found.measures["reserved"] > 0
    elif sort == "unused":
        yield "too_few_recorded", recorded >= LEAST_RECORDED
        yield "uses", yes == 0
        using = {category for category, group in peers.items() if group.using}
        yield "peers_do_not", np.array([category in using for category in categories] or np.zeros(len(recorded)), bool)
    else:
        yield "all", np.ones(len(recorded), bool)


def sifted(rules: Iterable[tuple[str, Mask]], record: Record) -> tuple[Mask, tuple[Rule, ...]]:
    """The buyers that pass every rule, and how many each rule removes; a buyer counts once, for the first rule it fails."""
    remaining: Mask | None = None
    applied: list[Rule] = []
    for code, passing in rules:
        before = np.ones(len(passing), bool) if remaining is None else remaining
        remaining = before & passing
        fallen = int(before.sum() - remaining.sum())
        if fallen:
            applied.append(Rule(code, TEXTS[code].format(record=RECORDS[record]), fallen))
    assert remaining is not None  # every order has at least one rule
    return remaining, tuple(applied)
