"""Figures by group in OpenSearch's query language, page by page: every value is counted, however many there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from mappings import load_json
from vivier.engine.dsl import compile_filter
from vivier.engine.port import Groups
from vivier.operators import Collection, Measure, Operator

Json = dict[str, Any]
_PAGE = 2_000
_DAY_MS = 86_400_000


def grouped(
    ask: Callable[[Json], Json], collection: Collection, where: Operator, by: str, measures: tuple[Measure, ...]
) -> Groups:
    """Groups of the documents that meet ``where``; ``ask`` sends a body and gives the answer."""
    composite: Json = {
        "composite": {"size": _PAGE, "sources": [{"value": {"terms": {"field": by}}}]},
        "aggs": {measure.name: _measure(measure) for measure in measures},
    }
    body = {"query": {"bool": {"filter": [compile_filter(where)]}}, "size": 0, "aggs": {"by": composite}}
    properties = load_json(collection)["properties"]
    scales = {m.name: _DAY_MS if m.field is not None and properties[m.field]["type"] == "date" else 1 for m in measures}
    values: list[str] = []
    figures: dict[str, list[float]] = {measure.name: [] for measure in measures}
    while True:
        found = ask(body)["aggregations"]["by"]
        for bucket in found["buckets"]:
            values.append(bucket["key"]["value"])
            for measure in measures:
                figures[measure.name].append(_figure(bucket[measure.name], measure) / scales[measure.name])
        if "after_key" not in found:
            return Groups(tuple(values), {name: np.array(column, np.float64) for name, column in figures.items()})
        composite["composite"]["after"] = found["after_key"]


def _measure(measure: Measure) -> Json:
    inside = {} if measure.field is None else {"aggs": {"figure": {measure.kind: {"field": measure.field}}}}
    return {"filter": compile_filter(measure.where), **inside}


def _figure(counted: Json, measure: Measure) -> float:
    if measure.field is None:
        return float(counted["doc_count"])
    value = counted["figure"]["value"]
    return float("nan") if value is None else float(value)
