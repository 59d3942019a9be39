"""Figures by group in OpenSearch's query language: one question for each condition of the measures, all in one request.

A bucket holds only what its condition needs, so that twenty thousand groups are counted in one pass, and a value that does
not meet a condition costs nothing. Every value is counted: past what a node allows in one answer, values are asked in parts.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from mappings import load_json
from vivier.engine.dsl import compile_filter
from vivier.engine.port import Groups
from vivier.operators import EVERY, Collection, Measure, Operator, conjunction

Json = dict[str, Any]
AskAll = Callable[[list[Json]], list[Json]]
_BUCKETS: Final = 65_000
"""A node allows 65,535 in one answer."""
_DAY_MS: Final = 86_400_000


def grouped(
    ask: AskAll,
    collection: Collection,
    where: Operator,
    by: str,
    measures: tuple[Measure, ...],
    buckets: int = _BUCKETS,
) -> Groups:
    """Groups of the documents that meet ``where``; ``ask`` sends bodies together and gives their answers in order."""
    apart = list(dict.fromkeys([EVERY, *(measure.where for measure in measures)]))
    inside = [{m.name: {m.kind: {"field": m.field}} for m in measures if m.where == one and m.field} for one in apart]
    parts = 1
    while True:
        queries = [_body(conjunction(where, one), by, of, buckets) for one, of in zip(apart, inside, strict=True)]
        answers = ask([_part(body, part, parts) for part, body in product(range(parts), queries)])
        found = [answer["aggregations"]["by"] for answer in answers]
        if not any(one["sum_other_doc_count"] for one in found):
            break
        parts *= 2
    counted = {one: [b for told in found[i :: len(apart)] for b in told["buckets"]] for i, one in enumerate(apart)}
    return _groups(counted, collection, measures)


def _groups(counted: dict[Operator, list[Json]], collection: Collection, measures: tuple[Measure, ...]) -> Groups:
    """The figures in the order of the values. A value without a bucket under a condition has no document that meets it."""
    values = sorted(bucket["key"] for bucket in counted[EVERY])
    place = {value: i for i, value in enumerate(values)}
    at = {
        where: np.fromiter((place[bucket["key"]] for bucket in buckets), np.intp, len(buckets))
        for where, buckets in counted.items()
    }
    properties = load_json(collection)["properties"]
    figures = {}
    for measure in measures:
        column = np.full(len(values), 0.0 if measure.kind in ("count", "sum") else np.nan)
        column[at[measure.where]] = _figures(measure, counted[measure.where])
        is_day = measure.field is not None and properties[measure.field]["type"] == "date"
        figures[measure.name] = column / _DAY_MS if is_day else column
    return Groups(tuple(values), figures)


def _body(where: Operator, by: str, inside: Json, buckets: int) -> Json:
    terms: Json = {"terms": {"field": by, "size": buckets, "order": {"_key": "asc"}}}
    aggregation = terms | ({"aggs": inside} if inside else {})
    query = {"bool": {"filter": [compile_filter(where)]}}
    return {"query": query, "size": 0, "track_total_hits": False, "aggs": {"by": aggregation}}


def _part(body: Json, part: int, parts: int) -> Json:
    """The same question for the values whose hash falls in one of ``parts``."""
    if parts == 1:
        return body
    by = body["aggs"]["by"]
    asked = {"terms": by["terms"] | {"include": {"partition": part, "num_partitions": parts}}}
    return body | {"aggs": {"by": by | asked}}


def _figures(measure: Measure, buckets: list[Json]) -> npt.NDArray[np.float64]:
    """One number a bucket; OpenSearch says ``null`` for the least or greatest of nothing."""
    if measure.field is None:
        return np.fromiter((bucket["doc_count"] for bucket in buckets), np.float64, len(buckets))
    return np.array([bucket[measure.name]["value"] for bucket in buckets], np.float64)
