"""Builds a generation of suppliers. It is neither checked nor put in service here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from indexer.aside import SetAside
from indexer.gates import tally
from indexer.quality import QualityCount
from indexer.won import NOTHING_WON, Won
from indexer.workers import Made, make_documents
from vivier.engine.port import Generation, Store
from vivier.errors import VivierError
from vivier.lexicon import Lexicon
from vivier.model import Supplier
from vivier.text.vocabulary import Vocabulary, WordCounter


def build_generation(
    engine: Store,
    suppliers: Sequence[Supplier],
    lexicon: Lexicon,
    meta: dict[str, Any],
    progress: Callable[[int], None] = lambda done: None,
    won: Won = NOTHING_WON,
    left_out: SetAside | None = None,
) -> Generation:
    """Builds the generation of these suppliers beside the live one. A build that fails leaves nothing behind.

    The figures by which generations are compared and those of quality are added to ``meta``, with what is ``left_out``.
    ``progress`` is called with the number indexed; ``won`` gives the trades of the contracts won, by SIRET.
    """
    left = SetAside() if left_out is None else left_out
    counter, quality = WordCounter(lexicon.analysis), QualityCount()
    building = engine.build("suppliers")

    def prepared(chunk: Sequence[Supplier], made: Made) -> tuple[Any, Vocabulary, QualityCount]:
        preparation, counted = building.preparation(), QualityCount()
        preparation.add(made.documents, made.words)
        counted.add(chunk, made.documents)
        return preparation.part(), made.vocabulary, counted

    try:
        for part, vocabulary, counted in make_documents(suppliers, lexicon, prepared, won, left):
            counter.merge(vocabulary)
            quality.merge(counted)
            progress(building.add_part(part))
        figures = {
            "tally": tally(supplier for supplier in suppliers if supplier.id not in left.ids),
            "quality": quality.figures().model_dump(mode="json"),
            "set_aside": left.summary(),
        }
        return building.finish({**meta, **figures}, counter.vocabulary())
    except (VivierError, OSError, KeyboardInterrupt):
        building.abandon()
        raise
