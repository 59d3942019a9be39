"""Sends documents to OpenSearch in requests of some megabytes, a few at a time, while the next ones are being prepared."""

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
"""A request is sent as soon as its lines are longer than this."""
_AT_ONCE: Final = 2
"""Requests under way: the node indexes one while it receives the other."""
_LINE: Final = orjson.OPT_APPEND_NEWLINE


def bulk_lines(documents: Iterable[Document]) -> list[bytes]:
    """Each document as a bulk request takes it: a line for the action, then a line for the document."""
    return [
        orjson.dumps({"index": {"_id": document["id"]}}, option=_LINE) + orjson.dumps(document, option=_LINE)
        for document in documents
    ]


class Sending:
    """Fills one index. Memory is bounded: :meth:`add` waits when ``_AT_ONCE`` requests are under way.

    A refusal of OpenSearch raises ``BuildRefused`` in a later :meth:`add`, at the latest in :meth:`drain`.
    """

    def __init__(self, client: Client, index: str) -> None:
        self._client, self._index = client, index
        self._lines: list[bytes] = []
        self._bytes = 0
        self._threads = ThreadPoolExecutor(_AT_ONCE, "bulk")
        self._under_way: deque[Future[None]] = deque()

    def add(self, lines: Iterable[bytes]) -> None:
        """Takes documents as :func:`bulk_lines` writes them, and sends them as soon as they fill a request."""
        for line in lines:
            self._lines.append(line)
            self._bytes += len(line)
            if self._bytes > BULK_BYTES:
                self._send()

    def drain(self) -> None:
        """Sends the remaining lines and waits for every answer."""
        if self._lines:
            self._send()
        while self._under_way:
            self._under_way.popleft().result()

    def close(self) -> None:
        """Stops sending, for good: a late request would bring a removed index back, without its mapping."""
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
