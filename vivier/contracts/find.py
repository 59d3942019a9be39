"""Find contracts, notices and planned purchases: a query in, ordered results with their reasons out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from vivier.contracts.plan import ListPlan, plan_list
from vivier.contracts.query import ContractQuery, ListQuery
from vivier.contracts.reasons import contract_reasons, notice_reasons
from vivier.engine.port import Answer, Generation, Hit
from vivier.engine.snapshot import Snapshot
from vivier.lexicon import Lexicon
from vivier.search.operators import Collection
from vivier.suppliers.reasons import Reason
from vivier.text.vocabulary import NO_VOCABULARY

METHOD_VERSIONS: Final = {"provision": "provision-1", "score": "list-score-1", "end": "end-1"}


@dataclass(frozen=True)
class Listed:
    """One contract or notice found. ``record`` as indexed (:class:`vivier.model.Contract` or ``Notice``, defaults left
    out); ``distance_km`` from the point asked, of the place named by ``record``'s index entry."""

    id: str
    record: dict[str, Any]
    distance_km: float | None
    reasons: tuple[Reason, ...]
    score: int


@dataclass(frozen=True)
class ListFound:
    """The whole answer. ``unknown_excluded`` counts what is left out only because a value is not known."""

    plan: ListPlan
    generation: Generation
    total: int
    results: tuple[Listed, ...]
    answer: Answer
    unknown_excluded: dict[str, int] = field(default_factory=dict)


def find_list(query: ListQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> ListFound:
    """Search, order and explain. Raises ``InvalidRequest``, ``NotFound`` (nothing indexed), ``EngineUnavailable``."""
    collection = collection_of(query)
    reader = snapshot.of(collection)
    plan = list_plan(query, snapshot, lexicon, today)
    answer = reader.search(plan.search)
    results = tuple(listed(hit, plan, lexicon) for hit in answer.hits)
    return ListFound(plan, reader.generation, answer.total, results, answer, dict(answer.counts))


def stream_list(query: ListQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> Iterator[Listed]:
    """Every result once, in the order of the pages, without their depth limit."""
    plan = list_plan(query, snapshot, lexicon, today)
    for hit in snapshot.of(collection_of(query)).stream(plan.search):
        yield listed(hit, plan, lexicon)


def list_plan(query: ListQuery, snapshot: Snapshot, lexicon: Lexicon, today: date) -> ListPlan:
    """The plan of a query, its unknown words corrected by those of the generation."""
    words = snapshot.of(collection_of(query)).vocabulary() if query.q is not None else NO_VOCABULARY
    return plan_list(query, lexicon, today, words)


def collection_of(query: ListQuery) -> Collection:
    """The collection a query searches."""
    return "contracts" if isinstance(query, ContractQuery) else "notices"


def listed(hit: Hit, plan: ListPlan, lexicon: Lexicon) -> Listed:
    """One hit with its reasons."""
    distance = None if hit.distance_km is None else round(hit.distance_km, 2)
    reasons = _REASONS[plan.collection](hit.record, distance, plan.as_of, lexicon)
    return Listed(hit.id, hit.record, distance, reasons, hit.score)


_Reasons = Callable[[Mapping[str, Any], float | None, date, Lexicon], tuple[Reason, ...]]
_REASONS: Final[Mapping[str, _Reasons]] = {"contracts": contract_reasons, "notices": notice_reasons}
