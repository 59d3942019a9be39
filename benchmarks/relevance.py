"""How well suppliers are ranked: ``python -m benchmarks relevance [--queries]``.

nDCG@10 and MRR (first supplier of grade 2 or 3) over the judged searches of ``mappings/judged``, computed by ir-measures, on
the embedded engine and, when ``VIVIER_OPENSEARCH_URL`` names a node, on OpenSearch. ``--queries`` prints each search.
How well needs are read is measured apart: ``python -m benchmarks needs``.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence

import ir_measures

from indexer.publish import judged_generation
from scripts.docs import judged_page, markdown
from vivier.lexicon import load_lexicon
from vivier.settings import Settings
from vivier.suppliers.judged import Ranking, rank

NDCG, RR = ir_measures.nDCG @ 10, ir_measures.RR(rel=2)
PREFIX = "vivier-bench"


def relevance(queries: bool = False) -> Iterator[str]:
    """The figures of each engine, then with ``--queries`` those of each search."""
    settings = Settings().model_copy(update={"opensearch_prefix": PREFIX})
    engines = ["embedded", *(["opensearch"] if os.environ.get("VIVIER_OPENSEARCH_URL") else [])]
    measured = {engine: rankings_on(engine, settings) for engine in engines}
    found = {engine: figures(rankings) for engine, rankings in measured.items()}
    rows = ((name, str(len(measured[name])), f"{of['nDCG@10']:.4f}", f"{of['MRR']:.4f}") for name, of in found.items())
    yield markdown.table(("engine", "searches", "nDCG@10", "MRR"), rows)
    if "opensearch" not in engines:
        yield "OpenSearch not measured: VIVIER_OPENSEARCH_URL is not set."
    if queries:
        yield table(measured["embedded"])


def figures(rankings: Sequence[Ranking]) -> dict[str, float]:
    """nDCG@10 and MRR by ir-measures."""
    found = ir_measures.calc_aggregate([NDCG, RR], _judgements(rankings), _run(rankings))
    return {"nDCG@10": found[NDCG], "MRR": found[RR]}


def by_query(rankings: Sequence[Ranking]) -> dict[str, float]:
    """nDCG@10 of each search by ir-measures."""
    return {
        measure.query_id: measure.value
        for measure in ir_measures.iter_calc([NDCG], _judgements(rankings), _run(rankings))
    }


def _judgements(rankings: Iterable[Ranking]) -> list[ir_measures.Qrel]:
    return [
        ir_measures.Qrel(ranking.judged.id, supplier, grade)
        for ranking in rankings
        for supplier, grade in ranking.judged.grades.items()
    ]


def _run(rankings: Iterable[Ranking]) -> list[ir_measures.ScoredDoc]:
    """The rankings as decreasing scores, the form that ir-measures reads."""
    return [
        ir_measures.ScoredDoc(ranking.judged.id, supplier, -place)
        for ranking in rankings
        for place, supplier in enumerate(ranking.found)
    ]


def table(rankings: Sequence[Ranking]) -> str:
    """The table of ``docs/generated/judged.md``, the worst search first."""
    return judged_page.figures(sorted(rankings, key=lambda ranking: (ranking.ndcg, ranking.judged.id)))


def rankings_on(engine: str, settings: Settings) -> tuple[Ranking, ...]:
    """The judged searches on one engine."""
    lexicon = load_lexicon()
    with judged_generation(engine, settings, lexicon) as snapshot:
        return rank(snapshot, lexicon)
