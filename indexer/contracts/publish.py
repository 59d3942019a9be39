"""Builds a generation of contracts from the contract records in force, checks it, and puts it in service.

Suppliers are indexed first, because holders are recognised among the suppliers in service. The trades and references of
suppliers come from the records of contracts (``indexer/won.py``), so that one pass is enough (``docs/operate.md``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

from indexer.aside import SetAside, written_here
from indexer.contracts.inclusive import inclusive_index
from indexer.contracts.names import names_known
from indexer.contracts.notices.gather import buyer_names
from indexer.contracts.shares import Shares
from indexer.contracts.workers import KnownParties, Made, make_contracts
from indexer.current import lasting_failures
from indexer.gates import check_tally
from indexer.known import known_of_contracts
from indexer.promotion import promote
from indexer.publish import Progress
from vivier.errors import NotFound, VivierError
from vivier.forked import without_gc
from vivier.lexicon import Lexicon
from vivier.model import Contract
from vivier.runs.records import current_run, loaded_sources, read_statistics
from vivier.search.operators import Collection
from vivier.search.port import Building, Generation, Store
from vivier.settings import Settings
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


REFUSED: Final[dict[Collection, tuple[str | None, str]]] = {
    "contracts": ("Aucun marché à indexer : importez d'abord une source de marchés.", "de marchés"),
    "buyers": (
        None,
        "d'acheteurs",
    ),  # contracts may name their buyers by numbers that are not valid: none is known then
}


def publish_contracts(
    engine: Store,
    settings: Settings,
    lexicon: Lexicon,
    *,
    accept_drops: bool = False,
    progress: Progress = lambda step, done, expected: None,
) -> Generation:
    """Builds the contracts' generation from the records in force and puts it in service.

    Raises ``NotFound`` when no source of contracts was loaded, ``BuildRefused`` when a gate refuses what was built: the
    live generation is then untouched.
    """
    runs = {name: current_run(settings.records, name) for name in loaded_sources(settings.records, "contracts")}
    if not runs:
        raise NotFound("Aucune source de marchés n'est chargée : « vivier import decp FICHIER ».")
    statistics = [read_statistics(run) for run in runs.values()]
    expected = sum(run.rows for run in statistics)
    inclusive = inclusive_index(engine)
    with without_gc():
        shares = Shares(
            runs,
            expected,
            lambda done: progress("Lecture des marchés", done, expected),
        )
        names = names_known(settings, inclusive.names(), shares.names)
        known = KnownParties(inclusive, names, buyer_names(settings.records))
        meta: dict[str, object] = {
            "sources": [run.model_dump(mode="json") for run in statistics],
            "failures": lasting_failures(settings, "contracts"),
            "records": shares.lines,
            "inclusive_sites": len(inclusive),
        }
        built = _build(
            engine, shares, lexicon, known, meta, progress, SetAside(accept=accept_drops, ours=written_here(runs))
        )
    try:
        for collection, words in REFUSED.items():
            check_tally(engine, collection, built[collection], words, accept_drops=accept_drops)
    except VivierError:
        for collection, generation in built.items():
            engine.remove(collection, generation.name)
        raise
    for generation in built.values():
        promote(engine, generation)
    return engine.live("contracts")


def _build(
    engine: Store,
    shares: Shares,
    lexicon: Lexicon,
    known: KnownParties,
    meta: dict[str, object],
    progress: Progress,
    left_out: SetAside,
) -> dict[Collection, Generation]:
    """Builds contracts and their buyers together: a share holds every contract of its buyers."""
    words, names = WordCounter(lexicon.analysis), WordCounter(lexicon.analysis)
    tally, bought = Counter[str](), Counter[str]()
    with ExitStack() as undo:
        contracts, buyers = engine.build("contracts"), engine.build("buyers")
        undo.callback(contracts.abandon)
        undo.callback(buyers.abandon)

        preparer = Preparer(contracts, buyers, lexicon.analysis)
        for share in make_contracts(lexicon, shares, known, preparer, left_out):
            words.merge(share.words)
            names.merge(share.names)
            tally.update(share.tally)
            bought.update(share.bought)
            buyers.add_part(share.buyers)
            progress("Indexation des marchés", contracts.add_part(share.contracts), shares.lines)
        described = {
            **meta,
            "buyers": buyers.name,
            "tally": dict(sorted(tally.items())),
            "set_aside": left_out.summary(),
        }
        of_buyers = {"sources": meta["sources"], "contracts": contracts.name, "tally": dict(sorted(bought.items()))}
        built: dict[Collection, Generation] = {
            "contracts": contracts.finish(described, words.vocabulary()),
            "buyers": buyers.finish(of_buyers, names.vocabulary()),
        }
        undo.pop_all()
    return built
