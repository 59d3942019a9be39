"""Records → suppliers → documents → a generation, checked, then promoted. Each step may be run again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from indexer.build import build_generation
from indexer.gates import SAMPLE, check, tally
from indexer.gather import Gathered
from indexer.judged import check_judged
from indexer.legal_units import LabelsOnly
from indexer.merge import Merged, merge, without_gc
from vivier.engine.port import Engine, Generation
from vivier.errors import VivierError
from vivier.lexicon import Lexicon
from vivier.model import Supplier
from vivier.opposition import Opposition
from vivier.settings import Settings

KEPT_GENERATIONS = 3
_BATCH = 500

Progress = Callable[[str, int, int], None]
"""Called with the step's French name, what is done and what is expected."""


@dataclass(frozen=True)
class Published:
    """What was built: the live generation, the merge and the issues met on the way."""

    generation: Generation
    merged: Merged
    issues: dict[str, int]


def publish(
    engine: Engine,
    settings: Settings,
    lexicon: Lexicon,
    *,
    sources: list[str] | None = None,
    accept_drops: bool = False,
    skip_judged: bool = False,
    progress: Progress = lambda step, done, expected: None,
) -> Published:
    """Build the suppliers' generation from the records in force and put it in service.

    Gates: :func:`indexer.gates.check`, then the judged searches (:mod:`indexer.judged`) unless ``skip_judged``.
    Raises ``BuildRefused`` when one refuses it: what was built is removed, the live generation is untouched.
    """
    gathered = Gathered(settings.records, lexicon.gazetteer, sources)
    apart = LabelsOnly()
    with without_gc():
        read = _counted(gathered, "Lecture", gathered.expected, progress)
        merged = _less_opposed(apart.attach(merge(apart.others(read))), settings)
        count = len(merged.suppliers)
        meta = _meta(gathered, merged, apart)
        built = build_generation(
            engine, merged.suppliers, lexicon, meta, lambda done: progress("Indexation", done, count)
        )
    with _removed_if_refused(engine, built):
        check(engine, built, _sample(merged.suppliers), accept_drops=accept_drops)
        if not skip_judged:
            check_judged(engine, settings, lexicon)
    return Published(_promote(engine, built), merged, dict(gathered.issues))


def _less_opposed(merged: Merged, settings: Settings) -> Merged:
    """The suppliers that did not oppose. After the merge: a record without SIRET goes with the one that has it."""
    opposition = Opposition(settings)
    if not opposition.hashes:
        return merged
    kept = [supplier for supplier in merged.suppliers if not opposition.among(supplier.identifiers)]
    counts = {**merged.counts, "opposed": len(merged.suppliers) - len(kept), "suppliers": len(kept)}
    return replace(merged, suppliers=kept, counts=counts)


def _sample(suppliers: list[Supplier]) -> Iterator[str]:
    step = max(1, len(suppliers) // SAMPLE)
    return (supplier.id for supplier in suppliers[::step])


@contextmanager
def _removed_if_refused(engine: Engine, built: Generation) -> Iterator[None]:
    try:
        yield
    except (VivierError, OSError, KeyboardInterrupt):
        engine.remove("suppliers", built.name)
        raise


def _promote(engine: Engine, built: Generation) -> Generation:
    live = engine.promote("suppliers", built.name)
    for old in engine.generations("suppliers")[KEPT_GENERATIONS:]:
        if not old.live:
            engine.remove("suppliers", old.name)
    return live


def _meta(gathered: Gathered, merged: Merged, apart: LabelsOnly) -> dict[str, Any]:
    return {
        "sources": [statistics.model_dump(mode="json") for statistics in gathered.statistics.values()],
        "tally": tally(merged.suppliers),
        "merge": merged.counts,
        "labels_only": apart.by_source(),
        "issues": dict(gathered.issues),
    }


def _counted(items: Any, step: str, expected: int, progress: Progress) -> Iterator[Any]:
    done = 0
    for done, item in enumerate(items, 1):
        yield item
        if done % _BATCH == 0:
            progress(step, done, expected)
    progress(step, done, expected)
