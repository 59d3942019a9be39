"""Suppliers are ranked as a buyer would: judged searches on both engines, with floors."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.relevance import by_query, figures, table
from indexer.publish import FLOOR
from scripts.docs.judged_page import committed
from tests.relevance.conftest import Rankings
from vivier.lexicon import Lexicon
from vivier.needs import need_to_query, resolve_need
from vivier.suppliers.judged import JudgedQuery, Ranking, judged_queries, judged_records, mean, ndcg
from vivier.suppliers.query import parse_query

NDCG_FLOOR, MRR_FLOOR, WORST_FLOOR = 0.98, 0.98, 0.75
TOLERANCE = 0.01
"""Rounding hides ten times less; what moves less than this still makes the page stale."""
SHORT = 0.935
DOCS = Path(__file__).parents[2] / "docs"
JUDGED, RELEVANCE = DOCS / "generated" / "judged.md", DOCS / "relevance.md"


def read(page: Path) -> str:
    return page.read_text(encoding="utf8")


def by_id(one: JudgedQuery) -> str:
    return one.id


# --- the corpus


@pytest.mark.slow
def test_there_are_enough_suppliers_and_searches() -> None:
    assert len(judged_records()) >= 80
    assert len(judged_queries()) >= 80
    assert sum(one.need is not None for one in judged_queries()) >= 10


@pytest.mark.slow
def test_ids_are_unique_and_judgements_name_suppliers_of_the_corpus() -> None:
    suppliers = Counter(record.source_id for record in judged_records())
    searches = Counter(one.id for one in judged_queries())
    assert {name: count for name, count in (suppliers + searches).items() if count > 1} == {}
    for one in judged_queries():
        judged = Counter(judgement.supplier for judgement in one.judged)
        assert set(judged) <= set(suppliers), one.id
        assert set(judged.values()) == {1}, one.id


@pytest.mark.parametrize("one", judged_queries(), ids=by_id)
def test_a_search_is_judged_in_full_words(one: JudgedQuery, lexicon: Lexicon) -> None:
    assert {judgement.grade for judgement in one.judged} <= {0, 1, 2, 3}
    assert 3 in {judgement.grade for judgement in one.judged}
    assert all(len(text) > 5 for text in (one.about, *(judgement.why for judgement in one.judged)))
    parse_query(one.query, lexicon)


def test_every_supplier_is_judged_somewhere() -> None:
    judged = {judgement.supplier for one in judged_queries() for judgement in one.judged}
    assert {record.source_id for record in judged_records()} - judged == set()


def test_suppliers_are_invented() -> None:
    for record in judged_records():
        assert (record.siret or "").startswith("999"), record.source_id
        assert record.provenance.licence == "fictif"


def test_two_records_of_one_structure_have_one_grade() -> None:
    sirets = {record.source_id: record.siret for record in judged_records()}
    for one in judged_queries():
        grades: dict[str | None, set[int]] = {}
        for judgement in one.judged:
            grades.setdefault(sirets[judgement.supplier], set()).add(judgement.grade)
        assert all(len(given) == 1 for given in grades.values()), one.id


@pytest.mark.slow
@pytest.mark.parametrize("one", [one for one in judged_queries() if one.need], ids=by_id)
def test_a_need_is_read_as_the_search_judged(one: JudgedQuery, lexicon: Lexicon) -> None:
    assert one.need is not None
    assert sorted(need_to_query(resolve_need(one.need, lexicon), lexicon)) == sorted(one.query)


# --- the order


@pytest.mark.slow
def test_the_figures_hold(rankings: Rankings) -> None:
    print(table(rankings))
    found = figures(rankings)
    print(found)
    assert found["nDCG@10"] >= NDCG_FLOOR
    assert found["MRR"] >= MRR_FLOOR
    assert {one.judged.id: one.ndcg for one in rankings if one.ndcg < WORST_FLOOR} == {}


@pytest.mark.parametrize("one", judged_queries(), ids=by_id)
def test_a_search_is_ranked_as_the_committed_page_says(one: JudgedQuery, rankings: Rankings) -> None:
    """A mean hides a search that loses behind one that gains. After a change that is meant: ``python -m scripts.build_docs``."""
    (found,) = (ranking.ndcg for ranking in rankings if ranking.judged.id == one.id)
    assert found == pytest.approx(committed(read(JUDGED))[one.id], abs=TOLERANCE)


def test_the_committed_page_names_every_search_and_no_other() -> None:
    assert list(committed(read(JUDGED))) == [one.id for one in judged_queries()]


@pytest.mark.slow
def test_what_falls_short_is_written_with_the_figures_of_today(embedded_rankings: Rankings) -> None:
    """Rows of docs/relevance.md that open with searches, then give their nDCG@10 with two decimals; and its mean with three."""
    today = {one.judged.id: one.ndcg for one in embedded_rankings}
    rows = re.findall(r"^\| (`[^|]+) \| (\.\d\d) \|", read(RELEVANCE), re.MULTILINE)
    written = {search: float(figure) for cell, figure in rows for search in re.findall(r"`([^`]+)`", cell)}
    assert written == {search: round(today[search], 2) for search in written}, "write today's in docs/relevance.md"
    for engine in ("embedded engine", "OpenSearch"):  # the order is the same on both, a test below
        assert f"| {engine} | {mean(today.values()):.3f} |".replace("0.", ".") in read(RELEVANCE)
    assert {search for search, figure in today.items() if figure < SHORT} <= set(written)


@pytest.mark.slow
def test_what_must_not_be_proposed_is_not(rankings: Rankings) -> None:
    """Expired label, wrong territory, closed structure, another offer's territory…"""
    assert {one.judged.id: one.wrong for one in rankings if one.wrong} == {}


@pytest.mark.slow
def test_the_corpus_tells_a_good_order_from_a_shuffled_one(embedded_rankings: Rankings) -> None:
    """Filters alone make a fair answer: what the floors hold is the order, so no shuffle may reach them."""
    dice = random.Random(2026)
    for _ in range(20):
        shuffled = [Ranking(one.judged, tuple(dice.sample(one.found, len(one.found)))) for one in embedded_rankings]
        assert mean(one.ndcg for one in shuffled) < FLOOR


def test_the_order_is_the_same_on_both_engines(embedded_rankings: Rankings, opensearch_rankings: Rankings) -> None:
    for embedded, opensearch in zip(embedded_rankings, opensearch_rankings, strict=True):
        assert embedded.found == opensearch.found, embedded.judged.id


@pytest.mark.slow
def test_the_gate_s_own_ndcg_is_the_one_of_the_library(embedded_rankings: Rankings) -> None:
    for rankings in (embedded_rankings, tuple(type(one)(one.judged, one.found[::-1]) for one in embedded_rankings)):
        library = by_query(rankings)
        for one in rankings:
            assert one.ndcg == pytest.approx(library[one.judged.id]), one.judged.id


def test_ndcg_of_known_cases() -> None:
    grades = {"a": 3, "b": 2, "c": 0}
    assert ndcg(grades, ["a", "b", "c"]) == 1.0
    assert ndcg(grades, []) == 0.0
    assert ndcg(grades, ["b", "a"]) == pytest.approx((2 + 3 / 1.5849625) / (3 + 2 / 1.5849625))
    assert ndcg(grades, ["x"] * 10 + ["a", "b"]) == 0.0
    assert ndcg({}, ["a"]) == 1.0
