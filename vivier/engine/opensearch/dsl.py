"""Compiles operators to OpenSearch's query language. No other file does."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from vivier.search import operators as ops
from vivier.territory.sphere import on_grid

Json = dict[str, Any]
AskAll = Callable[[list[Json]], list[Json]]
"""Sends queries together; gives their answers in order."""
PART_MARK = "="
MAX_BUCKETS = 10_000


def compile_filter(operator: ops.Operator, path: str | None = None) -> Json:
    """The operator as a query that only filters. Inside a nested ``path``, names of fields take its prefix."""
    match operator:
        case ops.All(of):
            return _all([compile_filter(o, path) for o in of])
        case ops.AnyOf(of):
            return _any([compile_filter(o, path) for o in of])
        case ops.Not(of):
            return {"bool": {"must_not": [compile_filter(of, path)]}}
        case ops.Terms(field, values):
            return {"terms": {_name(field, path): list(values)}}
        case ops.Exists(field):
            return {"exists": {"field": _name(field, path)}}
        case ops.Range():
            return _range(operator, path)
        case ops.Near(field, lon, lat, km):
            place = {_name(field, path): {"lon": lon, "lat": lat}}
            return {"geo_distance": {"distance": f"{km}km", "distance_type": "arc", **place}}
        case ops.Within(field, rings):
            polygon = {"type": "polygon", "coordinates": [[list(point) for point in ring] for ring in rings]}
            return {"geo_shape": {_name(field, path): {"shape": polygon, "relation": "intersects"}}}
        case ops.Same():
            return _nested(operator)
        case ops.Text(groups, least):
            met = [_any([_phrase(phrase) for phrase in group]) for group in groups]
            return _all(met) if least is None else {"bool": {"should": met, "minimum_should_match": least}}


@lru_cache(maxsize=1024)
def _nested(operator: ops.Same) -> Json:
    """Kept, never changed: an answer has the same conditions on offers in its search, its facets and its counts, and so has the next one."""
    return {"nested": {"path": operator.path, "query": compile_filter(ops.All(operator.all), operator.path)}}


def compile_search(search: ops.Search) -> Json:
    """The whole body: filter, points, order, facets and counts. Totals are exact. The facet of a filtered field counts all
    documents under its own condition; the other facets count the hits, so that the filter is evaluated once, not once a facet.

    The whole source is requested: it is little more than the record (the mappings leave texts and codes of zones out of it). A
    node that must return a part of it parses and writes every hit again, a tenth to a third of its time on a page."""
    aggregations = {f"facet.{facet.name}": _facet(facet, search) for facet in search.facets}
    aggregations |= {f"count.{name}": _apart(compile_filter(operator), {}) for name, operator in search.counts}
    body: Json = {
        "query": {"bool": {"filter": [compile_filter(search.where)], "should": _points(search)}},
        "sort": _sorts(search),
        "from": search.offset,
        "size": search.limit,
        "track_total_hits": True,
        "track_scores": True,
    }
    return body | ({"aggs": aggregations} if aggregations else {})


def _points(search: ops.Search) -> list[Json]:
    """Clauses that give constant points, so that both engines give the same whole numbers: those of the best phrase of each group
    and of the best tier of each part."""
    should: list[Json] = []
    if search.text is not None and search.text.groups:
        # One clause for all groups: a document found by another way (its identifier) gets no points for half a text.
        best, least = [_best_phrase(group) for group in search.text.groups], search.text.least
        should.append({"bool": {"must": best} if least is None else {"should": best, "minimum_should_match": least}})
    should += [_part(part) for part in search.parts if part.tiers]
    return should


def _best_phrase(group: tuple[ops.Phrase, ...]) -> Json:
    return _best([(_phrase(phrase), phrase.points) for phrase in group]) if group else _any([])


def _best(scored: list[tuple[Json, int]]) -> Json:
    return {
        "dis_max": {"queries": [{"constant_score": {"filter": query, "boost": points}} for query, points in scored]}
    }


def _part(part: ops.Part) -> Json:
    """A clause that gives the points of the best tier. The hit lists the names of the tiers that it meets, from which the reader
    takes the points. Names differ even between tiers of equal points: OpenSearch reports only the last of two queries that have
    the same name."""
    queries = [
        {
            "constant_score": {
                "filter": compile_filter(tier.where),
                "boost": tier.points,
                "_name": f"{part.name}{PART_MARK}{tier.points}{PART_MARK}{number}",
            }
        }
        for number, tier in enumerate(part.tiers)
    ]
    return {"dis_max": {"queries": queries}}


def _sorts(search: ops.Search) -> list[Json]:
    keys = [*search.sort, ops.Sort("tie")]
    if search.origins and all(sort.by != "distance" for sort in search.sort):
        keys.append(
            ops.Sort("distance")
        )  # after the tie it does not change the order, but the hit then has its distance
    return [_sort(sort, search) for sort in keys if sort.by != "distance" or search.origins]


def _sort(sort: ops.Sort, search: ops.Search) -> Json:
    if sort.by == "score":
        return {"_score": {"order": "desc"}}
    if sort.by == "distance":
        origins = [{"lon": lon, "lat": lat} for lon, lat in (on_grid(*origin) for origin in search.origins)]
        return {
            "_geo_distance": {"location": origins, "order": "asc", "unit": "km", "mode": "min", "distance_type": "arc"}
        }
    return {sort.by: {"order": "desc" if sort.descending else "asc", "missing": "_last", "mode": "min"}}


def _facet(facet: ops.Facet, search: ops.Search) -> Json:
    counted = _doc_values(facet) if facet.path is None else _entry_values(facet)
    if facet.where == search.where:
        return {"filter": {"match_all": {}}, "aggs": counted}
    return _apart(compile_filter(facet.where), counted)


def counted_by(answer: Json, facet: ops.Facet) -> Json:
    """The counts of a facet, from the place in the answer where :func:`compile_search` put them."""
    counted: Json = answer[f"facet.{facet.name}"]
    return cast(Json, counted.get("where", counted))


def _doc_values(facet: ops.Facet) -> Json:
    """Counts every value, so that the number of values left out is known: départements, régions and networks are few."""
    return {
        "values": {"terms": {"field": facet.field, "size": MAX_BUCKETS}},
        "missing": {"missing": {"field": facet.field}},
    }


def _entry_values(facet: ops.Facet) -> Json:
    """Counts documents by value of the entries that meet the facet's condition, and documents with any such value. Every bucket
    is requested: OpenSearch orders them by entries, Vivier by documents. Nested values are codes of short vocabularies."""
    field = _name(facet.field, facet.path)
    matching = ops.All((facet.entry, ops.Exists(facet.field)))
    back: Json = {"documents": {"reverse_nested": {}}}
    values = {"values": {"terms": {"field": field, "size": MAX_BUCKETS}, "aggs": back}}
    chosen = {"filter": compile_filter(matching, facet.path), "aggs": values | back}
    return {"entries": {"nested": {"path": facet.path}, "aggs": {"chosen": chosen}}}


def _apart(where: Json, inside: Json) -> Json:
    """An aggregation over every document that meets ``where``, whatever the search itself filters."""
    return {"global": {}, "aggs": {"where": {"filter": where, **({"aggs": inside} if inside else {})}}}


def _range(operator: ops.Range, path: str | None) -> Json:
    name = _name(operator.field, path)
    bounds = {key: value for key, value in (("gte", operator.gte), ("lte", operator.lte)) if value is not None}
    inside: Json = {"range": {name: bounds}}
    return _any([inside, {"bool": {"must_not": [{"exists": {"field": name}}]}}]) if operator.missing else inside


def _all(queries: list[Json]) -> Json:
    return {"bool": {"filter": queries}} if queries else {"match_all": {}}


def _any(queries: list[Json]) -> Json:
    if not queries:  # a « should » without clauses would match everything
        return {"match_none": {}}
    return queries[0] if len(queries) == 1 else {"bool": {"should": queries, "minimum_should_match": 1}}


def _phrase(phrase: ops.Phrase) -> Json:
    if len(phrase.tokens) == 1:
        return {"term": {phrase.field: phrase.tokens[0]}}
    clauses = [{"span_term": {phrase.field: token}} for token in phrase.tokens]
    return {"span_near": {"clauses": clauses, "slop": 0, "in_order": True}}


def _name(field: str, path: str | None) -> str:
    return field if path is None else f"{path}.{field}"
