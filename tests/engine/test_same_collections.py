"""Contracts, notices and buyers: random questions to every verb of the port have one answer, that of the plain reading."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.compare import assert_same
from tests.engine.conftest import Corpora, opened
from tests.engine.reference import Reference
from tests.engine.strategies import SearchMaker
from tests.engine.test_same_answers import bounded
from vivier.engine.opensearch.group import grouped
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.search.operators import All, Collection, Measure, Operator, Search, Terms
from vivier.search.port import Groups, Store

pytestmark = pytest.mark.slow

LISTS: tuple[Collection, ...] = ("contracts", "notices", "buyers")


@dataclass(frozen=True)
class Pair:
    """Both engines, each serving the three collections."""

    embedded: Store
    opensearch: OpenSearchStore


@pytest.fixture(scope="module")
def pair(
    corpora: Corpora, opensearch_url: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    folder = tmp_path_factory.mktemp("pair")
    with opened("embedded", request, folder) as embedded, opened("opensearch", request, folder) as node:
        for collection, documents in corpora.items():
            for engine in (embedded, node):
                building = engine.build(collection)
                building.add(documents)
                engine.promote(collection, building.finish({}).name)
        assert isinstance(node, OpenSearchStore)
        yield Pair(embedded, node)


def both(pair: Pair) -> tuple[Store, Store]:
    return pair.embedded, pair.opensearch


def assert_same_figures(found: Groups, expected: Groups) -> None:
    assert found.values == expected.values
    assert found.measures.keys() == expected.measures.keys()
    for name, column in found.measures.items():
        assert column == pytest.approx(expected.measures[name], nan_ok=True, rel=1e-9), name


def plain(read: dict[str, dict[str, float | None]], measures: tuple[Measure, ...]) -> Groups:
    """What the plain reading says, in columns."""
    columns = {one.name: np.array([told[one.name] for told in read.values()], np.float64) for one in measures}
    return Groups(tuple(read), columns)


@pytest.mark.parametrize("collection", LISTS)
def test_the_corpus_is_large_enough_to_say_something(corpora: Corpora, collection: Collection) -> None:
    assert len(corpora[collection]) > 20


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@pytest.mark.parametrize("collection", LISTS)
def test_random_searches_of_lists_have_one_answer(pair: Pair, corpora: Corpora, collection: Collection) -> None:
    maker, reference = SearchMaker(corpora[collection], collection), Reference(corpora[collection], collection)

    @settings(bounded, max_examples=60)
    @given(maker.searches())
    def check(search: Search) -> None:
        expected = reference.answer(search)
        for engine in both(pair):
            assert_same(engine.open(collection).search(search), expected)

    check()


@pytest.mark.parametrize("collection", LISTS)
def test_random_groups_have_one_answer(pair: Pair, corpora: Corpora, collection: Collection) -> None:
    maker, reference = SearchMaker(corpora[collection], collection), Reference(corpora[collection], collection)

    @settings(bounded, max_examples=80)
    @given(maker.operator | st.just(All()), maker.groups())
    def check(where: Operator, asked: tuple[str, tuple[Measure, ...]]) -> None:
        expected = plain(reference.group(where, *asked), asked[1])
        for engine in both(pair):
            assert_same_figures(engine.open(collection).group(where, *asked), expected)

    check()


@pytest.mark.parametrize("collection", LISTS)
def test_random_members_and_scans_have_one_answer(pair: Pair, corpora: Corpora, collection: Collection) -> None:
    maker, reference = SearchMaker(corpora[collection], collection), Reference(corpora[collection], collection)

    @settings(bounded, max_examples=60)
    @given(maker.operator, maker.held())
    def check(where: Operator, held: tuple[str, tuple[str, ...]]) -> None:
        members = reference.members(where, *held)
        for engine in both(pair):
            assert engine.open(collection).members(where, *held) == members
            assert [hit.id for hit in engine.open(collection).scan(where, records=False)] == reference.scan(where)

    check()


@pytest.mark.parametrize("buckets", [5, 20, 10_000])
def test_more_groups_than_a_node_gives_at_once_are_asked_in_parts(pair: Pair, buckets: int) -> None:
    measures = (
        Measure("n"),
        Measure("reserved", where=Terms("provisions", ("reserved",))),
        Measure("amount", "sum", "amount", Terms("social", ("yes",))),
        Measure("last", "max", "notified"),
    )
    asked: list[int] = []

    def ask(bodies: list[dict[str, object]]) -> list[dict[str, object]]:
        asked.append(len(bodies))
        return pair.opensearch.open("contracts")._ask_all(bodies)

    def at_once(works: list[Callable[[], object]]) -> list[object]:
        return [work() for work in works]

    found = grouped(ask, at_once, "contracts", All(), "division", measures, buckets=buckets)
    assert_same_figures(found, pair.embedded.open("contracts").group(All(), "division", measures))
    assert (len(asked) > 1) == (buckets < 10_000)
