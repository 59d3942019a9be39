"""A generation of the embedded engine being written: a folder whose name starts with a dot, renamed once complete."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from mappings import load_json
from vivier.engine.columns import TableWriter
from vivier.engine.port import Document, Generation
from vivier.engine.strict import DocumentCheck
from vivier.engine.words import WordsWriter
from vivier.operators import Collection
from vivier.text import Analysis
from vivier.text.reader import AnalysedTexts, TextReader, text_analyzers
from vivier.text.vocabulary import NO_VOCABULARY, Vocabulary

_LOCK = "lock"
VOCABULARY = "vocabulary.json"


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """One process, and one thread, at a time makes, promotes or removes generations of a collection. Readers never wait."""
    with (root / _LOCK).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def remove_leftovers(root: Path) -> None:
    """Remove what a crash left: folders under construction whose builder is gone (its lock is free), folders half
    removed, pointers never put in place. To be called :func:`alone`."""
    for pointer in root.glob("live.*.tmp"):
        pointer.unlink(missing_ok=True)
    for folder in root.glob(".*"):
        if _is_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    lock = folder / _LOCK
    if not lock.exists():
        return True
    with lock.open("r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def sync_entry(path: Path) -> None:
    """Make a file, or the list of a folder's files, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class EmbeddedBuilding:
    """A generation being written. To be made :func:`alone`: nobody then takes it for a leftover before it holds its lock."""

    def __init__(self, root: Path, collection: Collection, analysis: Analysis) -> None:
        now = datetime.now(UTC)
        self.name = f"{collection}-{now:%Y%m%d%H%M%S%f}"
        self._collection, self._created_at, self._analysis = collection, now, analysis
        self._final = root / self.name
        self._folder = root / f".{self.name}.{os.getpid()}"
        self._folder.mkdir()
        self._lock = (self._folder / _LOCK).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        properties: dict[str, Any] = load_json(collection)["properties"]
        self._check = DocumentCheck(collection)
        self._analyzers = text_analyzers(collection)
        self._documents = TableWriter(
            {n: s for n, s in properties.items() if s["type"] not in ("nested", "text", "object")}
        )
        self._nested = {n: TableWriter(s["properties"]) for n, s in properties.items() if s["type"] == "nested"}
        self._words = WordsWriter(self._folder / "words", self._analyzers)
        self._records = (self._folder / "records.jsonl").open("wb")
        self._offsets = [0]
        self._reader = TextReader(analysis)

    def add(self, documents: Iterable[Document], words: Iterable[AnalysedTexts] | None = None) -> int:
        for document, analysed in zip(documents, repeat(None) if words is None else words, strict=False):
            self._check(document)
            row = self._documents.add(document)
            for path, table in self._nested.items():
                for entry in document.get(path) or ():
                    table.add(entry, row)
            self._words.add(row, analysed or self._reader.analysed(document, self._analyzers))
            self._offsets.append(self._offsets[-1] + self._records.write(orjson.dumps(document["record"]) + b"\n"))
        return self._documents.count

    def finish(self, meta: dict[str, Any], vocabulary: Vocabulary = NO_VOCABULARY) -> Generation:
        self._words.save()
        self._records.close()
        self._documents.save(self._folder / "documents")
        for path, table in self._nested.items():
            table.save(self._folder / "nested" / path)
        np.save(self._folder / "offsets.npy", np.array(self._offsets, dtype=np.int64))
        (self._folder / VOCABULARY).write_bytes(orjson.dumps(vocabulary.entries))
        described = {"created_at": self._created_at.isoformat(), "documents": self._documents.count, "meta": meta}
        (self._folder / "generation.json").write_bytes(orjson.dumps(described))
        for written in [*self._folder.rglob("*"), self._folder]:
            sync_entry(written)
        self._folder.rename(self._final)
        sync_entry(self._final.parent)
        # Held until now: without it the folder, still under its first name, would pass for a leftover.
        self._lock.close()
        (self._final / _LOCK).unlink()
        return Generation(self.name, self._collection, False, self._documents.count, self._created_at, meta)

    def abandon(self) -> None:
        self._words.abandon()
        self._records.close()
        self._lock.close()
        shutil.rmtree(self._folder, ignore_errors=True)
