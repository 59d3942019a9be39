"""Records the searches that the service sends to a node, so that they can be sent again without the service for a comparison."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from vivier.engine.opensearch.reader import WHAT_WAS_COUNTED, WHOLE, OpenSearchReader
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.search.operators import Collection

Json = dict[str, Any]
_TYPE = {"Content-Type": "application/json"}


class Recording(OpenSearchStore):
    """A store that records every search sent, path and bytes, in order."""

    def __init__(self, hosts: list[str], prefix: str) -> None:
        super().__init__(hosts, prefix)
        self.sent: list[tuple[str, bytes]] = []
        address = urlsplit(hosts[0])
        self._bare = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)

    def recorded(self, ask: Callable[[], object]) -> Callable[[], list[bytes]]:
        """A function that sends again the searches of ``ask`` over a persistent connection. It returns the bodies of the answers,
        read whole and not parsed."""
        self.sent.clear()
        ask()
        sent = tuple(self.sent)
        return lambda: [self._posted(path, body) for path, body in sent]

    def close(self) -> None:
        super().close()
        self._bare.close()

    def _posted(self, path: str, body: bytes) -> bytes:
        self._bare.request("POST", path, body, _TYPE)
        answer = self._bare.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {content[:300]!r}")
        return content

    def open(self, collection: Collection, generation: str | None = None) -> OpenSearchReader:
        reader = super().open(collection, generation)
        return RecordingReader(
            self._client, self._index(reader.generation.name), reader.generation, self._words, self.sent
        )


class RecordingReader(OpenSearchReader):
    """A reader that adds the searches it sends to ``sent``."""

    def __init__(self, *given: Any) -> None:
        *others, self._sent = given
        super().__init__(*others)

    def _ask(self, body: Json) -> Json:
        self._sent.append((f"/{self._index}/_search?{urlencode(WHOLE)}", orjson.dumps(body)))
        return super()._ask(body)

    def _ask_all(self, bodies: list[Json]) -> list[Json]:
        lines = (orjson.dumps(line) + b"\n" for body in bodies for line in ({"index": self._index, **WHOLE}, body))
        self._sent.append((f"/_msearch?{urlencode(WHAT_WAS_COUNTED)}", b"".join(lines)))
        return super()._ask_all(bodies)
