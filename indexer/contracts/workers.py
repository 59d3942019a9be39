"""Documents of contracts and of their buyers, one share of buyers at a time, on every core."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from indexer.contracts.assemble import Assembler
from indexer.contracts.buyers import buyer_document, buyers_of
from indexer.contracts.document import ContractDocuments
from indexer.contracts.gather import contracts_of, read_share
from indexer.contracts.inclusive import InclusiveIndex
from indexer.contracts.shares import SMALLEST_SHARED, Shares
from indexer.known import known_of_contracts
from vivier.engine.port import Document
from vivier.forked import on_every_core
from vivier.lexicon import Lexicon
from vivier.model import Contract
from vivier.text.reader import AnalysedTexts, TextReader, text_analyzers
from vivier.text.vocabulary import NO_VOCABULARY, Vocabulary, WordCounter

T = TypeVar("T")


@dataclass(frozen=True)
class MadeContracts:
    """Documents of the contracts of one share and of their buyers, their texts analysed, the words of both, and what was
    counted."""

    contracts: list[Document]
    words: list[AnalysedTexts]
    buyers: list[Document]
    buyer_words: list[AnalysedTexts]
    vocabulary: Vocabulary = NO_VOCABULARY
    buyer_vocabulary: Vocabulary = NO_VOCABULARY
    tally: Counter[str] = field(default_factory=Counter)


class ShareMaker:
    """Makes the documents of a share."""

    def __init__(self, lexicon: Lexicon, shares: Shares, inclusive: InclusiveIndex) -> None:
        self._shares = shares
        self._lexicon = lexicon
        self._assembler = Assembler(lexicon.gazetteer, inclusive, shares.winners, shares.legal_names)
        self._documents = ContractDocuments(lexicon)
        self._reader = TextReader(lexicon.analysis)
        self._counter, self._names = WordCounter(lexicon.analysis), WordCounter(lexicon.analysis)
        self._analyzers, self._of_buyers = text_analyzers("contracts"), text_analyzers("buyers")

    def make(self, share: int) -> MadeContracts:
        """Everything of one share."""
        contracts = contracts_of(read_share(self._shares, share), self._assembler)
        documents = [self._documents.make(contract) for contract in contracts]
        words = [self._reader.analysed(document, self._analyzers) for document in documents]
        for document, analysed in zip(documents, words, strict=True):
            self._documents.with_told_trades(document, analysed["text_object"])
            told = (document["text_object"],) if "text_object" in document else ()
            texts = (*told, *document["text_parties"])
            self._counter.add(texts, (*analysed["text_object"], *analysed["text_parties"]))
        buyers = [buyer_document(buyer, self._lexicon) for buyer in buyers_of(contracts, self._shares.names)]
        buyer_words = [self._reader.analysed(document, self._of_buyers) for document in buyers]
        for document, analysed in zip(buyers, buyer_words, strict=True):
            self._names.add(document["text_name"], analysed["text_name"])
        counted = self._counter.take(), self._names.take()
        return MadeContracts(documents, words, buyers, buyer_words, *counted, tally(contracts))


def tally(contracts: Sequence[Contract]) -> Counter[str]:
    """The figures a generation is described and compared by."""
    counts: Counter[str] = Counter(contracts=len(contracts))
    for name, said in (
        ("kind", Counter(one.kind for one in contracts)),
        ("social", Counter(one.social_state for one in contracts)),
        ("environmental", Counter(one.environmental_state for one in contracts)),
        ("source", Counter(source for one in contracts for source in {told.source_id for told in one.sources})),
        ("provision", Counter(kind for one in contracts for kind in {told.provision for told in one.evidence})),
        ("quality", Counter(code for one in contracts for code in one.quality)),
        ("known", known_of_contracts(contracts)),
    ):
        counts.update({f"{name}:{value}": count for value, count in said.items()})
    return counts


def make_contracts(
    lexicon: Lexicon, shares: Shares, inclusive: InclusiveIndex, then: Callable[[MadeContracts], T]
) -> Iterator[T]:
    """What ``then`` makes of the documents of each share, in a fixed order, on every core when there are many. ``then`` works
    where the documents are made: only what it gives comes back."""
    maker = ShareMaker(lexicon, shares, inclusive)
    worth = shares.lines >= SMALLEST_SHARED
    yield from on_every_core(lambda share: then(maker.make(share)), range(shares.count), worth=worth)
