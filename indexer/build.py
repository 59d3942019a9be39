"""Suppliers → a finished generation, not checked and not live."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

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

    ``progress`` is told how many are indexed; ``won`` are the trades of the contracts won, by SIRET.
    """
    chunks = make_documents(suppliers, lexicon, won)
    counter = WordCounter(lexicon.analysis)
    first = next(chunks, Made([], []))  # workers are forked before the engine starts threads of its own
    building = engine.build("suppliers")
    try:
        for made in chain([first], chunks):
            counter.merge(made.vocabulary)
            progress(building.add(made.documents, made.words))
        return building.finish(meta, counter.vocabulary())
    except (VivierError, OSError, KeyboardInterrupt):
        building.abandon()
        raise
