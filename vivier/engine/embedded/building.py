"""Writes a generation of the embedded engine, in a folder whose name starts with a dot and which is renamed once complete."""

from __future__ import annotations

import fcntl
import os
import shutil
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import orjson

from mappings import load_json
from vivier.durable import LargeFile
from vivier.engine.embedded.bits import Rows
from vivier.engine.embedded.columns import Keyword
from vivier.engine.embedded.container import Container, ContainerWriter
from vivier.engine.embedded.encode import TablePart, encode
from vivier.engine.embedded.former import ANALYSED, BETWEEN, MADE_BY, Former, former_of, mixed
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

T = TypeVar("T")
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
    """Some documents as this engine stores them: columns, words of texts by document, records and what is kept of each, a line each.
    ``former``: of every document of the part, in order, its row in the former generation, -1 for those that are here."""

    documents: TablePart
    nested: dict[str, TablePart]
    words: list[AnalysedTexts]
    records: list[bytes]
    analysed: list[bytes]
    former: Rows


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
        self._outlines: list[Any] = []
        self._former: list[int] | None = None

    def add(
        self,
        documents: Sequence[Document],
        words: Sequence[AnalysedTexts] | None = None,
        outlines: Sequence[Any] = (),
    ) -> None:
        self._rows += map(self._check.row, documents)
        if words is None:
            self._unread.update(enumerate(documents, len(self._words)))
        self._words += [{}] * len(documents) if words is None else words
        self._records += [orjson.dumps(document["record"], option=orjson.OPT_APPEND_NEWLINE) for document in documents]
        self._outlines += outlines

    def reuse(self, rows: Sequence[int | None]) -> None:
        self._former = [-1 if row is None else row for row in rows]

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
        analysed = [
            orjson.dumps(words) + BETWEEN + orjson.dumps(outline, option=orjson.OPT_APPEND_NEWLINE)
            for words, outline in zip(self._words, self._outlines, strict=False)
        ]
        former = np.full(len(self._rows), -1, np.int32) if self._former is None else np.array(self._former, np.int32)
        return Part(documents, nested, self._words, self._records, analysed, former)


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
        self._made_by: str | None = None
        self._former: Former | None = None
        self._analysed: LargeFile | None = None
        self._analysed_lengths = array("q")

    def reuse(self, made_by: str) -> Former | None:
        self._analysed = LargeFile(self._folder / ANALYSED)
        self._made_by, self._former = made_by, former_of(self._final.parent, list(self._nested), made_by)
        return self._former

    def preparation(self) -> EmbeddedPreparation:
        return EmbeddedPreparation(self._collection, self._check, self._reader)

    def add_part(self, part: Part) -> int:
        first, former = self._documents.count, self._former
        records, analysed, words = part.records, part.analysed, part.words
        if former is None or not np.any(part.former >= 0):
            self._documents.add(part.documents, first)
            for path, entries in part.nested.items():
                self._nested[path].add(entries, first)
        else:
            rows = part.former.tolist()
            self._documents.add(part.documents, first, mixed(former, part.documents, None, part.former))
            for path, entries in part.nested.items():
                self._nested[path].add(entries, first, mixed(former, entries, path, part.former))
            records = _among(rows, records, former.records.__getitem__)
            analysed = _among(rows, analysed, former.analysed.__getitem__)
            words = _among(rows, words, former.words_of)
        self._words.add(first, words)
        self._records.write(b"".join(records))
        self._lengths.extend(map(len, records))
        if self._analysed is not None:
            self._analysed.write(b"".join(analysed))
            self._analysed_lengths.extend(map(len, analysed))
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
        if self._analysed is not None:
            self._analysed.close()
        self._save_columns(self._folder / COLUMNS, vocabulary)
        shutil.rmtree(self._folder / _WAITING)
        count = self._documents.count
        described = {"format": FORMAT, "created_at": self._created_at.isoformat(), "documents": count, "meta": meta}
        described |= {} if self._made_by is None else {MADE_BY: self._made_by}
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
            if self._analysed is not None:
                columns.add("analysed", _starts(self._analysed_lengths))
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
            if self._analysed is not None:
                always.callback(self._analysed.close, durable=False)
            always.callback(self._words.abandon)


def _among(rows: Sequence[int], new: Sequence[T], former: Callable[[int], T]) -> list[T]:
    """What each document has, in order: the next of ``new`` for -1, else what the former row has."""
    waiting = iter(new)
    return [next(waiting) if row < 0 else former(row) for row in rows]


def _starts(lengths: array[int]) -> npt.NDArray[np.int64]:
    """Where each of some bytes starts in their file, and where the last ends."""
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(np.array(lengths, np.int64), out=starts[1:])
    return starts
