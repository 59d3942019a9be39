"""Measures the order of results on searches judged by hand, over a small corpus of fictitious suppliers.

``mappings/judged/suppliers.jsonl`` contains the Records. Each line of ``queries.jsonl`` is one search: its URL parameters (with the
French ``need`` that they were read from, if any), then the suppliers judged, each with a grade and a sentence that justifies it.

Grades: 3, the supplier is what the buyer requests; 2, it answers with a reservation (assumed zone, weaker proof, unknown capacity);
1, it is a last resort; 0, it must not be proposed. A supplier that is not judged may be proposed, and counts as a gain of 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from mappings import read_lines
from vivier.lexicon import Lexicon
from vivier.model import Record
from vivier.model.base import Model
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import find
from vivier.suppliers.query import parse_query

JUDGED_ON: Final = date(2026, 11, 24)
"""The day of the judgements: labels and agreements of the corpus are dated around it."""
DEPTH: Final = 10
"""How many of the first results nDCG counts."""
_ALL: Final = 100


class Judgement(Model):
    """The grade of one supplier (the ``source_id`` of its record) for one search, and why, in French."""

    supplier: str
    grade: int
    why: str


class JudgedQuery(Model):
    """One search. ``query``: (parameter, value) pairs of :class:`vivier.search.query.SupplierQuery`; ``need``: the French it was
    read from; ``about``: what the search tests, in French."""

    id: str
    about: str
    need: str | None = None
    query: tuple[tuple[str, str], ...]
    judged: tuple[Judgement, ...]

    @property
    def grades(self) -> dict[str, int]:
        """The grade of each SIRET judged. Two records of the same structure have the same SIRET, and the same grade."""
        sirets = {record.source_id: record.siret or "" for record in judged_records()}
        return {sirets[judgement.supplier]: judgement.grade for judgement in self.judged}


@dataclass(frozen=True)
class Ranking:
    """The whole answer to a judged search. ``found``: the SIRETs, in the order of the results."""

    judged: JudgedQuery
    found: tuple[str, ...]

    @property
    def ndcg(self) -> float:
        """The nDCG of the first 10 results, from 0 to 1."""
        return ndcg(self.judged.grades, self.found)

    @property
    def reciprocal(self) -> float:
        """1 / rank of the first supplier of grade 2 or 3; 0 when none is found."""
        grades = self.judged.grades
        return next((1 / rank for rank, siret in enumerate(self.found, 1) if grades.get(siret, 0) >= 2), 0.0)

    @property
    def wrong(self) -> tuple[str, ...]:
        """The ``source_id`` of each supplier proposed that must not be (grade 0)."""
        refused = {siret for siret, grade in self.judged.grades.items() if grade == 0}
        known = {record.siret: record.source_id for record in judged_records()}
        return tuple(known[siret] for siret in self.found if siret in refused)


@cache
def judged_records() -> tuple[Record, ...]:
    """The fictitious suppliers, as records."""
    return tuple(Record.model_validate_json(line) for line in read_lines("judged/suppliers.jsonl"))


@cache
def judged_queries() -> tuple[JudgedQuery, ...]:
    """The searches and their judgements."""
    return tuple(JudgedQuery.model_validate_json(line) for line in read_lines("judged/queries.jsonl"))


def rank(snapshot: Snapshot, lexicon: Lexicon) -> tuple[Ranking, ...]:
    """Runs every judged search on a generation of the judged suppliers, on the day of the judgements."""
    return tuple(_ranking(query, snapshot, lexicon) for query in judged_queries())


def mean(values: Iterable[float]) -> float:
    """Mean of some values. Raises ``ZeroDivisionError`` when there is none."""
    numbers = list(values)
    return sum(numbers) / len(numbers)


def ndcg(grades: Mapping[str, int], found: Iterable[str], depth: int = DEPTH) -> float:
    """Normalised discounted cumulative gain (Järvelin and Kekäläinen 2002, gain = grade): Σ grade / log2(1 + rank) over the
    first ``depth``, divided by the same sum for the best possible order. Equals ``nDCG@10`` of ir-measures: a test compares them."""
    best = _gain(sorted(grades.values(), reverse=True)[:depth])
    return _gain([grades.get(siret, 0) for siret in list(found)[:depth]]) / best if best else 1.0


def _gain(grades: Iterable[int]) -> float:
    return sum(grade / math.log2(1 + rank) for rank, grade in enumerate(grades, 1))


def _ranking(judged: JudgedQuery, snapshot: Snapshot, lexicon: Lexicon) -> Ranking:
    query = parse_query((*judged.query, ("per_page", str(_ALL))), lexicon)
    found = find(query, snapshot, lexicon, JUDGED_ON)
    return Ranking(judged, tuple(result.record["siret"]["value"] for result in found.results))
