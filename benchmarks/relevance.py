"""How well suppliers are ranked: ``python -m benchmarks.relevance [--queries]``.

nDCG@10 and MRR (first supplier of grade 2 or 3) over the judged searches of ``mappings/judged``, computed by ir-measures, on
the embedded engine and, when ``VIVIER_OPENSEARCH_URL`` names a node, on OpenSearch. ``--queries`` prints each search.
How well needs are read is measured apart: ``python -m benchmarks.needs``.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Sequence

import ir_measures

from indexer.publish import judged_generation
from scripts.docs import judged_page
from vivier.lexicon import load_lexicon
from vivier.settings import Settings
from vivier.suppliers.judged import Ranking, rank

NDCG, RR = ir_measures.nDCG @ 10, ir_measures.RR(rel=2)
PREFIX = "vivier-bench"


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


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", action="store_true", help="also print each search")
    options = parser.parse_args()
    settings = Settings().model_copy(update={"opensearch_prefix": PREFIX})
    engines = ["embedded", *(["opensearch"] if os.environ.get("VIVIER_OPENSEARCH_URL") else [])]
    print("| engine | searches | nDCG@10 | MRR |\n|---|---|---|---|")
    measured = {engine: rankings_on(engine, settings) for engine in engines}
    for engine, rankings in measured.items():
        found = figures(rankings)
        print(f"| {engine} | {len(rankings)} | {found['nDCG@10']:.4f} | {found['MRR']:.4f} |")
    if "opensearch" not in engines:
        print("OpenSearch not measured: VIVIER_OPENSEARCH_URL is not set.")
    if options.queries:
        print(table(measured["embedded"]))
    print("Needs: python -m benchmarks.needs")


if __name__ == "__main__":
    main()
