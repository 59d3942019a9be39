"""Measures what the engine takes for each request: the figures of the operator say it by collection, and traces show it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from search_api.metrics import ENGINE_SECONDS
from search_api.traces import span
from vivier.deadline import check
from vivier.search.operators import EVERY, Collection, Measure, Operator, Search
from vivier.search.port import Answer, Groups, Hit, Members, Reader
from vivier.search.snapshot import Snapshot
from vivier.text.vocabulary import Vocabulary

T = TypeVar("T")


class TimedSnapshot(Snapshot):
    """The readers of one request, each measured."""

    def _open(self, collection: Collection) -> Reader[Any]:
        return TimedReader(super()._open(collection))


class TimedReader:
    """A reader that measures its answers. Of a stream, only the time that the engine takes counts, not that of its reader."""

    def __init__(self, reader: Reader[Any]) -> None:
        self.generation = reader.generation
        self._reader = reader

    def search(self, search: Search) -> Answer[Any]:
        with self._measured("search"):
            return self._reader.search(search)

    def get(self, ids: Iterable[str]) -> dict[str, object]:
        with self._measured("get"):
            return self._reader.get(ids)

    def scan(self, where: Operator, *, records: bool = True) -> Iterator[Hit[Any]]:
        return self._each("scan", self._reader.scan(where, records=records))

    def stream(self, search: Search) -> Iterator[Hit[Any]]:
        return self._each("stream", self._reader.stream(search))

    def group(
        self, where: Operator, by: str, measures: tuple[Measure, ...], among: tuple[str, ...] | None = None
    ) -> Groups:
        with self._measured("group"):
            return self._reader.group(where, by, measures, among)

    def members(
        self, where: Operator, by: str, values: tuple[str, ...], path: str | None = None, entry: Operator = EVERY
    ) -> Members:
        with self._measured("members"):
            return self._reader.members(where, by, values, path, entry)

    def vocabulary(self) -> Vocabulary:
        return self._reader.vocabulary()

    @contextmanager
    def _measured(self, operation: str) -> Iterator[None]:
        check()
        collection, started = self.generation.collection, time.perf_counter()
        try:
            with span(f"engine {operation}", collection):
                yield
        finally:
            ENGINE_SECONDS.labels(collection, operation).observe(time.perf_counter() - started)

    def _each(self, operation: str, hits: Iterator[T]) -> Iterator[T]:
        seconds = 0.0
        try:
            while True:
                check()
                started = time.perf_counter()
                hit = next(hits, None)
                seconds += time.perf_counter() - started
                if hit is None:
                    return
                yield hit
        finally:
            ENGINE_SECONDS.labels(self.generation.collection, operation).observe(seconds)
