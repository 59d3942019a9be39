"""What a node is asked: each condition as few times as it can be, and of a page its source as it is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from vivier.engine.opensearch.dsl import compile_search, counted_by
from vivier.search.operators import Exists, Facet, Search, Terms, conjunction

PLACE = Terms("departement", ("departement:35",))
KIND = Terms("networks", ("gesat",))
ASKED = Search(where=conjunction(PLACE, KIND))
REGION = Facet("region", "region", ASKED.where)
NETWORK = Facet("network", "networks", PLACE, selected=("gesat",))


def asked(*facets: Facet) -> dict[str, Any]:
    return compile_search(replace(ASKED, facets=facets))


def test_a_facet_that_leaves_nothing_out_is_counted_over_the_hits() -> None:
    facet = asked(REGION)["aggs"]["facet.region"]
    assert facet["filter"] == {"match_all": {}} and "global" not in facet


def test_the_facet_of_a_filtered_field_looks_at_all_documents_through_its_own_condition() -> None:
    facet = asked(NETWORK)["aggs"]["facet.network"]
    assert facet["global"] == {}
    assert facet["aggs"]["where"]["filter"] == {"terms": {"departement": ["departement:35"]}}


def test_an_equal_condition_made_apart_is_the_condition_of_the_search() -> None:
    apart = replace(REGION, where=conjunction(Terms("departement", ("departement:35",)), KIND))
    assert asked(apart) == asked(REGION)


def test_what_is_counted_is_read_wherever_it_was_counted() -> None:
    counted = {"doc_count": 3, "values": {"buckets": []}, "missing": {"doc_count": 3}}
    answer = {"facet.region": counted, "facet.network": {"doc_count": 9, "where": counted}}
    assert counted_by(answer, REGION) == counted_by(answer, NETWORK) == counted


def test_a_page_asks_for_no_part_of_the_source() -> None:
    assert "_source" not in compile_search(replace(ASKED, where=Exists("region")))
