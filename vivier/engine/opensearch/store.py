"""The store of the OpenSearch engine, through opensearch-py: a generation is an index, the live one is behind an alias.

The alias moves in one call, so a search sees the former generation or the new one, never a mixture. A crash leaves an index
without the mark « finished »: no request reads it and the next build removes it.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from vivier.engine.opensearch.access import ANYBODY, ONE_SHARD, Access, Layout
from vivier.engine.opensearch.asking import sent
from vivier.engine.opensearch.building import OpenSearchBuilding, delete_generation, words_index
from vivier.engine.opensearch.client import connect, wall
from vivier.engine.opensearch.dsl import Json
from vivier.engine.opensearch.reader import OpenSearchReader, Words
from vivier.engine.opensearch.sending import BUILD_SECONDS
from vivier.engine.opensearch.together import together
from vivier.errors import BuildRefused, EngineAway, EngineUnavailable, IndexUnreadable, NotFound, NothingIndexed
from vivier.search.formats import FIRST, refusal
from vivier.search.operators import Collection
from vivier.search.port import Generation

T = TypeVar("T")
_AS_KNOWN: Final = {"local": "true"}
"""A node says what it knows itself: it does not wait for the manager of the cluster, which may be stopped."""
_LIVE_SECONDS = 1.0
_ABANDONED_AFTER = timedelta(days=1)


class OpenSearchStore:
    """Generations as indices ``<prefix>-<collection>-<time>``, the live one behind the alias ``<prefix>-<collection>``."""

    name = "opensearch"

    def __init__(self, hosts: list[str], prefix: str, access: Access = ANYBODY, layout: Layout = ONE_SHARD) -> None:
        self._client = connect(hosts, access)
        self._prefix, self._layout = prefix, layout
        self._live: dict[Collection, tuple[float, Generation]] = {}
        self._served: set[Collection] = set()
        self._words: Words = {}

    def build(self, collection: Collection) -> OpenSearchBuilding:
        self._remove_leftovers(collection)
        return OpenSearchBuilding(self._client, self._prefix, collection, self._layout)

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
        return sorted(self._described(collection).values(), key=lambda generation: generation.name, reverse=True)

    def remove(self, collection: Collection, generation: str) -> None:
        if self._describe(collection, generation).live:
            raise BuildRefused(f"La génération « {generation} » est en service : promouvez-en une autre d'abord.")
        with wall():
            delete_generation(self._client, self._index(generation))

    def live(self, collection: Collection) -> Generation:
        """The live generation. OpenSearch is asked at most once a second: a promotion made elsewhere is seen within that time."""
        known = self._live.get(collection)
        if known is None or time.monotonic() - known[0] > _LIVE_SECONDS:
            found = [
                generation
                for generation in self._described(collection, self._alias(collection)).values()
                if generation.live
            ]
            if not found:
                raise self._nothing(collection)
            self._served.add(collection)
            known = self._live[collection] = (time.monotonic(), found[0])
        return known[1]

    def _readable(self, collection: Collection) -> Generation:
        """The live generation, or the newest before it that this version reads. Raises ``IndexUnreadable`` when it reads none."""
        live = self.live(collection)
        refused = refusal(live.name, live.format)
        if refused is None:
            return live
        older = (item for item in self.generations(collection) if item.name < live.name)
        for generation in older:
            if refusal(generation.name, generation.format) is None:
                return generation
        raise IndexUnreadable(refused)

    def _nothing(self, collection: Collection) -> NothingIndexed | EngineAway:
        """Why nothing is in service. A cluster that comes back knows no index at first, and says nothing of it."""
        if collection in self._served:
            return EngineAway(
                "Le moteur OpenSearch n'a plus l'index qui était en service, ou ne le retrouve pas encore."
            )
        return NothingIndexed(collection)

    def open(self, collection: Collection, generation: str | None = None) -> OpenSearchReader:
        opened = self._readable(collection) if generation is None else self._named(collection, generation)
        if refused := refusal(opened.name, opened.format):
            raise IndexUnreadable(refused)
        return OpenSearchReader(self._client, self._index(opened.name), opened, self._words)

    def together(self, works: Sequence[Callable[[], T]]) -> list[T]:
        return together(works, partial(sent, self._client))

    def ready(self) -> list[str]:
        try:
            self._live.pop("suppliers", None)
            self._readable("suppliers")
        except (NotFound, EngineUnavailable) as error:
            return [str(error)]
        return []

    def warnings(self) -> list[str]:
        live = [generation for _, generation in self._live.values()]
        return [sentence for item in live if (sentence := refusal(item.name, item.format))]

    def damaged(self, collection: Collection, generation: str) -> list[str]:
        return []

    def close(self) -> None:
        self._client.close()

    def _alias(self, collection: Collection) -> str:
        return f"{self._prefix}-{collection}"

    def _index(self, generation: str) -> str:
        return f"{self._prefix}-{generation}"

    def _described(self, collection: Collection, index: str | None = None) -> dict[str, Generation]:
        """Finished generations by name. With ``index``, an index or an alias, only those that it names; none when it does not exist.
        « ignore_unavailable » would say so too, but also of what the user may not read."""
        alias = self._alias(collection)
        try:
            with wall():
                found = self._client.indices.get(
                    index=index or f"{alias}-*",
                    params={"filter_path": "*.aliases,*.mappings._meta", **({} if index is None else _AS_KNOWN)},
                )
        except NotFound:
            return {}
        return {
            generation.name: generation
            for name, described in found.items()
            if described.get("mappings", {}).get("_meta", {}).get("finished")
            for generation in [_generation(name.removeprefix(f"{self._prefix}-"), collection, described, alias)]
        }

    def _named(self, collection: Collection, generation: str) -> Generation:
        """A generation by its name. The live one is known without another request to OpenSearch."""
        with suppress(NotFound):
            live = self.live(collection)
            if live.name == generation:
                return live
        return self._describe(collection, generation)

    def _describe(self, collection: Collection, generation: str) -> Generation:
        found = self._described(collection).get(generation)
        if found is None:
            raise NotFound(f"Génération inconnue : « {generation} ». « vivier generations » en donne la liste.")
        return found

    def _remove_leftovers(self, collection: Collection) -> None:
        """Removes indices whose builder is gone (a dead process of this machine, or a day without being finished), and words
        without their index. Words are listed first, so that those of a build that begins meanwhile are not removed."""
        alias = self._alias(collection)
        listed = {"filter_path": "*.settings.index.uuid"}
        with wall():
            words = self._client.indices.get(index=words_index(f"{alias}-*"), params=listed)
            found = self._client.indices.get(index=f"{alias}-*", params={"filter_path": "*.mappings._meta"})
            for name, described in found.items():
                meta = described.get("mappings", {}).get("_meta", {})
                if not meta.get("finished") and _is_abandoned(meta):
                    delete_generation(self._client, name)
            for name in words.keys() - {words_index(index) for index in found}:
                self._client.indices.delete(
                    index=name, params={"ignore_unavailable": "true"}, request_timeout=BUILD_SECONDS
                )


def _is_abandoned(meta: Json) -> bool:
    host, _, pid = meta.get("builder", ":0").rpartition(":")
    created = datetime.fromisoformat(meta.get("created_at", "2000-01-01T00:00:00+00:00"))
    if datetime.now(UTC) - created > _ABANDONED_AFTER:
        return True  # even if another process has the builder's number now
    if host != socket.gethostname():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _generation(name: str, collection: Collection, described: Json, alias: str) -> Generation:
    meta = described["mappings"]["_meta"]
    created = datetime.fromisoformat(meta["created_at"])
    live = alias in described.get("aliases", {})
    return Generation(name, collection, live, meta["documents"], created, meta["meta"], meta.get("format", FIRST))
