"""Writes a generation of the embedded engine, in a folder whose name starts with a dot and which is renamed once complete."""

from __future__ import annotations

import fcntl
import os
import shutil
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import orjson

from mappings import load_json
from vivier.durable import LargeFile
from vivier.engine.embedded.columns import Keyword
from vivier.engine.embedded.container import Container, ContainerWriter
from vivier.engine.embedded.encode import TablePart, encode
from vivier.engine.embedded.joining import TableJoin
from vivier.engine.embedded.sums import write_sums
from vivier.engine.embedded.words import WordsWriter
from vivier.engine.strict import DocumentCheck, Row, refused_twice
from vivier.search.formats import FORMAT
from vivier.search.operators import Collection
from vivier.search.port import Document, Generation
from vivier.text import Analysis
from vivier.text.reader import AnalysedTexts, TextReader, text_analyzers
from vivier.text.vocabulary import NO_VOCABULARY, Vocabulary

_LOCK = "lock"
_BATCH = 2_000
_WAITING = "parts"
"""Folder of the parts that wait to be joined."""
COLUMNS = "columns"
"""The container of the columns, of where each record starts, and of the vocabulary."""


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """Holds the lock of a collection, so that one process and one thread at a time makes, promotes or removes its generations.
    Readers never wait."""
    with (root / _LOCK).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def remove_leftovers(root: Path) -> None:
    """Removes what a crash left: folders under construction whose builder is gone (its lock is free), folders half
    removed, pointers never put in place. The caller holds the lock of :func:`alone`."""
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
    """Makes a file, or the list of a folder's files, durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Part:
    """Some documents as this engine stores them: columns, words of texts by document, records one a line, their lengths in bytes."""

    documents: TablePart
    nested: dict[str, TablePart]
    words: list[AnalysedTexts]
    records: bytes
    lengths: list[int]


class EmbeddedPreparation:
    """Prepares one part."""

    def __init__(self, collection: Collection, check: DocumentCheck, reader: TextReader) -> None:
        self._properties: Document = load_json(collection)["properties"]
        self._analyzers = text_analyzers(collection)
        self._check, self._reader = check, reader
        self._rows: list[Row] = []
        self._unread: dict[int, Document] = {}
        """Documents whose texts are not analysed yet, by row. :meth:`part` analyses them once it has checked that they are texts."""
        self._words: list[AnalysedTexts] = []
        self._records: list[bytes] = []

    def add(self, documents: Sequence[Document], words: Sequence[AnalysedTexts] | None = None) -> None:
        self._rows += map(self._check.row, documents)
        if words is None:
            self._unread.update(enumerate(documents, len(self._words)))
        self._words += [{}] * len(documents) if words is None else words
        self._records += [orjson.dumps(document["record"], option=orjson.OPT_APPEND_NEWLINE) for document in documents]

    def part(self) -> Part:
        checked = self._check.checked(self._rows)
        for row, document in self._unread.items():
            self._words[row] = self._reader.analysed(document, self._analyzers)
        every = np.arange(len(self._rows), dtype=np.int32)
        nested = {
            path: encode(entries, self._properties[path]["properties"], np.repeat(every, sizes))
            for path, (entries, sizes) in checked.nested.items()
        }
        documents = encode(checked.documents, self._properties)
        records, lengths = b"".join(self._records), list(map(len, self._records))
        return Part(documents, nested, self._words, records, lengths)


class EmbeddedBuilding:
    """A generation being written. The caller holds the lock of :func:`alone` when it makes one: no other process then takes its
    folder for a leftover before the folder has its own lock."""

    def __init__(self, root: Path, collection: Collection, analysis: Analysis) -> None:
        now = datetime.now(UTC)
        self.name = f"{collection}-{now:%Y%m%d%H%M%S%f}"
        self._collection, self._created_at = collection, now
        self._final = root / self.name
        self._folder = root / f".{self.name}.{os.getpid()}"
        self._folder.mkdir()
        self._lock = (self._folder / _LOCK).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        properties: Document = load_json(collection)["properties"]
        self._check = DocumentCheck(collection)
        self._reader = TextReader(analysis)
        waiting = self._folder / _WAITING
        self._documents = TableJoin(properties, waiting / "documents")
        self._nested = {
            name: TableJoin(spec["properties"], waiting / "nested" / name)
            for name, spec in properties.items()
            if spec["type"] == "nested"
        }
        self._words = WordsWriter(self._folder / "words", text_analyzers(collection))
        self._records = LargeFile(self._folder / "records.jsonl")
        self._lengths = array("q")

    def preparation(self) -> EmbeddedPreparation:
        return EmbeddedPreparation(self._collection, self._check, self._reader)

    def add_part(self, part: Part) -> int:
        first = self._documents.count
        self._documents.add(part.documents, first)
        for path, entries in part.nested.items():
            self._nested[path].add(entries, first)
        self._words.add(first, part.words)
        self._records.write(part.records)
        self._lengths.extend(part.lengths)
        return self._documents.count

    def add(self, documents: Iterable[Document], words: Iterable[AnalysedTexts] | None = None) -> int:
        """Adds documents in parts of a few thousand, so that memory does not grow with their number."""
        waiting, texts = iter(documents), None if words is None else iter(words)
        while batch := list(islice(waiting, _BATCH)):
            preparation = self.preparation()
            preparation.add(batch, None if texts is None else list(islice(texts, len(batch))))
            self.add_part(preparation.part())
        return self._documents.count

    def finish(self, meta: Document, vocabulary: Vocabulary = NO_VOCABULARY) -> Generation:
        self._words.save()
        self._records.close()
        self._save_columns(self._folder / COLUMNS, vocabulary)
        shutil.rmtree(self._folder / _WAITING)
        count = self._documents.count
        described = {"format": FORMAT, "created_at": self._created_at.isoformat(), "documents": count, "meta": meta}
        (self._folder / "generation.json").write_bytes(orjson.dumps(described))
        write_sums(self._folder, frozenset({_LOCK}))
        for written in [*self._folder.rglob("*"), self._folder]:
            sync_entry(written)
        self._folder.rename(self._final)
        sync_entry(self._final.parent)
        # The lock is released only now: without it the folder, still under its first name, would pass for a leftover.
        self._lock.close()
        (self._final / _LOCK).unlink()
        return Generation(self.name, self._collection, False, count, self._created_at, meta)

    def _save_columns(self, path: Path, vocabulary: Vocabulary) -> None:
        with ContainerWriter(path) as columns:
            self._documents.save(columns, "documents")
            for nested, table in self._nested.items():
                table.save(columns, f"nested/{nested}")
            columns.add("offsets", _starts(self._lengths))
            columns.add_octets("vocabulary", [orjson.dumps(vocabulary.entries)])
        self._refuse_twice(Keyword(Container(path), "documents/id"))

    def _refuse_twice(self, ids: Keyword) -> None:
        """Refuses two documents with the same id in two parts. Within one part, the check of documents refuses them."""
        twice = np.flatnonzero(np.diff(ids.ptr) > 1)
        if len(twice):
            raise refused_twice(ids.values[twice[0]])

    def abandon(self) -> None:
        with ExitStack() as always:  # runs in the reverse order, each call even if one before it failed
            always.callback(shutil.rmtree, self._folder, ignore_errors=True)
            always.callback(self._lock.close)
            for table in (self._documents, *self._nested.values()):
                always.callback(table.close)
            always.callback(self._records.close, durable=False)
            always.callback(self._words.abandon)


def _starts(lengths: array[int]) -> npt.NDArray[np.int64]:
    """Where each of some bytes starts in their file, and where the last ends."""
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(np.array(lengths, np.int64), out=starts[1:])
    return starts
