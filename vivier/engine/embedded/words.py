"""Finds the words of one generation: the only file that imports tantivy. It takes analysed words and never analyses a text."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import orjson
import tantivy

from vivier.arrays import Mask, mask_of
from vivier.engine.embedded.bits import Bits, Column, Rows, packed, unpacked
from vivier.errors import EngineUnavailable
from vivier.memory import Room
from vivier.search.operators import Phrase, Text

_HEAP = 96_000_000
_MANY = 20_000
"""Rows that make a word common."""
_REMOVALS = 3


@contextmanager
def _wall() -> Iterator[None]:
    """Turns the errors of tantivy into ``EngineUnavailable``: it raises ``ValueError`` for everything, an unreadable or full disk
    included."""
    try:
        yield
    except ValueError as error:
        raise EngineUnavailable(f"L'index des mots ne peut être lu ou écrit : {error}.") from error


@contextmanager
def _lockable(folder: Path) -> Iterator[Path]:
    """A folder where tantivy can write the lock that it takes to open an index: the folder itself, or links to its files when it is
    read-only. The index needs neither once it is open."""
    if os.access(folder, os.W_OK):
        yield folder
        return
    links = Path(mkdtemp(prefix="vivier-words-"))
    try:
        for path in (path for path in folder.iterdir() if path.suffix != ".lock"):
            (links / path.name).symlink_to(path.resolve())
        yield links
    finally:
        for _ in range(
            _REMOVALS
        ):  # a thread of tantivy takes the lock again once: the folder may be full again while it is emptied
            shutil.rmtree(links, ignore_errors=True)


def _schema(fields: Iterable[str]) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("row", fast=True)
    for name in fields:
        builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
    return builder.build()


class WordsWriter:
    """Collects the words of rows."""

    def __init__(self, folder: Path, fields: Iterable[str]) -> None:
        folder.mkdir()
        self._ended = False
        with _wall():
            self._index = tantivy.Index(_schema(fields), path=str(folder))

    @cached_property
    def _writer(self) -> Any:
        """The writer, made on first use: it starts threads, and processes are forked before."""
        with _wall():
            return self._index.writer(_HEAP, 1)

    def add(self, first: int, rows: Iterable[Mapping[str, Iterable[str]]]) -> None:
        """Adds the texts of rows numbered from ``first``, by field. A text is its words joined by spaces. A phrase never spans two
        texts."""
        with _wall():
            add, document = self._writer.add_document, tantivy.Document
            for row, texts in enumerate(rows, first):
                words = document()
                words.add_integer("row", row)
                for name, values in texts.items():
                    for value in values:
                        words.add_text(name, value)
                add(words)

    def save(self) -> None:
        """Writes everything. Nothing can be added afterwards."""
        with _wall():
            self._writer.commit()
            self._end()

    def abandon(self) -> None:
        """Stops the threads that write, so that the folder can be removed. It does nothing after :meth:`save`."""
        if not self._ended:
            with _wall():
                self._writer.rollback()
                self._end()

    def _end(self) -> None:
        self._ended = True
        self._writer.wait_merging_threads()


class Words:
    """The words of ``count`` rows, open for reading. Threads may share it.

    tantivy returns one Python object a row: 15 ms for a word of 100,000 rows. It searches a text whole when few rows have one of
    its words. For a text of common words only, this class combines the rows of each phrase, which it caches: at most a bit a row
    of the collection, the most recently used phrases first.
    """

    def __init__(self, folder: Path, count: int) -> None:
        self._count = count
        self._known: Room[tuple[str, tuple[str, ...]], Column] = Room(lambda array: array.nbytes)
        with _wall(), _lockable(folder) as place:
            index = tantivy.Index.open(str(place))
            self._schema, self._searcher = index.schema, index.searcher()
        self._fields = {field["name"] for field in orjson.loads((folder / "meta.json").read_bytes())["schema"]}

    def search(self, text: Text) -> tuple[Rows, Rows]:
        """Rows that match every group, or as many groups as the text calls for, and their points."""
        if any(phrase.field not in self._fields for group in text.groups for phrase in group):
            groups = (tuple(phrase for phrase in group if phrase.field in self._fields) for group in text.groups)
            text = replace(text, groups=tuple(groups))  # a field that a former generation does not have matches nothing
        if not text.groups:
            return np.arange(self._count, dtype=np.int32), np.zeros(self._count, np.int32)
        with _wall():
            if text.least is None and all(any(map(self._is_common, group)) for group in text.groups):
                return self._met(text)
            occur = tantivy.Occur.Must if text.least is None else tantivy.Occur.Should
            whole: list[Any] = [(occur, self._group(group)) for group in text.groups]
            hits = self._hits(tantivy.Query.boolean_query(whole, text.least))
        return self._rows(hits), np.array([score for score, _ in hits], dtype=np.int32)

    def _hits(self, query: tantivy.Query) -> list[Any]:
        """Every hit, its score and its address."""
        hits: list[Any] = self._searcher.search(query, max(self._count, 1), count=False).hits
        return hits

    def _rows(self, hits: list[Any]) -> Rows:
        with _wall():
            rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        return np.array(rows, dtype=np.int32)

    def _is_common(self, phrase: Phrase) -> bool:
        """Whether many rows have each word of the phrase: it is then costly to find, even when no row has the phrase."""
        return all(self._searcher.doc_freq(phrase.field, token) > _MANY for token in phrase.tokens)

    def _met(self, text: Text) -> tuple[Rows, Rows]:
        """The rows that match a text and their points, computed from the rows of its phrases."""
        groups = [[(phrase.points, self._bits(phrase)) for phrase in group] for group in text.groups]
        unions = [np.bitwise_or.reduce([bits for _, bits in group]) for group in groups]
        rows = np.flatnonzero(unpacked(np.bitwise_and.reduce(unions), self._count))
        points = np.zeros(len(rows), np.int32)
        for group in groups:
            best = np.zeros(len(rows), np.int32)
            for worth, bits in group:
                present = unpacked(bits, self._count).take(rows)
                np.maximum(best, np.multiply(present, worth, dtype=np.int32), out=best)
            points += best
        return rows.astype(np.int32), points

    def _bits(self, phrase: Phrase) -> Bits:
        """The rows of a phrase. Those of a common phrase are cached."""
        key = (phrase.field, phrase.tokens)
        known = self._known.get(key)
        if known is None:
            mask = self._mask(phrase)
            known = packed(mask)
            if self._is_common(phrase):
                rows = np.flatnonzero(mask).astype(np.int32)
                self._known.put(key, min(known, rows, key=lambda array: array.nbytes))
        return known if known.dtype == np.uint64 else packed(mask_of(self._count, known))

    def _mask(self, phrase: Phrase) -> Mask:
        """Which rows have a phrase. When most rows have it, the query looks for the others."""
        query = self._phrase(phrase)
        most = len(phrase.tokens) == 1 and 2 * self._searcher.doc_freq(phrase.field, phrase.tokens[0]) > self._count
        if most:
            every = (tantivy.Occur.Must, tantivy.Query.all_query())
            query = tantivy.Query.boolean_query([every, (tantivy.Occur.MustNot, query)])
        mask = np.full(self._count, most)
        mask[self._rows(self._hits(query))] = not most
        return mask

    def _group(self, group: tuple[Phrase, ...]) -> tantivy.Query:
        query = tantivy.Query
        if not group:
            return query.empty_query()
        return query.disjunction_max_query(
            [query.const_score_query(self._phrase(phrase), phrase.points) for phrase in group]
        )

    def _phrase(self, phrase: Phrase) -> tantivy.Query:
        if len(phrase.tokens) == 1:
            return tantivy.Query.term_query(self._schema, phrase.field, phrase.tokens[0], "basic")
        return tantivy.Query.phrase_query(self._schema, phrase.field, list(phrase.tokens))
