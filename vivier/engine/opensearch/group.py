"""Figures by group in OpenSearch's query language: one query for each condition of the measures, all in one request.

A bucket has only the figures of its condition, so that twenty thousand groups are counted in one pass, and a value whose
documents do not meet a condition costs nothing. Every value is counted: beyond the number of buckets that a node allows in an
answer, values are requested in parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import product
from operator import itemgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mappings import load_json
from vivier.engine.opensearch.dsl import AskAll, Json, compile_filter
from vivier.search.operators import EVERY, Collection, Measure, Operator, Terms, conjunction
from vivier.search.port import Groups

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


AtOnce = Callable[[list[Callable[[], Any]]], list[Any]]
_BUCKETS: Final = 65_000
"""Most buckets of a query: a node allows 65,535 in one answer."""
_DAY_MS: Final = 86_400_000
_KEY, _COUNT, _VALUE = itemgetter("key"), itemgetter("doc_count"), itemgetter("value")
"""Getters in C, because an answer has tens of thousands of buckets."""


def grouped(
    ask: AskAll,
    at_once: AtOnce,
    collection: Collection,
    where: Operator,
    by: str,
    measures: tuple[Measure, ...],
    among: tuple[str, ...] | None = None,
    buckets: int = _BUCKETS,
) -> Groups:
    """Groups of the documents that meet ``where``; ``ask`` sends bodies together and gives their answers in order, ``at_once``
    does works whose bodies go together."""
    if among is not None:
        where = conjunction(where, Terms(by, tuple(sorted(set(among)))))
    counted = tuple(measure for measure in measures if measure.kind != "median")
    middles = tuple(measure for measure in measures if measure.kind == "median")
    works = (partial(medians, ask, conjunction(where, measure.where), by, measure) for measure in middles)
    found: list[Any] = at_once([partial(_counted, ask, where, by, counted, buckets), *works])
    groups = _groups(found[0], collection, counted)
    for measure, of_value in zip(middles, found[1:], strict=True):
        column = np.array([of_value.get(value, np.nan) for value in groups.values], np.float64)
        groups.measures[measure.name] = column / _DAY_MS if _is_day(measure, collection) else column
    return groups if among is None else _only(groups, frozenset(among))


def _counted(
    ask: AskAll, where: Operator, by: str, measures: tuple[Measure, ...], buckets: int
) -> dict[Operator, list[Json]]:
    """The buckets of each condition of the measures. Beyond what a node allows, values are requested in parts."""
    apart = list(dict.fromkeys([EVERY, *(measure.where for measure in measures)]))
    inside = [
        {m.name: {m.kind: {"field": m.field}} for m in measures if m.where == condition and m.field}
        for condition in apart
    ]
    parts = 1
    while True:
        queries = [
            _body(conjunction(where, condition), by, of, buckets) for condition, of in zip(apart, inside, strict=True)
        ]
        answers = ask([_part(body, part, parts) for part, body in product(range(parts), queries)])
        found = [answer["aggregations"]["by"] for answer in answers]
        if not any(terms["sum_other_doc_count"] for terms in found):
            break
        parts *= 2
    return {
        condition: [b for terms in found[i :: len(apart)] for b in terms["buckets"]]
        for i, condition in enumerate(apart)
    }


def _only(groups: Groups, wanted: frozenset[str]) -> Groups:
    """The groups of the wanted values. A document that has a wanted value may have other values, which are left out."""
    wanted_groups = np.array([value in wanted for value in groups.values], bool)
    values = tuple(value for value in groups.values if value in wanted)
    return Groups(values, {name: column[wanted_groups] for name, column in groups.measures.items()})


def _groups(counted: dict[Operator, list[Json]], collection: Collection, measures: tuple[Measure, ...]) -> Groups:
    """The figures in the order of the values. A value without a bucket under a condition has no document that meets it."""
    values = sorted(map(_KEY, counted[EVERY]))
    place = dict(zip(values, range(len(values)), strict=True))
    at = {
        where: np.fromiter(map(place.__getitem__, map(_KEY, buckets)), np.intp, len(buckets))
        for where, buckets in counted.items()
    }
    figures = {}
    for measure in measures:
        column = np.full(len(values), 0.0 if measure.kind in ("count", "sum") else np.nan)
        column[at[measure.where]] = _figures(measure, counted[measure.where])
        figures[measure.name] = column / _DAY_MS if _is_day(measure, collection) else column
    return Groups(tuple(values), figures)


def _is_day(measure: Measure, collection: Collection) -> bool:
    """Whether the measure is on a date: OpenSearch then gives milliseconds."""
    return measure.field in _dates(collection)


@cache
def _dates(collection: Collection) -> frozenset[str]:
    return frozenset(name for name, spec in load_json(collection)["properties"].items() if spec["type"] == "date")


def _body(where: Operator, by: str, inside: Json, buckets: int) -> Json:
    terms: Json = {"terms": {"field": by, "size": buckets, "order": {"_key": "asc"}}}
    aggregation = terms | ({"aggs": inside} if inside else {})
    query = {"bool": {"filter": [compile_filter(where)]}}
    return {"query": query, "size": 0, "track_total_hits": False, "aggs": {"by": aggregation}}


def _part(body: Json, part: int, parts: int) -> Json:
    """The same query for the values whose hash falls in part number ``part`` of ``parts``."""
    if parts == 1:
        return body
    by = body["aggs"]["by"]
    partition = {"terms": by["terms"] | {"include": {"partition": part, "num_partitions": parts}}}
    return body | {"aggs": {"by": by | partition}}


def _figures(measure: Measure, buckets: list[Json]) -> npt.NDArray[np.float64]:
    """One number a bucket. OpenSearch gives ``null`` for the least or greatest of no number."""
    if measure.field is None:
        return np.fromiter(map(_COUNT, buckets), np.float64, len(buckets))
    return np.array(list(map(_VALUE, map(itemgetter(measure.name), buckets))), np.float64)
