"""Documents of a share of contracts → parts of two generations, and what was counted on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.contracts.workers import Made
from indexer.known import known_of_contracts
from vivier.engine.port import Building
from vivier.model import Contract
from vivier.text import Analysis
from vivier.text.vocabulary import Vocabulary, WordCounter


@dataclass(frozen=True, slots=True)
class Prepared:
    """A share in the engine's own form, the words of its contracts and of its buyers' names, and the figures of both."""

    contracts: Any
    buyers: Any
    words: Vocabulary
    names: Vocabulary
    tally: Counter[str]
    bought: Counter[str]


class Preparer:
    """Prepares shares, each process with counters of its own."""

    def __init__(self, contracts: Building, buyers: Building, analysis: Analysis) -> None:
        self._contracts, self._buyers = contracts, buyers
        self._words, self._names = WordCounter(analysis), WordCounter(analysis)

    def __call__(self, batches: Iterator[Made]) -> Prepared:
        for counter in (self._words, self._names):
            counter.take()  # what a share that failed left
        contracts, buyers = self._contracts.preparation(), self._buyers.preparation()
        told, bought = Counter[str](), Counter[str]()
        for made in batches:
            self._count(made)
            contracts.add(made.contracts, made.words)
            buyers.add(made.buyers, made.buyer_words)
            told.update(tally(made.told))
            bought.update(buyers=len(made.buyers))
            bought.update(f"category:{one['buyer_category']}" for one in made.buyers)
        return Prepared(contracts.part(), buyers.part(), self._words.take(), self._names.take(), told, bought)

    def _count(self, made: Made) -> None:
        for document, analysed in zip(made.contracts, made.words, strict=True):
            told = (document["text_object"],) if "text_object" in document else ()
            texts = (*told, *document["text_parties"])
            self._words.add(texts, (*analysed["text_object"], *analysed["text_parties"]))
        for document, analysed in zip(made.buyers, made.buyer_words, strict=True):
            self._names.add(document["text_name"], analysed["text_name"])


def tally(contracts: Sequence[Contract]) -> Counter[str]:
    """The figures a generation is described and compared by."""
    counts: Counter[str] = Counter(contracts=len(contracts))
    for name, said in _said(contracts):
        counts.update({f"{name}:{value}": count for value, count in said.items()})
    return counts


def _said(contracts: Sequence[Contract]) -> Iterable[tuple[str, Counter[str]]]:
    yield "kind", Counter([one.kind for one in contracts])
    yield "social", Counter([one.social_state for one in contracts])
    yield "environmental", Counter([one.environmental_state for one in contracts])
    yield "source", Counter(source for one in contracts for source in {told.source_id for told in one.sources})
    yield (
        "provision",
        Counter(kind for one in contracts if one.evidence for kind in {e.provision for e in one.evidence}),
    )
    yield "quality", Counter(code for one in contracts for code in one.quality)
    yield "known", known_of_contracts(contracts)
