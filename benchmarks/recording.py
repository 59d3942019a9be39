"""What the service asks of a node, kept so that it can be asked again without the service: the bare search of a comparison."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from vivier.engine.opensearch.engine import WHAT_WAS_COUNTED, OpenSearchEngine

Json = dict[str, Any]
_TYPE = {"Content-Type": "application/json"}


class Recording(OpenSearchEngine):
    """Keeps every search sent, path and bytes, in order."""

    def __init__(self, hosts: list[str], prefix: str) -> None:
        super().__init__(hosts, prefix)
        self.sent: list[tuple[str, bytes]] = []
        address = urlsplit(hosts[0])
        self._bare = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)

    def recorded(self, ask: Callable[[], object]) -> Callable[[], list[bytes]]:
        """What ``ask`` sends, to be sent again over a kept connection; the bodies of the answers, read to the end and no more."""
        self.sent = []
        ask()
        sent = tuple(self.sent)
        return lambda: [self._posted(path, body) for path, body in sent]

    def close(self) -> None:
        super().close()
        self._bare.close()

    def _posted(self, path: str, body: bytes) -> bytes:
        self._bare.request("POST", path, body, _TYPE)
        answer = self._bare.getresponse()
        told = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {told[:300]!r}")
        return told

    def _ask(self, collection: Any, body: Json, generation: str | None) -> Json:
        index = self._index(generation) if generation else self._alias(collection)
        self.sent.append((f"/{index}/_search", orjson.dumps(body)))
        return super()._ask(collection, body, generation)

    def _ask_all(self, collection: Any, bodies: list[Json], generation: str | None) -> list[Json]:
        index = self._index(generation or self.live(collection).name)
        lines = (orjson.dumps(line) + b"\n" for body in bodies for line in ({"index": index}, body))
        self.sent.append((f"/_msearch?{urlencode(WHAT_WAS_COUNTED)}", b"".join(lines)))
        return super()._ask_all(collection, bodies, generation)
