"""The words of one generation: the only file that imports tantivy. It is given words already analysed, and only finds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import tantivy

from vivier.engine.columns import Rows
from vivier.errors import EngineUnavailable
from vivier.operators import Phrase, Text

_HEAP = 96_000_000


@contextmanager
def _wall() -> Iterator[None]:
    """tantivy says everything it cannot do by ``ValueError``, an unreadable or full disk included."""
    try:
        yield
    except ValueError as error:
        raise EngineUnavailable(f"L'index des mots ne peut être lu ou écrit : {error}.") from error


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
        """Made on first use: it starts threads, and processes are forked before."""
        with _wall():
            return self._index.writer(_HEAP, 1)

    def add(self, first: int, rows: Iterable[Mapping[str, Iterable[str]]]) -> None:
        """Add the texts of rows, numbered from ``first``, by field, each as its words joined by spaces: a phrase never spans
        two texts."""
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
        """Write everything; nothing can be added after."""
        with _wall():
            self._writer.commit()
            self._end()

    def abandon(self) -> None:
        """Stop the threads that write, so that the folder can go. Harmless after :meth:`save`."""
        if not self._ended:
            with _wall():
                self._writer.rollback()
                self._end()

    def _end(self) -> None:
        self._ended = True
        self._writer.wait_merging_threads()


class Words:
    """The words of ``count`` rows, open for reading. Threads may share it."""

    def __init__(self, folder: Path, count: int) -> None:
        self._count = count
        with _wall():
            index = tantivy.Index.open(str(folder))
            self._schema, self._searcher = index.schema, index.searcher()

    def search(self, text: Text) -> tuple[Rows, Rows]:
        """Rows that match every group, and their points."""
        if not text.groups:
            return np.arange(self._count, dtype=np.int32), np.zeros(self._count, np.int32)
        with _wall():  # a field that an older generation does not have is said too
            groups: list[Any] = [(tantivy.Occur.Must, self._group(group)) for group in text.groups]
            found = self._searcher.search(tantivy.Query.boolean_query(groups), max(self._count, 1), count=False)
            rows = self._searcher.fast_field_values("row", [address for _, address in found.hits])
        return np.array(rows, dtype=np.int32), np.array([score for score, _ in found.hits], dtype=np.int32)

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
