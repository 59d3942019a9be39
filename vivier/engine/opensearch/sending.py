"""Sends documents to OpenSearch in requests of some megabytes, a few at a time, while the next ones are being prepared."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Final, TypeVar

import orjson

from vivier.engine.opensearch.client import Client, full_disk, wall
from vivier.engine.opensearch.dsl import Json
from vivier.errors import BuildRefused, EngineAway, NotFound
from vivier.search.port import Document

T = TypeVar("T")
_LOG: Final = logging.getLogger(__name__)
BUILD_SECONDS: Final = 120
RETRY_WAITS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Seconds between the tries of a request of a build while the engine is away."""
NOT_KNOWN_YET: Final = 2.0
"""Longest of these waits for an index that is not there: a node that comes back after having been stopped does not know it at first."""
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
        self._stopped = Event()

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
        self._stopped.set()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _send(self) -> None:
        while len(self._under_way) >= _AT_ONCE:
            self._under_way.popleft().result()
        self._under_way.append(self._threads.submit(self._bulk, b"".join(self._lines)))
        self._lines, self._bytes = [], 0

    def _bulk(self, body: bytes) -> None:
        patiently(lambda: self._sent(body), self._stopped)

    def _sent(self, body: bytes) -> None:
        """Sends a body. Sent twice it gives the same index, as each document has its id."""
        answer = self._client.bulk(
            body=body,
            index=self._index,
            params={"filter_path": "errors,items.*.error,items.*.status"},
            request_timeout=BUILD_SECONDS,
        )
        if answer.get("errors"):
            refused = [item["index"] for item in answer["items"] if "error" in item["index"]]
            blamed = next((item for item in refused if item["status"] < 429), None)
            if blamed is not None:
                raise BuildRefused(f"OpenSearch refuse un document : {_reason(blamed)}.")
            away = EngineAway(f"Le moteur OpenSearch ne prend plus de document : {_reason(refused[0])}.")
            raise full_disk(_reason(refused[0])) or away


def patiently(ask: Callable[[], T], stopped: Event | None = None) -> T:
    """What ``ask`` gives. While the engine is away it is asked again, some seconds apart, for a minute in all; ``stopped`` ends that.

    A build is thus not lost for a node that leaves and comes back. ``ask`` must be a request that may be sent twice.
    """
    for wait in RETRY_WAITS:
        try:
            with wall():
                return ask()
        except NotFound:
            if wait > NOT_KNOWN_YET:
                raise
        except EngineAway:
            if stopped is not None and stopped.is_set():
                raise
            _LOG.warning("Le moteur OpenSearch ne répond plus : nouvel essai dans %g s.", wait)
        (stopped or Event()).wait(wait)
    with wall():
        return ask()


def _reason(item: Json) -> str:
    return str(item["error"].get("reason", item["error"]))
