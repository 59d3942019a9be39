"""Makes documents in several processes. Suppliers are made there too, from a stock shared by fork."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import orjson

from indexer.aside import Aside, SetAside, without_odd
from indexer.document import TEXT_FIELDS, DocumentMaker
from indexer.enrich import enriched
from indexer.lessons import with_learnt
from indexer.stock import Seen, Stock
from indexer.won import NOTHING_WON, Won, with_references
from vivier.belief.learnt import Lessons
from vivier.forked import on_every_core
from vivier.lexicon import Lexicon
from vivier.model import Supplier
from vivier.search.port import Document
from vivier.territory.reach import load_reach_index
from vivier.text.reader import AnalysedTexts, TextReader, text_analyzers
from vivier.text.vocabulary import NO_VOCABULARY, Vocabulary, WordCounter
from vivier.trades.words import load_trade_words

T = TypeVar("T")

CHUNK = 250
SMALLEST_SHARED = 2_000
"""With fewer suppliers, one process is quicker than sharing them out."""


@dataclass(frozen=True)
class Made:
    """Documents, their texts analysed, and the words they use."""

    documents: list[Document]
    words: list[AnalysedTexts]
    vocabulary: Vocabulary = NO_VOCABULARY


class ChunkMaker:
    """Makes the documents of a chunk of suppliers, and counts their words."""

    def __init__(self, lexicon: Lexicon, won: Won = NOTHING_WON, lessons: Lessons | None = None) -> None:
        self._lexicon, self._trades, self._won, self._lessons = lexicon, lexicon.trades, won, lessons
        self._maker = DocumentMaker(lexicon, load_reach_index())
        self._trade_words = load_trade_words()
        self._reader = TextReader(lexicon.analysis)
        self._counter = WordCounter(lexicon.analysis)
        self._analyzers = text_analyzers("suppliers")

    def make(self, suppliers: Sequence[Supplier]) -> Made:
        """Documents in the order of ``suppliers``."""
        documents = self._maker.make_many([self._taught(self._enriched(supplier)) for supplier in suppliers])
        words = [self._reader.analysed(document, self._analyzers) for document in documents]
        for document, analysed in zip(documents, words, strict=True):
            self._counter.add(
                (text for field in TEXT_FIELDS for text in document[field]),
                (text for field in TEXT_FIELDS for text in analysed[field]),
            )
        return Made(documents, words, self._counter.take())

    def _taught(self, supplier: Supplier) -> Supplier:
        return with_learnt(supplier, self._lessons, self._lexicon) if self._lessons else supplier

    def _enriched(self, supplier: Supplier) -> Supplier:
        won = self._won.get(supplier.siret.value) if supplier.siret is not None else None
        if won is None:
            return enriched(supplier, self._trades, self._trade_words)
        return enriched(with_references(supplier, won), self._trades, self._trade_words, won.trades)


def make_documents(
    stock: Stock,
    lexicon: Lexicon,
    then: Callable[[Sequence[Supplier], Made], T],
    won: Won = NOTHING_WON,
    left_out: SetAside | None = None,
    lessons: Lessons | None = None,
) -> Iterator[T]:
    """What ``then`` returns for suppliers and their documents, in order, by chunks of at most 250, on every core when
    there are many.

    ``then`` runs in the process that makes the documents: only its result comes back. A supplier that it cannot take,
    or of which no document can be made, is added to ``left_out``, and so is one that the stock cannot make.
    """
    maker, left = ChunkMaker(lexicon, won, lessons), SetAside() if left_out is None else left_out

    def made(chunk: Sequence[Supplier]) -> T:
        return then(chunk, maker.make(chunk))

    def work(start: int) -> tuple[T, list[Aside], Seen]:
        suppliers, seen = stock.take(start, start + CHUNK)
        result, odd = without_odd(suppliers, made, lambda supplier: supplier.id)
        return result, [*seen.odd, *odd], seen

    chunks = range(0, len(stock), CHUNK)
    for result, odd, seen in on_every_core(work, chunks, worth=len(stock) >= SMALLEST_SHARED):
        stock.note(seen)
        left.add(odd, len(stock))
        yield result


def as_they_are(suppliers: Sequence[Supplier], made: Made) -> list[Document]:
    """The documents themselves, as JSON, for a person who wants to read them."""
    documents: list[Document] = orjson.loads(orjson.dumps(made.documents))
    return documents
