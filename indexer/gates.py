"""The checks that a generation must pass before it is put in service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from vivier.errors import BuildRefused, NotFound
from vivier.model import Supplier
from vivier.runs.drops import drops
from vivier.runs.records import RunStatistics
from vivier.search.operators import Collection, Search, Terms
from vivier.search.port import Generation, Store

SAMPLE = 25


def tally(suppliers: Iterable[Supplier]) -> Counter[str]:
    """Suppliers per source, kind and label: the figures two generations are compared by."""
    counts: Counter[str] = Counter()
    for supplier in suppliers:
        counts["suppliers"] += 1
        counts.update({f"source:{provenance.source_id}" for provenance in supplier.sources})
        counts.update({f"kind:{agreement.value.kind}" for agreement in supplier.agreements})
        counts.update({f"label:{label.value.code}" for label in supplier.labels})
    return counts


def lost(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What falls too much from the ``meta`` of one generation to that of the next, in French.

    Suppliers are counted in all, by kind and by label; then what each source brings is counted by kind and by label, so
    that one source cannot hide what another loses. Suppliers by source are not compared: a source that wins a fact from
    another loses nobody.
    """
    counted = {key: count for key, count in before.get("tally", {}).items() if not key.startswith("source:")}
    return [*drops(counted, after.get("tally", {})), *_lost_by_source(_runs(before), _runs(after))]


def _runs(meta: Mapping[str, Any]) -> dict[str, RunStatistics]:
    runs = [RunStatistics.model_validate(run) for run in meta.get("sources", ())]
    return {run.source.id: run for run in runs}


def _lost_by_source(before: Mapping[str, RunStatistics], after: Mapping[str, RunStatistics]) -> list[str]:
    return [
        f"source {name}, {text}"
        for name, was in before.items()
        for text in drops(
            was.figures(),
            after[name].figures() if name in after else {},
            after.get(name, was).source.maximum_drop,
        )
    ]


def check(engine: Store, built: Generation, sample: Iterable[str], *, accept_drops: bool = False) -> None:
    """Refuse a generation that is empty, that lost a fifth of something, or that does not find its own suppliers.

    Raises ``BuildRefused``; the live generation is untouched.
    """
    if built.documents == 0:
        raise BuildRefused("Aucun fournisseur à indexer : importez d'abord une source (« vivier import »).")
    gone = [] if accept_drops else lost(live_meta(engine, "suppliers"), built.meta)
    if gone:
        raise BuildRefused(f"Trop de fournisseurs disparaissent ({' ; '.join(gone)}). « --accept-drops » les accepte.")
    reader = engine.open("suppliers", built.name)
    for id_ in sample:
        search = Search(where=Terms("identifiers", (id_,)), limit=2)
        if [hit.id for hit in reader.search(search).hits] != [id_]:
            raise BuildRefused(f"La génération {built.name} ne retrouve pas son fournisseur {id_}.")


def check_tally(
    engine: Store,
    collection: Collection,
    built: Generation,
    words: tuple[str | None, str],
    *,
    accept_drops: bool = False,
) -> None:
    """Refuse a generation that is empty or lost a fifth of something; counts of ``quality:`` are not compared.

    ``words``: what to say when there is nothing to index (``None``: it may be so), and of what too many are lost, in French.
    """
    nothing, what = words
    if built.documents == 0 and nothing is not None:
        raise BuildRefused(nothing)
    before = live_meta(engine, collection).get("tally", {})
    compared = {name: count for name, count in before.items() if not name.startswith("quality:")}
    lost = [] if accept_drops else drops(compared, built.meta["tally"])
    if lost:
        raise BuildRefused(f"Trop {what} disparaissent ({' ; '.join(lost)}). « --accept-drops » les accepte.")


def live_meta(engine: Store, collection: Collection) -> Mapping[str, Any]:
    """What is kept with the generation in service; nothing when there is none."""
    try:
        return engine.live(collection).meta
    except NotFound:
        return {}
