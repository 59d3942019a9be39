"""A streamed search is the search without its depth limit: same hits, same order, on one generation, on both engines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.engine.compare import COLLECTION, assert_same, serve
from tests.engine.conftest import Trio
from tests.engine.test_same_answers import ORDERS
from tests.engine.village import GREENWICH, VILLAGE, doc, phrase
from vivier.errors import NotFound
from vivier.search.operators import All, Facet, Part, Search, Sort, Terms, Text, Tier
from vivier.search.port import Answer, Reader, Store

PARIS = (2.35, 48.85)


def streamed(reader: Reader, search: Search) -> Answer:
    hits = list(reader.stream(search))
    return Answer(len(hits), hits)


@pytest.mark.slow
@pytest.mark.parametrize("sort", ORDERS, ids=lambda sort: "+".join(one.by for one in sort))
def test_a_stream_is_the_whole_search_in_its_order(trio: Trio, sort: tuple[Sort, ...]) -> None:
    search = Search(sort=sort, origins=(PARIS,), limit=5_000)
    expected = trio.reference.answer(search)
    assert expected.total > 1_000  # more than one page of OpenSearch
    for engine in (trio.embedded, trio.opensearch):
        assert_same(streamed(engine.open(COLLECTION), search), expected)


def test_points_of_words_and_tiers_order_a_stream(trio: Trio) -> None:
    words = Text(((phrase("espaces verts", "text_offers", 4), phrase("espaces", "text_more", 2)),))
    near = Tier(Terms("region", ("region:84",)), 9)
    search = Search(words, words, (Part("place", (near,)),), (Sort("score"), Sort("distance")), (PARIS,), limit=5_000)
    expected = trio.reference.answer(search)
    assert len({hit.score for hit in expected.hits}) > 2
    for engine in (trio.embedded, trio.opensearch):
        assert_same(streamed(engine.open(COLLECTION), search), expected)


def test_the_page_the_facets_and_the_counts_of_a_search_are_not_looked_at(village: Reader) -> None:
    search = Search(sort=(Sort("name_sort"),))
    paged = replace(search, offset=5, limit=1, facets=(Facet("networks", "networks", All()),), counts=(("all", All()),))
    assert_same(streamed(village, paged), streamed(village, search))
    assert streamed(village, paged).total == len(VILLAGE)


def test_documents_without_the_value_come_last(village: Reader) -> None:
    for sort, known in (
        (Sort("staff", descending=True), "staff"),
        (Sort("updated", descending=True), "updated"),
        (Sort("name_sort"), "name_sort"),
        (Sort("distance"), "location"),
    ):
        search = Search(sort=(sort,), origins=(GREENWICH,), limit=100)
        found = streamed(village, search)
        assert_same(found, Answer(found.total, village.search(search).hits))
        documents = {document["id"]: document for document in VILLAGE}
        values = [documents[hit.id].get(known) is not None for hit in found.hits]
        assert values == sorted(values, reverse=True), known


def test_a_stream_of_nothing_is_empty(village: Reader) -> None:
    assert streamed(village, Search(where=Terms("id", ("nobody",)))).hits == []


@pytest.mark.slow
def test_a_stream_begun_before_a_promotion_stays_on_its_generation(engine: Store) -> None:
    count = 2_500  # several pages of OpenSearch
    first = serve(engine, (doc(f"old-{number}") for number in range(count)))
    hits = engine.open(COLLECTION, first).stream(Search())
    ids = {next(hits).id}
    serve(engine, [doc("new")])
    ids |= {hit.id for hit in hits}
    assert ids == {f"old-{number}" for number in range(count)}
    assert [hit.id for hit in engine.open(COLLECTION).stream(Search())] == ["new"]


def test_a_stream_of_a_generation_that_does_not_exist_is_not_found(engine: Store) -> None:
    serve(engine, VILLAGE)
    with pytest.raises(NotFound):
        list(engine.open(COLLECTION, "suppliers-20010101000000000000").stream(Search()))
