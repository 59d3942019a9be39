"""The reader of the OpenSearch engine: it compiles a query to OpenSearch's language and reads the answer of one index.

Which documents have each of many values, in OpenSearch's query language. Each request is for some of the values, so that it
makes no more buckets than a node allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from operator import itemgetter
from typing import Any, Final

from vivier.engine.opensearch.asking import WHOLE, look_around, preferred, sent
from vivier.engine.opensearch.building import words_index
from vivier.engine.opensearch.client import ANSWER_SECONDS, Client, SlowSearch, wall
from vivier.engine.opensearch.dsl import PART_MARK, AskAll, Json, compile_filter, compile_search, counted_by
from vivier.engine.opensearch.group import grouped
from vivier.engine.opensearch.together import ask, together
from vivier.errors import EngineAway, EngineUnavailable, NotFound
from vivier.search.operators import EVERY, Collection, Facet, Measure, Operator, Search
from vivier.search.port import Answer, FacetCounts, Generation, Groups, Hit, Members
from vivier.text.vocabulary import Vocabulary

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


Words = dict[Collection, tuple[str, Vocabulary]]
"""The vocabulary last read of each collection, and the generation it belongs to."""
_SCAN_PAGE = 1000
_KEPT_WHOLE: Final = {"keep_alive": "2m", "allow_partial_pit_creation": "false"}


class OpenSearchReader:
    """One index. ``words``: the vocabularies read, which the readers of one store share."""

    def __init__(self, client: Client, index: str, generation: Generation, words: Words) -> None:
        self.generation = generation
        self._client = client
        self._index = index
        self._words = words

    def search(self, search: Search) -> Answer[Any]:
        answer = self._ask(compile_search(search))
        aggregations = answer.get("aggregations", {})
        return Answer(
            total=answer["hits"]["total"]["value"],
            hits=[_hit(hit, search) for hit in answer["hits"].get("hits", ())],
            facets={facet.name: _facet(counted_by(aggregations, facet), facet) for facet in search.facets},
            counts={name: aggregations[f"count.{name}"]["where"]["doc_count"] for name, _ in search.counts},
        )

    def get(self, ids: Iterable[str]) -> dict[str, Json]:
        wanted = list(ids)
        found: dict[str, Json] = {}
        for start in range(0, len(wanted), _SCAN_PAGE):
            page = wanted[start : start + _SCAN_PAGE]
            body = {"query": {"terms": {"id": page}}, "size": len(page), "_source": ["record"]}
            found |= {hit["_id"]: hit["_source"]["record"] for hit in self._ask(body)["hits"]["hits"]}
        return {id_: found[id_] for id_ in wanted if id_ in found}

    def scan(self, where: Operator, *, records: bool = True) -> Iterator[Hit[Any]]:
        body: Json = {
            "query": {"bool": {"filter": [compile_filter(where)]}},
            "sort": [{"tie": "asc"}, {"id": "asc"}],
            "_source": ["record"] if records else False,
        }
        for hit in self._every(body):
            yield Hit(hit["_id"], 0, None, hit["_source"]["record"] if records else {})

    def stream(self, search: Search) -> Iterator[Hit[Any]]:
        body = compile_search(replace(search, facets=(), counts=()))
        del body["from"]
        for hit in self._every(body | {"sort": [*body["sort"], {"id": "asc"}]}):
            yield _hit(hit | {"sort": hit["sort"][:-1]}, search)

    def group(
        self, where: Operator, by: str, measures: tuple[Measure, ...], among: tuple[str, ...] | None = None
    ) -> Groups:
        return grouped(self._ask_all, self._at_once, self.generation.collection, where, by, measures, among)

    def members(
        self, where: Operator, by: str, values: tuple[str, ...], path: str | None = None, entry: Operator = EVERY
    ) -> Members:
        return members_of(self._ask_all, where, by, values, path, entry)

    def vocabulary(self) -> Vocabulary:
        known = self._words.get(self.generation.collection)
        if known is None or known[0] != self.generation.name:
            with wall():
                document = self._client.get(index=words_index(self._index), id="words")["_source"]
            entries = {token: (count, written) for token, (count, written) in document["entries"].items()}
            known = self.generation.name, Vocabulary(self.generation.documents, entries)
            self._words[self.generation.collection] = known
        return known[1]

    def _ask(self, body: Json) -> Json:
        return self._ask_all([body])[0]

    def _ask_all(self, bodies: list[Json]) -> list[Json]:
        """Several searches in one request, with those that other works ask at the same time (:func:`together`)."""
        return ask([(self._index, body) for body in bodies], partial(sent, self._client))

    def _at_once(self, works: list[Callable[[], Any]]) -> list[Any]:
        return together(works, partial(sent, self._client))

    def _every(self, body: Json) -> Iterator[Json]:
        """Every hit of a body that ends its sort with ``id``, page by page. Most answers have one, asked as any search. What OpenSearch holds
        for the others (a point in time) keeps the documents until the last page, even when the generation is removed meanwhile; it is lost
        with a node that holds it. As a generation does not change, another one then goes on from the same place."""
        body = body | {"size": _SCAN_PAGE, "track_total_hits": False}
        hits = self._ask(body)["hits"]["hits"]
        yield from hits
        if len(hits) < _SCAN_PAGE:
            return
        pit = self._hold()
        try:
            while len(hits) == _SCAN_PAGE:
                body["search_after"] = hits[-1]["sort"]
                try:
                    hits = self._page(body, pit)
                except (NotFound, EngineAway):
                    pit = self._hold()
                    hits = self._page(body, pit)
                yield from hits
        finally:
            with suppress(NotFound, EngineUnavailable), wall():  # it ends by itself
                self._client.delete_pit(body={"pit_id": [pit]})

    def _hold(self) -> str:
        with wall():
            params = {**_KEPT_WHOLE, **preferred(self._client)}
            return str(self._client.create_pit(index=self._index, params=params)["pit_id"])

    def _page(self, body: Json, pit: str) -> list[Json]:
        """A page of what is held. Raises ``EngineAway`` when a node answers no more: what it held is to be held elsewhere."""
        request = body | {"pit": {"id": pit, "keep_alive": _KEPT_WHOLE["keep_alive"]}}
        try:
            with wall():
                return list(self._client.search(body=request, params=WHOLE)["hits"]["hits"])
        except SlowSearch as error:
            look_around(self._client)
            if preferred(self._client):
                raise EngineAway("Un nœud d'OpenSearch ne répond pas.") from error
        with wall():
            found = self._client.search(body=request, params=WHOLE, request_timeout=ANSWER_SECONDS)
        return list(found["hits"]["hits"])


def _hit(hit: Json, search: Search) -> Hit[Any]:
    distance = None
    if search.origins:
        by = [sort.by for sort in search.sort]
        value = hit["sort"][by.index("distance") if "distance" in by else -1]
        distance = float(value) if isinstance(value, int | float) else None
    return Hit(hit["_id"], round(hit["_score"] or 0), distance, hit["_source"]["record"], _parts(hit, search))


def _parts(hit: Json, search: Search) -> dict[str, int]:
    """Points of each part, from the names of the tiers the hit met."""
    points = {part.name: 0 for part in search.parts}
    for met in hit.get("matched_queries", ()):
        name, worth, _ = met.rsplit(PART_MARK, 2)
        points[name] = max(points[name], int(worth))
    return points


def _facet(counted: Json, facet: Facet) -> FacetCounts:
    if facet.path is None:
        values = {bucket["key"]: bucket["doc_count"] for bucket in counted["values"]["buckets"]}
        return _ordered(values, facet, counted["missing"]["doc_count"])
    chosen = counted["entries"]["chosen"]
    values = {bucket["key"]: bucket["documents"]["doc_count"] for bucket in chosen["values"]["buckets"]}
    return _ordered(values, facet, counted["doc_count"] - chosen["documents"]["doc_count"])


def _ordered(counts: dict[str, int], facet: Facet, missing: int) -> FacetCounts:
    """Orders values by decreasing count, then by value, and retains at most ``facet.size`` of them. Selected values are always
    retained."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    values = dict(ordered[: facet.size])
    for value in facet.selected:
        values.setdefault(value, counts.get(value, 0))
    return FacetCounts(values, missing, len(counts.keys() - values.keys()))
