"""A builder that gets killed: it makes and promotes generations one after the other, each wholly of one mark.

Generation ``n`` holds ``size(n)`` documents, all in the network ``mark-n``: a mixture of two would show at once.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from tests.engine.compare import COLLECTION
from tests.engine.village import doc
from vivier.engine.embedded.store import EmbeddedStore
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.search.operators import All, Facet, Search
from vivier.search.port import Document, Reader, Store
from vivier.text.vocabulary import Vocabulary

KEPT = 2
BETWEEN_PROMOTIONS = 0.8
"""Seconds: a generation is removed at the second promotion after its own, and a reader that remembers it may begin up to a second later."""
KEPT = 2
Target = tuple[str, str]
"""Where an engine keeps its generations: ``(folder, "")`` for the embedded one, ``(url, prefix)`` for OpenSearch."""

FILE_EVENTS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir")

#: Children are forked from a clean server that has imported everything: a round costs milliseconds, not a start of Python.
processes = multiprocessing.get_context("forkserver")


def start_server(root: Path) -> None:
    """Start the server children are forked from. It does not inherit ``sys.path``: it must be told where the code is."""
    processes.set_forkserver_preload(["tests.engine.crash"])
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", str(root))
        forkserver.ensure_running()


def size(mark: int) -> int:
    return 120 + mark % 7 * 10


def documents(mark: int) -> Iterator[Document]:
    for number in range(size(mark)):
        yield doc(
            f"{mark}-{number}",
            networks=[f"mark-{mark}"],
            text_name=[f"Atelier {number}"],
            offers=[{"trade": ["traiteur"], "reach_full": ["FR"]}],
            record={"mark": mark},
        )


def open_target(target: Target) -> Store:
    place, prefix = target
    return OpenSearchStore([place], prefix) if prefix else EmbeddedStore(Path(place))


def vocabulary(mark: int) -> Vocabulary:
    return Vocabulary(size(mark), {"ateli": (size(mark), "atelier"), f"mark{mark}": (mark, "mark")})


def publish(engine: Store, mark: int) -> str:
    """Build and promote the generation of a mark, and forget the old ones: its name."""
    building = engine.build(COLLECTION)
    for batch in _batches(documents(mark)):
        building.add(batch)
    built = building.finish({"mark": mark}, vocabulary(mark))
    engine.promote(COLLECTION, built.name)
    for old in engine.generations(COLLECTION)[KEPT:]:
        engine.remove(COLLECTION, old.name)
    return built.name


def _batches(some: Iterator[Document]) -> Iterator[list[Document]]:
    while batch := [one for _, one in zip(range(40), some, strict=False)]:
        yield batch


def publish_all(target: Target, marks: range) -> None:
    """Publish these marks, no faster than a reader that remembers the live generation for a second ends with one that is removed."""
    engine = open_target(target)
    for mark in marks:
        publish(engine, mark)
        time.sleep(BETWEEN_PROMOTIONS)
    engine.close()


def publish_for_ever(target: Target, mark: int, told: Connection) -> None:
    """Publish one mark after the other, telling each one that begins, until killed."""
    engine = open_target(target)
    while True:
        told.send(mark)
        publish(engine, mark)
        mark += 1


def publish_until_event(target: Target, mark: int, told: Connection, last: int) -> None:
    """Publish one mark and kill oneself at the ``last`` operation on files (counted from 0); if it comes to an end, tell the
    names of the operations."""
    engine = open_target(target)
    engine.generations(COLLECTION)
    seen: list[str] = []

    def hook(name: str, arguments: tuple[Any, ...]) -> None:
        if name in FILE_EVENTS:
            if len(seen) == last:
                os.kill(os.getpid(), signal.SIGKILL)
            seen.append(name)

    sys.addaudithook(hook)
    publish(engine, mark)
    told.send(seen)


def answer_of(engine: Store, generation: str | None = None) -> tuple[int, int, dict[str, int], set[int]]:
    """Total, hits, networks and marks of a search for everything: of one generation they agree."""
    return answer_from(engine.open(COLLECTION, generation))


def answer_from(reader: Reader) -> tuple[int, int, dict[str, int], set[int]]:
    """The same, of an open generation."""
    search = Search(facets=(Facet("n", "networks", All()),), limit=500)
    answer = reader.search(search)
    return answer.total, len(answer.hits), answer.facets["n"].values, {hit.record["mark"] for hit in answer.hits}


def whole(mark: int) -> tuple[int, int, dict[str, int], set[int]]:
    return size(mark), size(mark), {f"mark-{mark}": size(mark)}, {mark}
