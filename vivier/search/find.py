"""What a search gives, whatever its collection: results with their reasons, on one generation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from vivier.engine.port import Answer, Generation
from vivier.engine.snapshot import Snapshot
from vivier.search.plan import Plan
from vivier.search.query import SearchQuery
from vivier.text.vocabulary import NO_VOCABULARY, Vocabulary

Q = TypeVar("Q", bound=SearchQuery)
V = TypeVar("V")
"""The type of a record (:mod:`vivier.model.views`)."""
R = TypeVar("R", bound="Result[Any]")


@dataclass(frozen=True)
class Reason:
    """One reason: a stable ``code``, its French ``text`` and whether it rests on a proof or on a stated default."""

    code: str
    text: str
    inferred: bool = False


@dataclass(frozen=True)
class Result(Generic[V]):
    """One record found, as indexed; ``distance_km`` from the place asked; ``score`` in points of 10,000."""

    id: str
    record: V
    distance_km: float | None
    reasons: tuple[Reason, ...]
    score: int


@dataclass(frozen=True)
class Found(Generic[Q, R]):
    """The whole answer. ``seed``: of a neutral order, that it can be drawn again."""

    plan: Plan[Q]
    generation: Generation
    answer: Answer[Any]
    results: tuple[R, ...]
    seed: str | None = None

    @property
    def total(self) -> int:
        """How many there are, on all pages."""
        return self.answer.total

    @property
    def unknown_excluded(self) -> dict[str, int]:
        """How many are left out only because a figure is not known of them, by figure."""
        return dict(self.answer.counts)


def vocabulary_for(query: SearchQuery, snapshot: Snapshot) -> Vocabulary:
    """The words of a collection, that unknown words are corrected by; none for a query without words."""
    return NO_VOCABULARY if query.q is None else snapshot.of(query.collection).vocabulary()
