"""Turns records into suppliers, documents, and a generation that is checked, then promoted. Each step may be run again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from indexer.aside import SetAside
from indexer.build import build_generation
from indexer.context import Context
from indexer.current import lasting_failures
from indexer.decisions import read_decisions
from indexer.doubts import write_doubts
from indexer.gates import SAMPLE, check
from indexer.gather import Gathered
from indexer.ids import read_ledger, write_ledger
from indexer.judged import check_judged
from indexer.legal_units import LabelsOnly
from indexer.merge import Merged, merge
from indexer.promotion import promote
from indexer.registers import in_context
from indexer.won import contracts_won
from vivier.engine.port import Generation, Store
from vivier.errors import VivierError
from vivier.forked import without_gc
from vivier.lexicon import Lexicon
from vivier.model import Supplier
from vivier.privacy.opposition import Opposition
from vivier.runs.records import RunStatistics
from vivier.settings import Settings
from vivier.vocabulary import SAID_HERE

_BATCH = 500

Progress = Callable[[str, int, int], None]
"""Called with the French name of the step, the number done and the number expected."""


@dataclass(frozen=True)
class Published:
    """What was built: the live generation, the merge and the issues met on the way."""

    generation: Generation
    merged: Merged
    issues: dict[str, int]


def publish(
    engine: Store,
    settings: Settings,
    lexicon: Lexicon,
    *,
    sources: list[str] | None = None,
    accept_drops: bool = False,
    skip_judged: bool = False,
    progress: Progress = lambda step, done, expected: None,
) -> Published:
    """Build the suppliers' generation from the records in force and put it in service.

    A supplier that cannot be indexed is set aside (:mod:`indexer.aside`). Gates: :func:`indexer.gates.check`,
    then the judged searches (:mod:`indexer.judged`) unless ``skip_judged``.
    Raises ``BuildRefused`` when one refuses it (what was built is removed, the live generation is untouched), and
    ``InvalidRequest`` when the decisions file is to be corrected.
    """
    left_out = SetAside(accept=accept_drops)
    context = Context(settings.context, lexicon.gazetteer, left_out)
    gathered = Gathered(settings.records, lexicon.gazetteer, sources, context, left_out)
    apart = LabelsOnly()
    decisions = read_decisions(settings.decisions)
    with without_gc():
        read = _counted(gathered, "Lecture", gathered.expected, progress)
        joined = merge(
            apart.others(read), decisions, read_ledger(settings.ids), gathered.roles, gathered.days, left_out
        )
        merged = _less_alone(_less_opposed(in_context(apart.attach(joined), context, left_out), settings))
        count = len(merged.suppliers)
        sirets = {supplier.siret.value for supplier in merged.suppliers if supplier.siret is not None}
        unread = Counter[str]()
        won = contracts_won(settings.records, sirets, lexicon, unread)
        merged = replace(merged, counts=merged.counts | unread)
        meta = _meta(gathered, merged, apart, settings)
        built = build_generation(
            engine, merged.suppliers, lexicon, meta, lambda done: progress("Indexation", done, count), won, left_out
        )
    with _removed_if_refused(engine, built):
        check(engine, built, _sample(merged.suppliers, left_out), accept_drops=accept_drops)
        if not skip_judged:
            check_judged(engine, settings, lexicon)
    write_ledger(settings.ids, merged.ledger)  # before the ids are public: after a crash here, nobody's id has changed
    write_doubts(settings.doubts, merged.doubtful)
    return Published(promote(engine, built), merged, dict(gathered.issues))


def _less_opposed(merged: Merged, settings: Settings) -> Merged:
    """The suppliers that did not oppose. This comes after the merge, because a record without SIRET goes with the one
    that has it."""
    opposition = Opposition(settings)
    if not opposition.hashes:
        return merged
    suppliers = [supplier for supplier in merged.suppliers if not opposition.among(supplier.identifiers)]
    counts = {**merged.counts, "opposed": len(merged.suppliers) - len(suppliers), "suppliers": len(suppliers)}
    return replace(merged, suppliers=suppliers, counts=counts)


def _less_alone(merged: Merged) -> Merged:
    """The suppliers that another source than their own declaration knows: a declaration completes a sheet, it never makes one."""
    suppliers = [
        supplier
        for supplier in merged.suppliers
        if any(source.source_id not in SAID_HERE for source in supplier.sources)
    ]
    alone = len(merged.suppliers) - len(suppliers)
    if not alone:
        return merged
    return replace(
        merged, suppliers=suppliers, counts={**merged.counts, "declared_alone": alone, "suppliers": len(suppliers)}
    )


def _sample(suppliers: list[Supplier], left_out: SetAside) -> Iterator[str]:
    step = max(1, len(suppliers) // SAMPLE)
    return (supplier.id for supplier in suppliers[::step] if supplier.id not in left_out.ids)


@contextmanager
def _removed_if_refused(engine: Store, built: Generation) -> Iterator[None]:
    try:
        yield
    except (VivierError, OSError, KeyboardInterrupt):
        engine.remove("suppliers", built.name)
        raise


def _meta(gathered: Gathered, merged: Merged, apart: LabelsOnly, settings: Settings) -> dict[str, Any]:
    return {
        "sources": [report.model_dump(mode="json") for report in _reports(gathered)],
        "merge": merged.counts,
        "labels_only": apart.by_source(),
        "issues": dict(gathered.issues),
        "failures": lasting_failures(settings),
    }


def _reports(gathered: Gathered) -> list[RunStatistics]:
    return [*gathered.statistics.values(), *gathered.context.statistics.values()]


def _counted(items: Any, step: str, expected: int, progress: Progress) -> Iterator[Any]:
    done = 0
    for done, item in enumerate(items, 1):
        yield item
        if done % _BATCH == 0:
            progress(step, done, expected)
    progress(step, done, expected)
