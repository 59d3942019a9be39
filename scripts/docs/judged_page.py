"""``docs/generated/judged.md``: figures of each judged search with today's ranking, on the embedded engine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from indexer.publish import judged_generation
from scripts.docs.markdown import code, table
from scripts.docs.markdown import page as whole
from vivier.lexicon import load_lexicon
from vivier.settings import Settings
from vivier.suppliers.judged import Ranking, mean, rank

_INTRODUCTION = """What the order of today gives each judged search ([relevance](../relevance.md)): nDCG@10, the reciprocal rank of the
first supplier of grade 2 or 3, the suppliers found, and what the search is there to show. A test holds both engines to each
nDCG@10: whoever changes a weight, a step or a table of words writes this page again, and the difference says which
searches gained and which lost."""

_ROW = re.compile(r"^\| `([^`]+)` \| (\d\.\d{3}) \|", re.MULTILINE)


def figures(rankings: Iterable[Ranking]) -> str:
    """One line a search, in the order given: nDCG@10, reciprocal rank, number of suppliers found, subject of the search."""
    rows = (
        (
            code(ranking.judged.id),
            f"{ranking.ndcg:.3f}",
            f"{ranking.reciprocal:.2f}",
            str(len(ranking.found)),
            ranking.judged.about,
        )
        for ranking in rankings
    )
    return table(("search", "nDCG@10", "RR", "found", "about"), rows)


def committed(text: str) -> dict[str, float]:
    """nDCG@10 of each search, read from the text of the page."""
    return {search: float(figure) for search, figure in _ROW.findall(text)}


def page(rankings: Sequence[Ranking]) -> str:
    """The whole page."""
    ndcg, reciprocal = (mean(getattr(ranking, name) for ranking in rankings) for name in ("ndcg", "reciprocal"))
    means = f"Means of {len(rankings)} searches: nDCG@10 {ndcg:.3f}, MRR {reciprocal:.3f}."
    return whole("Judged searches", _INTRODUCTION, means, figures(rankings))


def embedded_rankings() -> tuple[Ranking, ...]:
    """The ranking of every judged search by the embedded engine, on a generation that is removed afterwards."""
    lexicon = load_lexicon()
    with judged_generation("embedded", Settings(), lexicon) as judged:
        return rank(judged, lexicon)
