"""Suppliers → a finished generation, not checked and not live."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from indexer.quality import QualityCount
from indexer.won import NOTHING_WON, Won
from indexer.workers import Made, make_documents
from vivier.engine.port import Engine, Generation
from vivier.errors import VivierError
from vivier.lexicon import Lexicon
from vivier.model import Supplier
from vivier.text.vocabulary import WordCounter


def build_generation(
    engine: Engine,
    suppliers: Sequence[Supplier],
    lexicon: Lexicon,
    meta: dict[str, Any],
    progress: Callable[[int], None] = lambda done: None,
    won: Won = NOTHING_WON,
) -> Generation:
    """Build the generation of these suppliers beside the live one; nothing is left of it when it fails.

    The figures of its quality, counted on the way, are added to ``meta``.
    ``progress`` is told how many are indexed; ``won`` are the trades of the contracts won, by SIRET.
    """
    chunks = make_documents(suppliers, lexicon, won)
    counter = WordCounter(lexicon.analysis)
    quality, done = QualityCount(), 0
    first = next(chunks, Made([], []))  # workers are forked before the engine starts threads of its own
    building = engine.build("suppliers")
    try:
        for made in chain([first], chunks):
            counter.merge(made.vocabulary)
            quality.add(suppliers[done : done + len(made.documents)], made.documents)
            done = building.add(made.documents, made.words)
            progress(done)
        told = quality.told().model_dump(mode="json")
        return building.finish({**meta, "quality": told}, counter.vocabulary())
    except (VivierError, OSError, KeyboardInterrupt):
        building.abandon()
        raise
