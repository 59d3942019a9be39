"""Makes the documents of contracts and of their buyers, one share of buyers at a time, on every core."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from indexer.aside import ODD, Aside, SetAside, without_odd
from indexer.contracts.assemble import Assembler
from indexer.contracts.buyers import buyer_document, buyers_of
from indexer.contracts.document import ContractDocuments
from indexer.contracts.gather import contracts_of, read_records
from indexer.contracts.inclusive import InclusiveIndex
from indexer.contracts.keys import contract_id, contract_key
from indexer.contracts.names import Names
from indexer.contracts.shares import SMALLEST_SHARED, Shares
from vivier.forked import on_every_core
from vivier.lexicon import Lexicon
from vivier.model import Contract, ContractRecord
from vivier.search.port import Document
from vivier.text.reader import AnalysedTexts, TextReader, text_analyzers

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Made:
    """Some contracts, their documents and those of their buyers, with the words of their texts."""

    models: list[Contract]
    contracts: list[Document]
    words: list[AnalysedTexts]
    buyers: list[Document]
    buyer_words: list[AnalysedTexts]


@dataclass(frozen=True, slots=True)
class KnownParties:
    """What other sources know of buyers and holders: inclusive structures, names by SIREN, and all the names that notices give to each
    buyer."""

    inclusive: InclusiveIndex = field(default_factory=lambda: InclusiveIndex(()))
    names: Names = field(default_factory=Names)
    buyers: Mapping[str, Sequence[str]] = field(default_factory=dict)


class ShareMaker:
    """Makes the documents of a share."""

    def __init__(self, lexicon: Lexicon, shares: Shares, known: KnownParties) -> None:
        self._shares, self._known = shares, known
        self._lexicon = lexicon
        self._assembler = Assembler(lexicon.gazetteer, known.inclusive, shares.winners, known.names)
        self._documents = ContractDocuments(lexicon)
        self._reader = TextReader(lexicon.analysis)
        self._analyzers, self._of_buyers = text_analyzers("contracts"), text_analyzers("buyers")

    def make(self, share: int, unreadable: list[Aside]) -> Iterator[Made]:
        """Makes everything of one share, a few buyers at a time. Lines that are no record are added to ``unreadable``."""
        return (self.made(read_records(lines, unreadable)) for lines in self._shares.batches(share))

    def records(self, share: int, unreadable: list[Aside]) -> list[ContractRecord]:
        """The records of one share. Lines that are no record are added to ``unreadable``."""
        return [record for lines in self._shares.batches(share) for record in read_records(lines, unreadable)]

    def made(self, records: Iterable[ContractRecord]) -> Made:
        """The contracts and documents of some records. They must hold every record of a buyer."""
        contracts = contracts_of(records, self._assembler)
        documents = [self._documents.make(contract) for contract in contracts]
        words = [self._reader.analysed(document, self._analyzers) for document in documents]
        for document, analysed in zip(documents, words, strict=True):
            self._documents.add_named_trades(document, analysed["text_object"])
        buyers = [buyer_document(buyer, self._lexicon) for buyer in buyers_of(contracts, self._known.buyers)]
        buyer_words = [self._reader.analysed(document, self._of_buyers) for document in buyers]
        return Made(contracts, documents, words, buyers, buyer_words)


def make_contracts(
    lexicon: Lexicon,
    shares: Shares,
    known: KnownParties,
    then: Callable[[Iterator[Made]], T],
    left_out: SetAside | None = None,
) -> Iterator[T]:
    """What ``then`` returns for the documents of each share, in a fixed order, on every core when there are many.

    ``then`` runs in the process that makes the documents: only its result comes back. A contract that it cannot take,
    or of which no document can be made, is added to ``left_out``.
    """
    maker, left = ShareMaker(lexicon, shares, known), SetAside() if left_out is None else left_out

    def work(share: int) -> tuple[T, list[Aside]]:
        unreadable: list[Aside] = []
        try:
            return then(maker.make(share, unreadable)), unreadable
        except ODD:
            unreadable.clear()
            result, odd = without_odd(
                maker.records(share, unreadable), lambda some: then(iter([maker.made(some)])), _id
            )
            return result, [*unreadable, *odd]

    for result, odd in on_every_core(work, range(shares.count), worth=shares.lines >= SMALLEST_SHARED):
        left.add(odd, shares.lines)
        yield result


def _id(record: ContractRecord) -> str:
    return contract_id(contract_key(record))
