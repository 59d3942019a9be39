"""Builds a generation of suppliers. It is neither checked nor put in service here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.aside import SetAside
from indexer.gates import tally
from indexer.holding import HoldingCount
from indexer.quality import QualityCount
from indexer.stock import Stock
from indexer.won import NOTHING_WON, Won
from indexer.workers import Made, make_documents
from vivier.belief.learnt import Lessons
from vivier.errors import VivierError
from vivier.lexicon import Lexicon
from vivier.model import Supplier
from vivier.search.port import Generation, Store
from vivier.text.vocabulary import Vocabulary, WordCounter


@dataclass(frozen=True)
class _Figures:
    """What is counted of some documents where they are made."""

    ids: list[str]
    tally: Counter[str]
    quality: QualityCount
    holding: HoldingCount
    vocabulary: Vocabulary


def build_generation(
    engine: Store,
    stock: Stock,
    lexicon: Lexicon,
    meta: Callable[[], dict[str, object]] = dict,
    progress: Callable[[int], None] = lambda done: None,
    won: Won = NOTHING_WON,
    left_out: SetAside | None = None,
    lessons: Lessons | None = None,
) -> tuple[Generation, list[str]]:
    """Builds the generation of a stock of suppliers beside the live one, and gives the ids in it. A build that fails leaves nothing
    behind.

    The figures by which generations are compared and those of quality are added to ``meta``, asked for once all suppliers were made, with
    what is ``left_out``. ``progress`` is called with the number indexed; ``won`` gives the trades of the contracts won, by SIRET;
    ``lessons``: what answers teach of trades.
    """
    left = SetAside() if left_out is None else left_out
    counter, quality, counts, ids = WordCounter(lexicon.analysis), QualityCount(), Counter[str](), list[str]()
    holding = HoldingCount()
    building = engine.build("suppliers")

    def prepared(chunk: Sequence[Supplier], made: Made) -> tuple[Any, _Figures]:
        preparation, counted, holders = building.preparation(), QualityCount(), HoldingCount()
        preparation.add(made.documents, made.words)
        counted.add(chunk, made.documents)
        holders.add(chunk, made.documents, lexicon)
        names = [supplier.id for supplier in chunk]
        return preparation.part(), _Figures(names, tally(chunk), counted, holders, made.vocabulary)

    try:
        for part, figures in make_documents(stock, lexicon, prepared, won, left, lessons):
            counter.merge(figures.vocabulary)
            quality.merge(figures.quality)
            holding.merge(figures.holding)
            counts.update(figures.tally)
            ids += figures.ids
            progress(building.add_part(part))
        described = {
            "tally": dict(sorted(counts.items())),
            "holding": holding.figures(),
            "quality": quality.figures().model_dump(mode="json"),
            "set_aside": left.summary(),
        }
        return building.finish({**meta(), **described}, counter.vocabulary()), ids
    except (VivierError, OSError, KeyboardInterrupt):
        building.abandon()
        raise
