"""What a generation must pass before it answers anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from vivier.engine.port import Engine, Generation
from vivier.errors import BuildRefused, NotFound
from vivier.model import Supplier
from vivier.operators import Collection, Search, Terms

MAX_DROP = 0.20
SMALLEST_COUNTED = 20
SAMPLE = 25


def tally(suppliers: Iterable[Supplier]) -> dict[str, int]:
    """Suppliers per source, kind and label: the figures two generations are compared by."""
    counts: Counter[str] = Counter()
    for supplier in suppliers:
        counts["suppliers"] += 1
        counts.update({f"source:{provenance.source_id}" for provenance in supplier.sources})
        counts.update({f"kind:{agreement.value.kind}" for agreement in supplier.agreements})
        counts.update({f"label:{label.value.code}" for label in supplier.labels})
    return dict(sorted(counts.items()))


def drops(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    """Figures that fall by more than a fifth, in French. Fewer than twenty suppliers are not compared."""
    return [
        f"{name} : {was} → {after.get(name, 0)}"
        for name, was in before.items()
        if was >= SMALLEST_COUNTED and after.get(name, 0) < was * (1 - MAX_DROP)
    ]


def check(engine: Engine, built: Generation, sample: Iterable[str], *, accept_drops: bool = False) -> None:
    """Refuse a generation that is empty, that lost a fifth of something, or that does not find its own suppliers.

    Raises ``BuildRefused``; the live generation is untouched.
    """
    if built.documents == 0:
        raise BuildRefused("Aucun fournisseur à indexer : importez d'abord une source (« vivier import »).")
    lost = [] if accept_drops else drops(_live_tally(engine), built.meta.get("tally", {}))
    if lost:
        raise BuildRefused(f"Trop de fournisseurs disparaissent ({' ; '.join(lost)}). « --accept-drops » les accepte.")
    for id_ in sample:
        search = Search(where=Terms("identifiers", (id_,)), limit=2)
        if [hit.id for hit in engine.search("suppliers", search, built.name).hits] != [id_]:
            raise BuildRefused(f"La génération {built.name} ne retrouve pas son fournisseur {id_}.")


def check_tally(
    engine: Engine, collection: Collection, built: Generation, words: tuple[str, str], *, accept_drops: bool = False
) -> None:
    """Refuse a generation that is empty or lost a fifth of something; counts of ``quality:`` are not compared.

    ``words``: what to say when there is nothing to index, and of what too many are lost, in French.
    """
    nothing, what = words
    if built.documents == 0:
        raise BuildRefused(nothing)
    try:
        before = engine.live(collection).meta.get("tally", {})
    except NotFound:
        return
    compared = {name: count for name, count in before.items() if not name.startswith("quality:")}
    lost = [] if accept_drops else drops(compared, built.meta["tally"])
    if lost:
        raise BuildRefused(f"Trop {what} disparaissent ({' ; '.join(lost)}). « --accept-drops » les accepte.")


def _live_tally(engine: Engine) -> Mapping[str, Any]:
    try:
        tally_: Mapping[str, Any] = engine.live("suppliers").meta.get("tally", {})
    except NotFound:
        return {}
    return tally_
