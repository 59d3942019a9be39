"""The OpenSearch engine, through opensearch-py: a generation is an index, the live one is behind an alias.

The alias moves in one call, so a search sees the former generation or the new one, never a mixture. What a crash leaves
is an index without the mark « finished »: it answers nobody and the next build removes it.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from vivier.engine.embedded.evaluate import facet_counts
from vivier.engine.opensearch.building import OpenSearchBuilding, delete_generation, words_index
from vivier.engine.opensearch.client import connect, wall
from vivier.engine.opensearch.dsl import PART_MARK, compile_filter, compile_search, counted_by
from vivier.engine.opensearch.group import grouped
from vivier.engine.opensearch.members import members_of
from vivier.engine.opensearch.sending import BUILD_SECONDS
from vivier.engine.port import Answer, FacetCounts, Generation, Groups, Hit, Members
from vivier.errors import BuildRefused, EngineUnavailable, NotFound
from vivier.search.operators import EVERY, Collection, Facet, Measure, Operator, Search
from vivier.text.vocabulary import Vocabulary

_SCAN_PAGE = 1000
_LIVE_SECONDS = 1.0
_ABANDONED_AFTER = timedelta(days=1)
WHAT_WAS_COUNTED = {"filter_path": "responses.error.type,responses.status,responses.aggregations"}


class OpenSearchEngine:
    """Generations as indices ``<prefix>-<collection>-<time>``, the live one behind the alias ``<prefix>-<collection>``."""

    name = "opensearch"

    def __init__(self, hosts: list[str], prefix: str) -> None:
        self._client = connect(hosts)
        self._prefix = prefix
        self._live: dict[Collection, tuple[float, Generation]] = {}
        self._words: dict[str, Vocabulary] = {}

    def build(self, collection: Collection) -> OpenSearchBuilding:
        self._remove_leftovers(collection)
        return OpenSearchBuilding(self._client, self._prefix, collection)

    def promote(self, collection: Collection, generation: str) -> Generation:
        self._describe(collection, generation)
        alias = self._alias(collection)
        remove = {"remove": {"index": f"{alias}-*", "alias": alias, "must_exist": False}}
        with wall():
            self._client.indices.update_aliases(
                body={"actions": [remove, {"add": {"index": self._index(generation), "alias": alias}}]},
                request_timeout=BUILD_SECONDS,
            )
        self._live.pop(collection, None)
        return self.live(collection)

    def generations(self, collection: Collection) -> list[Generation]:
        return sorted(self._described(collection).values(), key=lambda one: one.name, reverse=True)

    def remove(self, collection: Collection, generation: str) -> None:
        if self._describe(collection, generation).live:
            raise BuildRefused(f"La génération « {generation} » est en service : promouvez-en une autre d'abord.")
        with wall():
            delete_generation(self._client, self._index(generation))

    def live(self, collection: Collection) -> Generation:
        """Asked of OpenSearch at most once a second: a promotion made elsewhere is seen within that time."""
        known = self._live.get(collection)
        if known is None or time.monotonic() - known[0] > _LIVE_SECONDS:
            found = [one for one in self._described(collection, self._alias(collection)).values() if one.live]
            if not found:
                raise NotFound("Aucun index n'est en service : lancez « vivier index » (ou « vivier demo »).")
            known = self._live[collection] = (time.monotonic(), found[0])
        return known[1]

    def search(self, collection: Collection, search: Search, generation: str | None = None) -> Answer:
        answer = self._ask(collection, compile_search(search), generation)
        aggregations = answer.get("aggregations", {})
        return Answer(
            total=answer["hits"]["total"]["value"],
            hits=[_hit(hit, search) for hit in answer["hits"]["hits"]],
            facets={facet.name: _facet(counted_by(aggregations, facet), facet) for facet in search.facets},
            counts={name: aggregations[f"count.{name}"]["where"]["doc_count"] for name, _ in search.counts},
        )

    def get(
        self, collection: Collection, ids: Iterable[str], generation: str | None = None
    ) -> dict[str, dict[str, Any]]:
        wanted = list(ids)
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(wanted), _SCAN_PAGE):
            page = wanted[start : start + _SCAN_PAGE]
            body = {"query": {"terms": {"id": page}}, "size": len(page), "_source": ["record"]}
            hits = self._ask(collection, body, generation)["hits"]["hits"]
            found |= {hit["_id"]: hit["_source"]["record"] for hit in hits}
        return {id_: found[id_] for id_ in wanted if id_ in found}

    def scan(
        self, collection: Collection, where: Operator, *, records: bool = True, generation: str | None = None
    ) -> Iterator[Hit]:
        body: dict[str, Any] = {
            "query": {"bool": {"filter": [compile_filter(where)]}},
            "sort": [{"tie": "asc"}, {"id": "asc"}],
            "_source": ["record"] if records else False,
        }
        for hit in self._every(collection, body, generation):
            yield Hit(hit["_id"], 0, None, hit["_source"]["record"] if records else {})

    def stream(self, collection: Collection, search: Search, generation: str | None = None) -> Iterator[Hit]:
        body = compile_search(replace(search, facets=(), counts=()))
        del body["from"]
        for hit in self._every(collection, body | {"sort": [*body["sort"], {"id": "asc"}]}, generation):
            yield _hit(hit | {"sort": hit["sort"][:-1]}, search)

    def _every(self, collection: Collection, body: dict[str, Any], generation: str | None) -> Iterator[dict[str, Any]]:
        """Every hit of a body that ends its sort with ``id``, page by page, on the documents as they are at the first page."""
        index = self._index(generation) if generation else self._alias(collection)
        with wall():
            pit = self._client.create_pit(index=index, params={"keep_alive": "2m"})["pit_id"]
        body = body | {"pit": {"id": pit, "keep_alive": "2m"}, "size": _SCAN_PAGE, "track_total_hits": False}
        try:
            while True:
                with wall():
                    hits = self._client.search(body=body)["hits"]["hits"]
                yield from hits
                if len(hits) < _SCAN_PAGE:
                    return
                body["search_after"] = hits[-1]["sort"]
        finally:
            with wall():
                self._client.delete_pit(body={"pit_id": [pit]})

    def aggregate(
        self, collection: Collection, where: Operator, by: str, total: str | None = None, path: str | None = None
    ) -> dict[str, tuple[int, float]]:
        summed = {"sum": {"sum": {"field": total}}} if total is not None else {}
        inside: dict[str, Any] = {"documents": {"reverse_nested": {}, "aggs": summed}} if path else summed
        source = {"value": {"terms": {"field": f"{path}.{by}" if path else by}}}
        composite: dict[str, Any] = {"composite": {"size": _SCAN_PAGE, "sources": [source]}, "aggs": inside}
        by_value = {"entries": {"nested": {"path": path}, "aggs": {"by": composite}}} if path else {"by": composite}
        body = {"query": {"bool": {"filter": [compile_filter(where)]}}, "size": 0, "aggs": by_value}
        found: dict[str, tuple[int, float]] = {}
        while True:
            answer = self._ask(collection, body, None)["aggregations"]
            buckets = (answer["entries"] if path else answer)["by"]
            for bucket in buckets["buckets"]:
                documents = bucket["documents"] if path else bucket
                amount = documents["sum"]["value"] if total is not None else 0.0
                found[bucket["key"]["value"]] = (
                    documents["doc_count"],
                    float(amount),
                )
            if "after_key" not in buckets:
                return dict(sorted(found.items()))
            composite["composite"]["after"] = buckets["after_key"]

    def group(
        self,
        collection: Collection,
        where: Operator,
        by: str,
        measures: tuple[Measure, ...],
        generation: str | None = None,
        among: tuple[str, ...] | None = None,
    ) -> Groups:
        return grouped(
            lambda bodies: self._ask_all(collection, bodies, generation), collection, where, by, measures, among
        )

    def members(
        self,
        collection: Collection,
        where: Operator,
        by: str,
        values: tuple[str, ...],
        path: str | None = None,
        entry: Operator = EVERY,
        generation: str | None = None,
    ) -> Members:
        return members_of(lambda body: self._ask(collection, body, generation), where, by, values, path, entry)

    def vocabulary(self, collection: Collection, generation: str | None = None) -> Vocabulary:
        name = generation or self.live(collection).name
        known = self._words.get(name)
        if known is None:
            described = self._describe(collection, name)
            with wall():
                told = self._client.get(index=words_index(self._index(name)), id="words")["_source"]
            entries = {token: (count, written) for token, (count, written) in told["entries"].items()}
            known = Vocabulary(described.documents, entries)
            self._words = {name: known}
        return known

    def ready(self) -> list[str]:
        try:
            self._live.pop("suppliers", None)
            self.live("suppliers")
        except (NotFound, EngineUnavailable) as error:
            return [str(error)]
        return []

    def close(self) -> None:
        self._client.close()

    def _alias(self, collection: Collection) -> str:
        return f"{self._prefix}-{collection}"

    def _index(self, generation: str) -> str:
        return f"{self._prefix}-{generation}"

    def _ask(self, collection: Collection, body: dict[str, Any], generation: str | None) -> dict[str, Any]:
        index = self._index(generation) if generation else self._alias(collection)
        try:
            with wall():
                answer: dict[str, Any] = self._client.search(body=body, index=index)
        except NotFound:
            raise NotFound("Aucun index n'est en service : lancez « vivier index » (ou « vivier demo »).") from None
        return answer

    def _ask_all(
        self, collection: Collection, bodies: list[dict[str, Any]], generation: str | None
    ) -> list[dict[str, Any]]:
        """Several searches in one request, all on one generation."""
        index = self._index(generation or self.live(collection).name)
        with wall():
            lines = [line for body in bodies for line in ({"index": index}, body)]
            answers: list[dict[str, Any]] = self._client.msearch(body=lines, params=WHAT_WAS_COUNTED)["responses"]
        for answer in answers:
            if answer.get("status") == 404:
                raise NotFound("Cette génération n'existe pas ou plus dans OpenSearch.")
            if "error" in answer:
                raise EngineUnavailable(f"Le moteur OpenSearch a refusé la demande (code {answer.get('status')}).")
        return answers

    def _described(self, collection: Collection, index: str | None = None) -> dict[str, Generation]:
        """Finished generations by name (of the alias only, if ``index`` is it)."""
        alias = self._alias(collection)
        with wall():
            found = self._client.indices.get(
                index=index or f"{alias}-*",
                params={"ignore_unavailable": "true", "filter_path": "*.aliases,*.mappings._meta"},
            )
        return {
            generation.name: generation
            for name, told in found.items()
            if told.get("mappings", {}).get("_meta", {}).get("finished")
            for generation in [_generation(name.removeprefix(f"{self._prefix}-"), collection, told, alias)]
        }

    def _describe(self, collection: Collection, generation: str) -> Generation:
        found = self._described(collection).get(generation)
        if found is None:
            raise NotFound(f"Génération inconnue : « {generation} ». « vivier generations » en donne la liste.")
        return found

    def _remove_leftovers(self, collection: Collection) -> None:
        """Remove indices whose builder is gone (a dead process of this machine, or a day without being finished), and words
        without their index. Words are listed first: those of a build that begins meanwhile are not taken for such."""
        alias = self._alias(collection)
        listed = {"filter_path": "*.settings.index.uuid"}
        with wall():
            words = self._client.indices.get(index=words_index(f"{alias}-*"), params=listed)
            found = self._client.indices.get(index=f"{alias}-*", params={"filter_path": "*.mappings._meta"})
            for name, told in found.items():
                meta = told.get("mappings", {}).get("_meta", {})
                if not meta.get("finished") and _is_abandoned(meta):
                    delete_generation(self._client, name)
            for name in words.keys() - {words_index(kept) for kept in found}:
                self._client.indices.delete(index=name, params={"ignore_unavailable": "true"})


def _is_abandoned(meta: dict[str, Any]) -> bool:
    host, _, pid = meta.get("builder", ":0").rpartition(":")
    created = datetime.fromisoformat(meta.get("created_at", "2000-01-01T00:00:00+00:00"))
    if datetime.now(UTC) - created > _ABANDONED_AFTER:
        return True  # whoever has the number of its process now
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _generation(name: str, collection: Collection, told: dict[str, Any], alias: str) -> Generation:
    meta = told["mappings"]["_meta"]
    created = datetime.fromisoformat(meta["created_at"])
    return Generation(name, collection, alias in told.get("aliases", {}), meta["documents"], created, meta["meta"])


def _hit(hit: dict[str, Any], search: Search) -> Hit:
    distance = None
    if search.origins:
        by = [sort.by for sort in search.sort]
        value = hit["sort"][by.index("distance") if "distance" in by else -1]
        distance = float(value) if isinstance(value, int | float) else None
    return Hit(hit["_id"], round(hit["_score"] or 0), distance, hit["_source"]["record"], _parts(hit, search))


def _parts(hit: dict[str, Any], search: Search) -> dict[str, int]:
    """Points of each part, from the names of the tiers the hit met."""
    points = {part.name: 0 for part in search.parts}
    for met in hit.get("matched_queries", ()):
        name, worth, _ = met.rsplit(PART_MARK, 2)
        points[name] = max(points[name], int(worth))
    return points


def _facet(counted: dict[str, Any], facet: Facet) -> FacetCounts:
    if facet.path is None:
        values = {bucket["key"]: bucket["doc_count"] for bucket in counted["values"]["buckets"]}
        return facet_counts(values, facet, counted["missing"]["doc_count"])
    chosen = counted["entries"]["chosen"]
    values = {bucket["key"]: bucket["documents"]["doc_count"] for bucket in chosen["values"]["buckets"]}
    return facet_counts(values, facet, counted["doc_count"] - chosen["documents"]["doc_count"])
