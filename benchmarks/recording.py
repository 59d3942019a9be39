"""Records the searches that the service sends to a node, so that they can be sent again without the service for a comparison."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

from vivier.engine.opensearch.store import OpenSearchStore

_TYPE = {"Content-Type": "application/json"}


class Recording(OpenSearchStore):
    """A store that records every search sent, path and bytes, in order."""

    def __init__(self, hosts: list[str], prefix: str) -> None:
        super().__init__(hosts, prefix)
        self.sent: list[tuple[str, bytes]] = []
        transport: Any = self._client.transport
        self._perform = transport.perform_request
        transport.perform_request = self._noted
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

    def _noted(self, method: str, url: str, **given: Any) -> Any:
        if url.endswith(("/_search", "/_msearch")):
            body = given["body"]
            sent = body.encode() if isinstance(body, str) else orjson.dumps(body)
            self.sent.append((f"{url}?{urlencode(given['params'])}", sent))
        return self._perform(method, url, **given)

    def _posted(self, path: str, body: bytes) -> bytes:
        self._bare.request("POST", path, body, _TYPE)
        answer = self._bare.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {content[:300]!r}")
        return content
