"""Random searches and queries: both engines, and the plain reading of the documents, give the same answer."""

from __future__ import annotations

import os
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.engine.compare import COLLECTION, assert_same
from tests.engine.conftest import Trio
from tests.engine.queries import queries
from tests.engine.strategies import SearchMaker
from vivier.errors import InvalidRequest
from vivier.lexicon import load_lexicon
from vivier.search.operators import All, Facet, Operator, Search, Sort
from vivier.search.port import Document
from vivier.suppliers.plan import plan_search

pytestmark = pytest.mark.slow

#: ``VIVIER_SEED=random`` explores other searches than those of every day.
EVERY_DAY = os.environ.get("VIVIER_SEED") != "random"
PHASES = (Phase.explicit, Phase.generate)
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much, HealthCheck.large_base_example]
TODAY = date(2026, 3, 1)

bounded = settings(
    deadline=None, derandomize=EVERY_DAY, database=None, phases=PHASES, suppress_health_check=QUIET, print_blob=False
)


@pytest.fixture(scope="module")
def maker(corpus: list[Document]) -> SearchMaker:
    return SearchMaker(corpus)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
def test_random_searches_have_one_answer(trio: Trio, maker: SearchMaker) -> None:
    @settings(bounded, max_examples=350)
    @given(maker.searches())
    def check(search: Search) -> None:
        expected = trio.reference.answer(search)
        assert_same(trio.embedded.open(COLLECTION).search(search), expected)
        assert_same(trio.opensearch.open(COLLECTION).search(search), expected)

    check()


def test_random_operators_scan_alike(trio: Trio, maker: SearchMaker) -> None:
    @settings(bounded, max_examples=60)
    @given(maker.operator)
    def check(where: Operator) -> None:
        ids = trio.reference.scan(where)
        for engine in (trio.embedded, trio.opensearch):
            assert [hit.id for hit in engine.open(COLLECTION).scan(where, records=False)] == ids

    check()


def test_random_queries_have_one_answer(trio: Trio, corpus: list[Document]) -> None:
    lexicon = load_lexicon()
    answered = 0

    @settings(bounded, max_examples=150)
    @given(queries(corpus, lexicon))
    def check(query: object) -> None:
        nonlocal answered
        try:
            plan = plan_search(query, lexicon, TODAY)  # type: ignore[arg-type]
        except InvalidRequest:
            return
        embedded = trio.embedded.open(COLLECTION).search(plan.search)
        assert_same(trio.opensearch.open(COLLECTION).search(plan.search), embedded)
        answered += bool(embedded.hits)
        ids = trio.reference.ids(plan.search.where)
        assert embedded.total == len(ids)
        assert {hit.id for hit in embedded.hits} <= ids

    check()
    assert answered >= 50


ORDERS = [
    (Sort("score"),),
    (Sort("distance"),),
    (Sort("departement"), Sort("distance")),
    (Sort("staff", descending=True), Sort("region")),
    (Sort("updated", descending=True),),
    (Sort("name_sort"),),
]


@pytest.mark.parametrize("sort", ORDERS, ids=lambda sort: "+".join(one.by for one in sort))
def test_the_whole_order_is_the_same_page_after_page(trio: Trio, sort: tuple[Sort, ...]) -> None:
    search = Search(sort=sort, origins=((2.35, 48.85),), limit=5_000)
    expected = trio.reference.answer(search)
    assert_same(trio.embedded.open(COLLECTION).search(search), expected)
    assert_same(trio.opensearch.open(COLLECTION).search(search), expected)
    for engine in (trio.embedded, trio.opensearch):
        pages = [
            hit.id
            for start in range(0, expected.total, 100)
            for hit in engine.open(COLLECTION)
            .search(Search(sort=sort, origins=search.origins, offset=start, limit=100))
            .hits
        ]
        assert pages == [hit.id for hit in expected.hits]


def test_records_are_the_same(trio: Trio, corpus: list[Document]) -> None:
    ids = [document["id"] for document in corpus]
    embedded, opensearch = (engine.open(COLLECTION).get(ids) for engine in (trio.embedded, trio.opensearch))
    assert embedded == opensearch
    assert list(embedded) == list(opensearch) == ids


def test_facets_of_a_field_with_more_values_than_opensearch_counts_at_once(trio: Trio, corpus: list[Document]) -> None:
    last = max(value for document in corpus for value in document["identifiers"])
    search = Search(facets=(Facet("identifiers", "identifiers", All(), selected=(last,), size=20),), limit=0)
    expected = trio.reference.answer(search)
    assert expected.facets["identifiers"].values[last] == 1
    assert_same(trio.embedded.open(COLLECTION).search(search), expected)
    assert_same(trio.opensearch.open(COLLECTION).search(search), expected)
