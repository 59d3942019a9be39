"""Documents of contracts and of their buyers, one share of buyers at a time, on every core."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from indexer.contracts.assemble import Assembler
from indexer.contracts.buyers import buyer_document, buyers_of
from indexer.contracts.document import ContractDocuments
from indexer.contracts.gather import contracts_of, read_records
from indexer.contracts.inclusive import InclusiveIndex
from indexer.contracts.shares import SMALLEST_SHARED, Shares
from vivier.engine.port import Document
from vivier.forked import on_every_core
from vivier.lexicon import Lexicon
from vivier.model import Contract
from vivier.text.reader import AnalysedTexts, TextReader, text_analyzers

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Made:
    """Some contracts, their documents and those of their buyers, with their texts analysed."""

    told: list[Contract]
    contracts: list[Document]
    words: list[AnalysedTexts]
    buyers: list[Document]
    buyer_words: list[AnalysedTexts]


class ShareMaker:
    """Makes the documents of a share."""

    def __init__(self, lexicon: Lexicon, shares: Shares, inclusive: InclusiveIndex) -> None:
        self._shares = shares
        self._lexicon = lexicon
        self._assembler = Assembler(lexicon.gazetteer, inclusive, shares.winners, shares.legal_names)
        self._documents = ContractDocuments(lexicon)
        self._reader = TextReader(lexicon.analysis)
        self._analyzers, self._of_buyers = text_analyzers("contracts"), text_analyzers("buyers")

    def make(self, share: int) -> Iterator[Made]:
        """Everything of one share, some buyers at a time."""
        for lines in self._shares.batches(share):
            contracts = contracts_of(read_records(lines), self._assembler)
            documents = [self._documents.make(contract) for contract in contracts]
            words = [self._reader.analysed(document, self._analyzers) for document in documents]
            for document, analysed in zip(documents, words, strict=True):
                self._documents.with_told_trades(document, analysed["text_object"])
            buyers = [buyer_document(buyer, self._lexicon) for buyer in buyers_of(contracts, self._shares.names)]
            buyer_words = [self._reader.analysed(document, self._of_buyers) for document in buyers]
            yield Made(contracts, documents, words, buyers, buyer_words)


def make_contracts(
    lexicon: Lexicon, shares: Shares, inclusive: InclusiveIndex, then: Callable[[Iterator[Made]], T]
) -> Iterator[T]:
    """What ``then`` makes of the documents of each share, in a fixed order, on every core when there are many. ``then`` works
    where the documents are made: only what it gives comes back."""
    maker = ShareMaker(lexicon, shares, inclusive)
    worth = shares.lines >= SMALLEST_SHARED
    return on_every_core(lambda share: then(maker.make(share)), range(shares.count), worth=worth)
