"""Figures by group in OpenSearch's query language, page by page: every value is counted, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from mappings import load_json
from vivier.engine.dsl import compile_filter
from vivier.engine.port import Groups
from vivier.operators import Collection, Measure, Operator, Terms, conjunction

Json = dict[str, Any]
_PAGE, _LARGE_PAGE = 2_000, 10_000
_DAY_MS = 86_400_000


def grouped(
    ask: Callable[[Json], Json],
    collection: Collection,
    where: Operator,
    by: str,
    measures: tuple[Measure, ...],
    among: tuple[str, ...] | None,
) -> Groups:
    """Groups of the documents that meet ``where``; ``ask`` sends a body and gives the answer."""
    wanted = None if among is None else frozenset(among)
    if among is not None:
        where = conjunction(where, Terms(by, tuple(sorted(set(among)))))
    counted = tuple(measure for measure in measures if measure.kind != "median")
    sub_aggregations = {measure.name: _measure(measure) for measure in counted}
    values: list[str] = []
    figures: dict[str, list[float]] = {measure.name: [] for measure in measures}
    for bucket in _buckets(ask, where, _by(by), sub_aggregations):
        if wanted is not None and bucket["key"]["value"] not in wanted:
            continue  # another value of a document that holds one of those asked
        values.append(bucket["key"]["value"])
        for measure in counted:
            figures[measure.name].append(_figure(bucket[measure.name], measure) / _scale(measure, collection))
    for measure in measures:
        if measure.kind == "median":
            found = _medians(ask, where, by, measure)
            figures[measure.name] = [found.get(value, float("nan")) / _scale(measure, collection) for value in values]
    return Groups(tuple(values), {name: np.array(column, np.float64) for name, column in figures.items()})


def _by(by: str) -> list[Json]:
    return [{"value": {"terms": {"field": by}}}]


def _scale(measure: Measure, collection: Collection) -> int:
    """Dates are told in milliseconds."""
    dated = measure.field is not None and load_json(collection)["properties"][measure.field]["type"] == "date"
    return _DAY_MS if dated else 1


def _buckets(
    ask: Callable[[Json], Json], where: Operator, sources: list[Json], inside: Json, page: int = _PAGE
) -> Iterator[Json]:
    composite: Json = {"composite": {"size": page, "sources": sources}, "aggs": inside}
    body = {"query": {"bool": {"filter": [compile_filter(where)]}}, "size": 0, "aggs": {"by": composite}}
    while True:
        found = ask(body)["aggregations"]["by"]
        yield from found["buckets"]
        if "after_key" not in found:
            return
        composite["composite"]["after"] = found["after_key"]


def _medians(ask: Callable[[Json], Json], where: Operator, by: str, measure: Measure) -> dict[str, float]:
    """Exact: the distinct numbers of each group are told in order, with how many documents have each. The percentiles of
    OpenSearch are an estimate, which would not be that of the other engine."""
    told: dict[str, list[tuple[float, int]]] = {}
    sources = [*_by(by), {"number": {"terms": {"field": measure.field}}}]
    for bucket in _buckets(ask, conjunction(where, measure.where), sources, {}, _LARGE_PAGE):
        told.setdefault(bucket["key"]["value"], []).append((float(bucket["key"]["number"]), bucket["doc_count"]))
    return {value: _middle(numbers) for value, numbers in told.items()}


def _middle(numbers: list[tuple[float, int]]) -> float:
    ends = np.cumsum([count for _, count in numbers])
    low, high = (int(np.searchsorted(ends, place, side="right")) for place in ((ends[-1] - 1) // 2, ends[-1] // 2))
    return (numbers[low][0] + numbers[high][0]) / 2


def _measure(measure: Measure) -> Json:
    inside = {} if measure.field is None else {"aggs": {"figure": {measure.kind: {"field": measure.field}}}}
    return {"filter": compile_filter(measure.where), **inside}


def _figure(counted: Json, measure: Measure) -> float:
    if measure.field is None:
        return float(counted["doc_count"])
    value = counted["figure"]["value"]
    return float("nan") if value is None else float(value)
