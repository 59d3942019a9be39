"""Turns the documents of a share of contracts into parts of two generations, and counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.contracts.workers import Made
from indexer.known import known_of_contracts
from vivier.model import Contract
from vivier.search.port import Building
from vivier.text import Analysis
from vivier.text.vocabulary import Vocabulary, WordCounter


@dataclass(frozen=True, slots=True)
class Prepared:
    """A share in the form of the engine, the words of its contracts and of its buyers' names, and the figures of both."""

    contracts: Any
    buyers: Any
    words: Vocabulary
    names: Vocabulary
    tally: Counter[str]
    bought: Counter[str]


class Preparer:
    """Prepares shares. Each process has counters of its own."""

    def __init__(self, contracts: Building, buyers: Building, analysis: Analysis) -> None:
        self._contracts, self._buyers = contracts, buyers
        self._words, self._names = WordCounter(analysis), WordCounter(analysis)

    def __call__(self, batches: Iterator[Made]) -> Prepared:
        for counter in (self._words, self._names):
            counter.take()  # removes what a share that failed counted
        contracts, buyers = self._contracts.preparation(), self._buyers.preparation()
        signed, bought = Counter[str](), Counter[str]()
        for made in batches:
            self._count(made)
            contracts.add(made.contracts, made.words)
            buyers.add(made.buyers, made.buyer_words)
            signed.update(tally(made.models))
            bought.update(buyers=len(made.buyers))
            bought.update(f"category:{buyer['buyer_category']}" for buyer in made.buyers)
        return Prepared(contracts.part(), buyers.part(), self._words.take(), self._names.take(), signed, bought)

    def _count(self, made: Made) -> None:
        for document, analysed in zip(made.contracts, made.words, strict=True):
            object_text = (document["text_object"],) if "text_object" in document else ()
            texts = (*object_text, *document["text_parties"])
            self._words.add(texts, (*analysed["text_object"], *analysed["text_parties"]))
        for document, analysed in zip(made.buyers, made.buyer_words, strict=True):
            self._names.add(document["text_name"], analysed["text_name"])


def tally(contracts: Sequence[Contract]) -> Counter[str]:
    """The counts that describe a generation and by which generations are compared."""
    counts: Counter[str] = Counter(contracts=len(contracts))
    for name, counted in _distributions(contracts):
        counts.update({f"{name}:{value}": count for value, count in counted.items()})
    return counts


def _distributions(contracts: Sequence[Contract]) -> Iterable[tuple[str, Counter[str]]]:
    yield "kind", Counter([contract.kind for contract in contracts])
    yield "social", Counter([contract.social_state for contract in contracts])
    yield "environmental", Counter([contract.environmental_state for contract in contracts])
    yield (
        "source",
        Counter(source for contract in contracts for source in {source.source_id for source in contract.sources}),
    )
    yield (
        "provision",
        Counter(
            kind for contract in contracts if contract.evidence for kind in {e.provision for e in contract.evidence}
        ),
    )
    yield "quality", Counter(code for contract in contracts for code in contract.quality)
    yield "known", known_of_contracts(contracts)
