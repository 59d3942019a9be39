"""Which documents have each of many values, in OpenSearch's query language. Each request is for some of the values, so that it
makes no more buckets than a node allows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from vivier.engine.opensearch.dsl import compile_filter
from vivier.engine.port import Members
from vivier.search.operators import Operator

Json = dict[str, Any]
_BUCKETS: Final = 60_000
_MOST_VALUES: Final = 500


def members_of(
    ask: Callable[[Json], Json],
    where: Operator,
    by: str,
    values: tuple[str, ...],
    path: str | None,
    entry: Operator,
) -> Members:
    """Ids by value, in the order of ids. ``ask`` sends a body and returns the answer."""
    query = {"bool": {"filter": [compile_filter(where)]}}
    total = ask({"query": query, "size": 0, "track_total_hits": True})["hits"]["total"]["value"]
    found: dict[str, tuple[str, ...]] = dict.fromkeys(values, ())
    if not total:
        return Members.of(found)
    step = max(1, min(_MOST_VALUES, _BUCKETS // (total + 1)))
    for first in range(0, len(values), step):
        aggregation = _by(by, list(values[first : first + step]), total, path, entry)
        answer = ask({"query": query, "size": 0, "aggs": {"by": aggregation}})
        counted = answer["aggregations"]["by"]
        for bucket in (counted if path is None else counted["chosen"]["values"])["buckets"]:
            ids = (bucket if path is None else bucket["documents"])["ids"]["buckets"]
            found[bucket["key"]] = tuple(sorted(id_bucket["key"] for id_bucket in ids))
    return Members.of(found)


def _by(by: str, values: list[str], total: int, path: str | None, entry: Operator) -> Json:
    ids: Json = {"ids": {"terms": {"field": "id", "size": total}}}
    terms: Json = {"field": by if path is None else f"{path}.{by}", "include": values, "size": len(values)}
    if path is None:
        return {"terms": terms, "aggs": ids}
    inside = {"values": {"terms": terms, "aggs": {"documents": {"reverse_nested": {}, "aggs": ids}}}}
    return {"nested": {"path": path}, "aggs": {"chosen": {"filter": compile_filter(entry, path), "aggs": inside}}}
