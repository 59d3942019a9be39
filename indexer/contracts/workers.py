"""Documents of contracts made by several processes, one bucket of buyers at a time; only JSON comes back."""

from __future__ import annotations

import gc
import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import orjson

from indexer.contracts.assemble import Assembler
from indexer.contracts.buyers import buyer_document, buyers_of
from indexer.contracts.document import TEXT_FIELDS, ContractDocuments
from indexer.contracts.gather import contracts_of, read_bucket
from indexer.contracts.inclusive import InclusiveIndex
from indexer.contracts.spool import BUCKETS, Spool
from indexer.known import known_of_contract
from vivier.engine.port import Document
from vivier.lexicon import Lexicon
from vivier.model import Contract
from vivier.text.reader import AnalysedTexts, TextReader, text_analyzers
from vivier.text.vocabulary import NO_VOCABULARY, Vocabulary, WordCounter

SMALLEST_SHARED = 5_000
"""Fewer records are quicker to do here than to share out."""


@dataclass(frozen=True)
class MadeContracts:
    """Documents of the contracts of one bucket, their texts analysed, those of their buyers, the words of the contracts, and
    what was counted."""

    contracts: list[Document]
    words: list[AnalysedTexts]
    buyers: list[Document]
    vocabulary: Vocabulary = NO_VOCABULARY
    tally: Counter[str] = field(default_factory=Counter)


class BucketMaker:
    """Makes the documents of a bucket."""

    def __init__(self, lexicon: Lexicon, spool: Spool, inclusive: InclusiveIndex) -> None:
        self._spool = spool
        self._lexicon = lexicon
        self._assembler = Assembler(lexicon.gazetteer, inclusive, spool.winners, spool.legal_names)
        self._documents = ContractDocuments(lexicon)
        self._reader = TextReader(lexicon.analysis)
        self._counter = WordCounter(lexicon.analysis)
        self._analyzers = text_analyzers("contracts")

    def make(self, bucket: int) -> MadeContracts:
        """Everything of one bucket. Nothing in it refers to itself: the collector of cycles is only in the way."""
        contracts = contracts_of(read_bucket(self._spool.path(bucket)), self._assembler)
        documents = [self._documents.make(contract) for contract in contracts]
        words = [self._reader.analysed(document, self._analyzers) for document in documents]
        for document, analysed in zip(documents, words, strict=True):
            self._documents.with_told_trades(document, analysed["text_object"])
            told = (document["text_object"],) if "text_object" in document else ()
            texts = (*told, *document["text_parties"])
            self._counter.add(texts, (*analysed["text_object"], *analysed["text_parties"]))
        buyers = [buyer_document(buyer, self._lexicon) for buyer in buyers_of(contracts, self._spool.names)]
        return MadeContracts(documents, words, buyers, self._counter.take(), tally(contracts))


def tally(contracts: Sequence[Contract]) -> Counter[str]:
    """The figures a generation is described and compared by."""
    counts: Counter[str] = Counter(contracts=len(contracts))
    for contract in contracts:
        counts[f"kind:{contract.kind}"] += 1
        counts[f"social:{contract.social_state}"] += 1
        counts[f"environmental:{contract.environmental_state}"] += 1
        counts.update({f"source:{one.source_id}" for one in contract.sources})
        counts.update({f"provision:{one.provision}" for one in contract.evidence})
        counts.update({f"quality:{one}" for one in contract.quality})
        counts.update(known_of_contract(contract))
    return counts


_maker: BucketMaker | None = None


def make_contracts(lexicon: Lexicon, spool: Spool, inclusive: InclusiveIndex) -> Iterator[MadeContracts]:
    """Documents bucket by bucket, in a fixed order, on every core when there are many."""
    global _maker
    maker = BucketMaker(lexicon, spool, inclusive)
    processes = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if spool.lines < SMALLEST_SHARED or processes < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(maker.make, range(BUCKETS))
        return
    _maker = maker
    try:
        with multiprocessing.get_context("fork").Pool(processes, gc.disable) as pool:
            yield from map(_unpacked, pool.imap(_packed, range(BUCKETS)))
    finally:
        _maker = None


def _packed(bucket: int) -> bytes:
    assert _maker is not None
    made = _maker.make(bucket)
    records = [[orjson.dumps(one.pop("record")).decode() for one in some] for some in (made.contracts, made.buyers)]
    words = made.vocabulary
    return orjson.dumps((made.contracts, made.buyers, records, made.words, words.documents, words.entries, made.tally))


def _unpacked(packed: bytes) -> MadeContracts:
    contracts, buyers, records, words, count, entries, counted = orjson.loads(packed)
    for documents, own in zip((contracts, buyers), records, strict=True):
        for document, record in zip(documents, own, strict=True):
            document["record"] = orjson.Fragment(record)
    return MadeContracts(contracts, words, buyers, Vocabulary(count, entries), Counter(counted))


__all__ = ["TEXT_FIELDS", "BucketMaker", "MadeContracts", "make_contracts", "tally"]
