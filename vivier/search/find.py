"""Holds the answer of a search, whatever its collection: results with their reasons, read on one generation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from vivier.search.plan import TO_CHECK, Plan
from vivier.search.port import Answer, Generation
from vivier.search.query import SearchQuery
from vivier.search.snapshot import Snapshot
from vivier.text.vocabulary import NO_VOCABULARY, Vocabulary

Q = TypeVar("Q", bound=SearchQuery)
V = TypeVar("V")
"""The type of a record (:mod:`vivier.model.views`)."""
R = TypeVar("R", bound="Result[Any]")


class Reason(NamedTuple):
    """Why a record is proposed: a stable ``code`` and a French ``text``. ``inferred``: the reason rests on an assumption, not on a proof.
    ``fits``: it tells a match with what is asked; otherwise it is a fact to read, good or bad, and no page ticks it."""

    code: str
    text: str
    inferred: bool = False
    fits: bool = True


@dataclass(frozen=True)
class Result(Generic[V]):
    """One record found, as indexed. ``distance_km``: kilometres from the place of the query; ``score``: points out of 10,000."""

    id: str
    record: V
    distance_km: float | None
    reasons: tuple[Reason, ...]
    score: int


@dataclass(frozen=True)
class Found(Generic[Q, R]):
    """The whole answer. ``seed``: the seed of a neutral order, which draws the same order again."""

    plan: Plan[Q]
    generation: Generation
    answer: Answer[Any]
    results: tuple[R, ...]
    seed: str | None = None

    @property
    def total(self) -> int:
        """How many records match, over all pages."""
        return self.answer.total

    @property
    def unknown_excluded(self) -> dict[str, int]:
        """How many records are excluded only because one of their figures is unknown, by figure."""
        return {name: count for name, count in self.answer.counts.items() if name != TO_CHECK}

    @property
    def to_check(self) -> int:
        """How many records are found by an agreement whose last proof is older than its legal term."""
        return self.answer.counts.get(TO_CHECK, 0)


def vocabulary_for(query: SearchQuery, snapshot: Snapshot) -> Vocabulary:
    """The words of a collection, among which corrections of unknown words are chosen; empty for a query without words."""
    return NO_VOCABULARY if query.q is None else snapshot.of(query.collection).vocabulary()
