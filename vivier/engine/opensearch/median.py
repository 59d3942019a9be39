"""Exact medians by group in OpenSearch. Its percentiles are an estimate, which would differ from the other engine's figures."""

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
    """The median of the measure's field by value of ``by``. OpenSearch gives the distinct numbers of each group in order, with
    the number of documents that have each."""
    numbers_of: dict[str, list[tuple[float, int]]] = {}
    for bucket in _buckets(ask, where, by, measure):
        numbers_of.setdefault(bucket["key"]["value"], []).append((float(bucket["key"]["number"]), bucket["doc_count"]))
    return {value: _middle(numbers) for value, numbers in numbers_of.items()}


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
