"""Documents made by several processes. Suppliers are shared by fork, never copied; only JSON comes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson

from indexer.document import TEXT_FIELDS, DocumentMaker
from indexer.enrich import enriched
from indexer.won import NOTHING_WON, Won, with_references
from vivier.engine.port import Document
from vivier.forked import on_every_core
from vivier.lexicon import Lexicon
from vivier.model import Supplier
from vivier.territory.reach import load_reach_index
from vivier.text.reader import AnalysedTexts, TextReader, text_analyzers
from vivier.text.vocabulary import NO_VOCABULARY, Vocabulary, WordCounter
from vivier.trade_words import load_trade_words

CHUNK = 250
SMALLEST_SHARED = 2_000
"""Fewer suppliers are quicker to do here than to share out."""


@dataclass(frozen=True)
class Made:
    """Documents, their texts analysed, and the words they use."""

    documents: list[Document]
    words: list[AnalysedTexts]
    vocabulary: Vocabulary = NO_VOCABULARY


class ChunkMaker:
    """Makes the documents of a chunk of suppliers, and counts their words."""

    def __init__(self, lexicon: Lexicon, won: Won = NOTHING_WON) -> None:
        self._trades, self._won = lexicon.trades, won
        self._maker = DocumentMaker(lexicon, load_reach_index())
        self._told = load_trade_words()
        self._reader = TextReader(lexicon.analysis)
        self._counter = WordCounter(lexicon.analysis)
        self._analyzers = text_analyzers("suppliers")

    def make(self, suppliers: Sequence[Supplier]) -> Made:
        """Documents in the order of ``suppliers``."""
        documents = self._maker.make_many([self._enriched(supplier) for supplier in suppliers])
        words = [self._reader.analysed(document, self._analyzers) for document in documents]
        for document, analysed in zip(documents, words, strict=True):
            self._counter.add(
                (text for field in TEXT_FIELDS for text in document[field]),
                (text for field in TEXT_FIELDS for text in analysed[field]),
            )
        return Made(documents, words, self._counter.take())

    def _enriched(self, supplier: Supplier) -> Supplier:
        won = self._won.get(supplier.siret.value) if supplier.siret is not None else None
        if won is None:
            return enriched(supplier, self._trades, self._told)
        return enriched(with_references(supplier, won), self._trades, self._told, won.trades)


def make_documents(suppliers: Sequence[Supplier], lexicon: Lexicon, won: Won = NOTHING_WON) -> Iterator[Made]:
    """Documents in the order of ``suppliers``, by chunks of at most 250, on every core when there are many."""
    maker = ChunkMaker(lexicon, won)

    def packed(start: int) -> bytes:
        return _packed(maker.make(suppliers[start : start + CHUNK]))

    worth = len(suppliers) >= SMALLEST_SHARED
    yield from map(_unpacked, on_every_core(packed, range(0, len(suppliers), CHUNK), worth=worth))


def _packed(made: Made) -> bytes:
    """A chunk as JSON; records travel as text, which the receiver stores without reading it."""
    records = [orjson.dumps(document.pop("record")).decode() for document in made.documents]
    return orjson.dumps((made.documents, records, made.words, made.vocabulary.documents, made.vocabulary.entries))


def _unpacked(chunk: bytes) -> Made:
    documents, records, words, count, entries = orjson.loads(chunk)
    for document, record in zip(documents, records, strict=True):
        document["record"] = orjson.Fragment(record)
    return Made(documents, words, Vocabulary(count, entries))
