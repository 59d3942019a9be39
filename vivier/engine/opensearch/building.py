"""Fills a generation of the OpenSearch engine: an index behind no alias, and a second index for the words that it uses."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from mappings import load_json
from vivier.engine.opensearch.access import Layout
from vivier.engine.opensearch.client import Client, wall
from vivier.engine.opensearch.dsl import Json
from vivier.engine.opensearch.sending import BUILD_SECONDS, Sending, bulk_lines, patiently
from vivier.engine.strict import DocumentCheck, refused_twice
from vivier.errors import BuildRefused, EngineAway
from vivier.search.formats import FORMAT
from vivier.search.operators import Collection
from vivier.search.port import Document, Generation
from vivier.text.reader import AnalysedTexts
from vivier.text.vocabulary import NO_VOCABULARY, Vocabulary

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Lines:
    """Some documents as a bulk request writes them, two lines each, and their ids."""

    ids: list[str]
    lines: list[bytes]


class OpenSearchPreparation:
    """Checks documents and writes their lines."""

    def __init__(self, check: DocumentCheck) -> None:
        self._check = check
        self._lines = Lines([], [])

    def add(
        self,
        documents: Sequence[Document],
        words: Sequence[AnalysedTexts] | None = None,
        outlines: Sequence[Any] = (),
    ) -> None:
        self._check.checked([self._check.row(document) for document in documents])
        self._lines.ids.extend(document["id"] for document in documents)
        self._lines.lines.extend(bulk_lines(documents))

    def reuse(self, rows: Sequence[int | None]) -> None:
        """Every document was added: a node gives none back."""

    def part(self) -> Lines:
        return self._lines


class OpenSearchBuilding:
    """An index being filled, behind no alias."""

    def __init__(self, client: Client, prefix: str, collection: Collection, layout: Layout) -> None:
        now = datetime.now(UTC)
        self.name = f"{collection}-{now:%Y%m%d%H%M%S%f}"
        self._client, self._collection, self._created_at = client, collection, now
        self._layout = layout
        self._index = f"{prefix}-{self.name}"
        self._count = 0
        self._check = DocumentCheck(collection)
        self._seen: set[str] = set()
        mappings = load_json(collection) | {"_meta": {"builder": _builder(), "created_at": now.isoformat()}}
        settings = {**layout.filled(collection), "max_result_window": 10_000, "analysis": load_json("analysis")}
        with wall():
            client.indices.create(
                index=self._index,
                body={"settings": settings, "mappings": mappings},
                request_timeout=BUILD_SECONDS,
            )
        self._sending = Sending(client, self._index)

    def add(self, documents: Iterable[Document], words: Iterable[AnalysedTexts] | None = None) -> int:
        waiting = iter(documents)
        while batch := list(islice(waiting, _BATCH)):
            preparation = self.preparation()
            preparation.add(batch)
            self.add_part(preparation.part())
        return self._count

    def reuse(self, made_by: str) -> None:
        """A node gives no document back in the form that it stores."""

    def preparation(self) -> OpenSearchPreparation:
        return OpenSearchPreparation(self._check)

    def add_part(self, part: Lines) -> int:
        for id_ in part.ids:
            if id_ in self._seen:
                raise refused_twice(id_)
            self._seen.add(id_)
        self._sending.add(part.lines)
        self._count += len(part.ids)
        return self._count

    def search_ready(self) -> None:
        """Sends the waiting documents and makes all of them searchable. Raises ``BuildRefused`` for what OpenSearch refused and no
        earlier call raised."""
        self._sending.drain()
        patient = {"index": self._index, "request_timeout": BUILD_SECONDS}
        patiently(lambda: _none_missing(self._client.indices.refresh(**patient)))

    def finish(self, meta: Json, vocabulary: Vocabulary = NO_VOCABULARY) -> Generation:
        described = {
            "finished": True,
            "format": FORMAT,
            "created_at": self._created_at.isoformat(),
            "documents": self._count,
            "meta": meta,
        }
        self.search_ready()
        indices, patient = self._client.indices, {"index": self._index, "request_timeout": BUILD_SECONDS}
        merged = {"max_num_segments": 1}
        patiently(lambda: indices.forcemerge(index=self._index, params=merged, request_timeout=600))
        patiently(lambda: indices.flush(**patient))
        patiently(lambda: indices.put_settings(body=self._layout.served(self._collection), **patient))
        counted = patiently(lambda: _none_missing(self._client.count(**patient), copies=False)["count"])
        if counted != self._count:
            raise BuildRefused(f"OpenSearch garde {counted} documents sur {self._count}.")
        self._check_mapping(patiently(lambda: indices.get_mapping(**patient)[self._index]["mappings"]))
        self._write_words(vocabulary)
        patiently(lambda: indices.put_mapping(body={"_meta": described}, **patient))
        self._sending.close()
        return Generation(self.name, self._collection, False, self._count, self._created_at, meta)

    def _write_words(self, vocabulary: Vocabulary) -> None:
        """Stores all the words in one document of a separate index, which answers no search."""
        settings = {"number_of_shards": 1, **self._layout.copies(self._collection)}
        body = {"settings": settings, "mappings": {"enabled": False}}
        patient = {"index": words_index(self._index), "request_timeout": BUILD_SECONDS}
        if not patiently(lambda: self._client.indices.exists(**patient)):
            patiently(lambda: self._client.indices.create(body=body, **patient))
        entries = {"entries": vocabulary.entries}
        patiently(lambda: self._client.index(id="words", body=entries, refresh=True, **patient))

    def _check_mapping(self, mapping: Json) -> None:
        """Refuses an index that was removed during the build: OpenSearch makes it again with the next documents, without the
        mapping."""
        if mapping.get("_meta", {}).get("created_at") != self._created_at.isoformat():
            raise BuildRefused("L'index a été supprimé pendant sa construction : recommencez-la.")

    def abandon(self) -> None:
        self._sending.close()
        with wall():
            delete_generation(self._client, self._index)


def _none_missing(answer: Json, copies: bool = True) -> Json:
    """The answer, once no shard is missing: a count would be told for less than it is. ``copies``: whether copies count as shards, of which
    some may have no node. A shard that no node has is counted in the total and not as failed."""
    shards = answer["_shards"]
    if shards["failed"] or (not copies and shards["successful"] < shards["total"]):
        raise EngineAway("Une partie de l'index manque dans OpenSearch.")
    return answer


def words_index(index: str) -> str:
    """Name of the index of the words of a generation. No pattern of generations matches it."""
    return f"words-{index}"


def delete_generation(client: Any, index: str) -> None:
    """Removes a generation and its words in one request, which OpenSearch does wholly or not at all. With two requests, a crash
    between them would leave a generation that counts as finished and has no words."""
    both = f"{index},{words_index(index)}"
    client.indices.delete(index=both, params={"ignore_unavailable": "true"}, request_timeout=BUILD_SECONDS)


def _builder() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
