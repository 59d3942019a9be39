"""The building of an index, told line by line."""

from __future__ import annotations

from typing import Literal

from vivier.cli.options import opened
from vivier.errors import VivierError
from vivier.ledger import IndexStep
from vivier.settings import Settings
from vivier.terminal import (
    bars,
    by_count,
    say,
)


def publish(settings: Settings, sources: list[str] | None, **gates: bool) -> None:
    from indexer.publish import publish as publish_suppliers
    from indexer.words import MERGE
    from vivier.lexicon import load_lexicon
    from vivier.territory.issues import ISSUES

    lexicon = load_lexicon()
    with opened(settings) as engine, bars() as advance:
        done = publish_suppliers(engine, settings, lexicon, sources=sources, progress=advance, **gates)
    say(f"{done.generation.documents} fournisseurs en service ({done.generation.name}).")
    say(
        "Fusion : " + " ; ".join(f"{count} {MERGE.get(name, name)}" for name, count in done.merged.counts.items()) + "."
    )
    if done.issues:
        say(f"Adresses : {by_count(done.issues, ISSUES)}.")


def brought_up(settings: Settings, accept_drops: bool, *, changed: bool) -> IndexStep:
    """Bring the index up to what is in force; what refuses it is told, not raised: the report comes after."""
    from indexer.current import up_to_date
    from indexer.publish import publish as publish_suppliers
    from vivier.lexicon import load_lexicon

    lexicon = load_lexicon()
    try:
        with opened(settings) as engine, bars() as advance:
            live = None if changed else up_to_date(engine, settings, lexicon)
            state: Literal["done", "unchanged"] = "done" if live is None else "unchanged"
            if live is None:
                live = publish_suppliers(
                    engine, settings, lexicon, accept_drops=accept_drops, progress=advance
                ).generation
    except VivierError as error:
        return IndexStep(state="failed", reason=str(error))
    return IndexStep(state=state, generation=live.name, documents=live.documents)
