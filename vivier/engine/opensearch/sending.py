"""Documents on their way to OpenSearch: requests of some megabytes, a few at a time, while the next ones are being made."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import orjson

from vivier.engine.opensearch.client import Client, wall
from vivier.engine.port import Document
from vivier.errors import BuildRefused

BUILD_SECONDS: Final = 120
BULK_BYTES: Final = 4_000_000
"""A request is sent when its lines are longer."""
_AT_ONCE: Final = 2
"""Requests under way: one that the node indexes, one that it reads."""
_LINE: Final = orjson.OPT_APPEND_NEWLINE


def bulk_lines(documents: Iterable[Document]) -> list[bytes]:
    """Each document as a bulk request wants it: what is to be done, then the document, a line each."""
    return [
        orjson.dumps({"index": {"_id": document["id"]}}, option=_LINE) + orjson.dumps(document, option=_LINE)
        for document in documents
    ]


class Sending:
    """Fills one index. Memory is bounded: whoever adds waits when ``_AT_ONCE`` requests are under way.

    What OpenSearch refuses is raised by a later :meth:`add`, at the latest by :meth:`drain` (``BuildRefused``).
    """

    def __init__(self, client: Client, index: str) -> None:
        self._client, self._index = client, index
        self._lines: list[bytes] = []
        self._bytes = 0
        self._threads = ThreadPoolExecutor(_AT_ONCE, "bulk")
        self._under_way: deque[Future[None]] = deque()

    def add(self, lines: Iterable[bytes]) -> None:
        """Take documents as :func:`bulk_lines` writes them, and send them as soon as they fill a request."""
        for line in lines:
            self._lines.append(line)
            self._bytes += len(line)
            if self._bytes > BULK_BYTES:
                self._send()

    def drain(self) -> None:
        """Send what is left and wait for every answer."""
        if self._lines:
            self._send()
        while self._under_way:
            self._under_way.popleft().result()

    def close(self) -> None:
        """Nothing is sent once this returns: a late request would bring a removed index back, without its mapping."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _send(self) -> None:
        while len(self._under_way) >= _AT_ONCE:
            self._under_way.popleft().result()
        self._under_way.append(self._threads.submit(self._bulk, b"".join(self._lines)))
        self._lines, self._bytes = [], 0

    def _bulk(self, body: bytes) -> None:
        with wall():
            answer = self._client.bulk(
                body=body,
                index=self._index,
                params={"filter_path": "errors,items.*.error"},
                request_timeout=BUILD_SECONDS,
            )
        if answer.get("errors"):
            first = next(item["index"]["error"] for item in answer["items"] if item)
            raise BuildRefused(f"OpenSearch refuse un document : {first.get('reason', first)}.")
