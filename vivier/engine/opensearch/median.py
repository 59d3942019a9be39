"""Medians by group in OpenSearch, exact: its percentiles are an estimate, which would not be that of the other engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from vivier.engine.opensearch.dsl import compile_filter
from vivier.search.operators import Measure, Operator

Json = dict[str, Any]
AskAll = Callable[[list[Json]], list[Json]]
_PAGE: Final = 10_000


def medians(ask: AskAll, where: Operator, by: str, measure: Measure) -> dict[str, float]:
    """Value of ``by`` → median of the measure's field: the distinct numbers of each group are told in order, with how many
    documents have each."""
    told: dict[str, list[tuple[float, int]]] = {}
    for bucket in _buckets(ask, where, by, measure):
        told.setdefault(bucket["key"]["value"], []).append((float(bucket["key"]["number"]), bucket["doc_count"]))
    return {value: _middle(numbers) for value, numbers in told.items()}


def _buckets(ask: AskAll, where: Operator, by: str, measure: Measure) -> Iterator[Json]:
    sources = [{"value": {"terms": {"field": by}}}, {"number": {"terms": {"field": measure.field}}}]
    composite: Json = {"size": _PAGE, "sources": sources}
    query = {"bool": {"filter": [compile_filter(where)]}}
    body = {"query": query, "size": 0, "aggs": {"by": {"composite": composite}}}
    while True:
        found = ask([body])[0]["aggregations"]["by"]
        yield from found["buckets"]
        if "after_key" not in found:
            return
        composite["after"] = found["after_key"]


def _middle(numbers: list[tuple[float, int]]) -> float:
    ends = np.cumsum([count for _, count in numbers])
    low, high = (int(np.searchsorted(ends, place, side="right")) for place in ((ends[-1] - 1) // 2, ends[-1] // 2))
    return (numbers[low][0] + numbers[high][0]) / 2
