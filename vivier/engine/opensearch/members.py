"""Which documents have each of many values, in OpenSearch's query language. Each request is for some of the values, so that it
makes no more buckets than a node allows."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter
from typing import Final

from vivier.engine.opensearch.dsl import AskAll, Json, compile_filter
from vivier.search.operators import Operator
from vivier.search.port import Members

_BUCKETS: Final = 60_000
_MOST_VALUES: Final = 500
_LEAST_SHARE: Final = 100
"""Documents of a value that are asked for at first, at least."""


def members_of(
    ask: AskAll,
    where: Operator,
    by: str,
    values: tuple[str, ...],
    path: str | None,
    entry: Operator,
) -> Members:
    """Ids by value, in the order of ids. ``ask`` sends bodies together and gives their answers in order. Values with more documents than their
    share of an answer are asked again, now that their number is known."""
    query = {"bool": {"filter": [compile_filter(where)]}}
    found: dict[str, tuple[str, ...]] = dict.fromkeys(values, ())
    wanted = dict.fromkeys(values, max(_LEAST_SHARE, _BUCKETS // max(1, len(values)) - 1))
    while wanted:
        bodies = [
            {"query": query, "size": 0, "aggs": {"by": _by(by, some, max(map(wanted.__getitem__, some)), path, entry)}}
            for some in _shared_out(wanted)
        ]
        wanted = {}
        for answer in ask(bodies):
            counted = answer["aggregations"]["by"]
            for bucket in (counted if path is None else counted["chosen"]["values"])["buckets"]:
                having = bucket if path is None else bucket["documents"]
                ids = having["ids"]
                if ids["sum_other_doc_count"]:
                    wanted[bucket["key"]] = having["doc_count"]
                else:
                    found[bucket["key"]] = tuple(sorted(id_bucket["key"] for id_bucket in ids["buckets"]))
    return Members.of(found)


def _shared_out(wanted: dict[str, int]) -> Iterator[list[str]]:
    """The values, a list for each request: all that it asks fits in the buckets that a node allows."""
    some: list[str] = []
    most = 0
    for value, size in sorted(wanted.items(), key=itemgetter(1)):
        most = max(most, size)
        if some and (len(some) == _MOST_VALUES or (len(some) + 1) * (most + 1) > _BUCKETS):
            yield some
            some, most = [], size
        some.append(value)
    if some:
        yield some


def _by(by: str, values: list[str], most: int, path: str | None, entry: Operator) -> Json:
    ids: Json = {"ids": {"terms": {"field": "id", "size": most}}}
    terms: Json = {"field": by if path is None else f"{path}.{by}", "include": values, "size": len(values)}
    if path is None:
        return {"terms": terms, "aggs": ids}
    inside = {"values": {"terms": terms, "aggs": {"documents": {"reverse_nested": {}, "aggs": ids}}}}
    return {"nested": {"path": path}, "aggs": {"chosen": {"filter": compile_filter(entry, path), "aggs": inside}}}
