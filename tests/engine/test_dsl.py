"""What a node is asked: each condition as few times as it can be, and of a page its source as it is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from vivier.engine.opensearch.dsl import compile_filter, compile_search, counted_by
from vivier.search.operators import (
    All,
    AnyOf,
    Exists,
    Facet,
    Near,
    Not,
    Operator,
    Part,
    Phrase,
    Range,
    Same,
    Search,
    Sort,
    Terms,
    Text,
    Tier,
    Within,
    conjunction,
)
from vivier.territory.sphere import on_grid

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


TEXT = Text(
    ((Phrase("name", ("jardin",), 700), Phrase("name", ("espac", "vert"), 600)), (Phrase("text", ("lyon",), 300),))
)
SPAN = {
    "span_near": {
        "clauses": [{"span_term": {"name": "espac"}}, {"span_term": {"name": "vert"}}],
        "slop": 0,
        "in_order": True,
    }
}
WORD = {"bool": {"should": [{"term": {"name": "jardin"}}, SPAN], "minimum_should_match": 1}}
RANGE = {"range": {"ends": {"gte": "2026", "lte": "2027"}}}


@pytest.mark.parametrize(
    ("operator", "query"),
    [
        (All(()), {"match_all": {}}),
        (AnyOf(()), {"match_none": {}}),
        (AnyOf((PLACE,)), {"terms": {"departement": ["departement:35"]}}),
        (All((PLACE,)), {"bool": {"filter": [{"terms": {"departement": ["departement:35"]}}]}}),
        (Not(Exists("region")), {"bool": {"must_not": [{"exists": {"field": "region"}}]}}),
        (Range("ends", gte="2026", lte="2027"), RANGE),
        (Range("ends", gte=0), {"range": {"ends": {"gte": 0}}}),
        (Range("ends", lte=0), {"range": {"ends": {"lte": 0}}}),
        (
            Range("ends", gte="2026", lte="2027", missing=True),
            {
                "bool": {
                    "should": [RANGE, {"bool": {"must_not": [{"exists": {"field": "ends"}}]}}],
                    "minimum_should_match": 1,
                }
            },
        ),
        (
            Near("location", -1.68, 48.11, 30.0),
            {"geo_distance": {"distance": "30.0km", "distance_type": "arc", "location": {"lon": -1.68, "lat": 48.11}}},
        ),
        (
            Within("location", (((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, 0.0)),)),
            {
                "geo_shape": {
                    "location": {
                        "shape": {"type": "polygon", "coordinates": [[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]]},
                        "relation": "intersects",
                    }
                }
            },
        ),
        (
            Same("offers", (Terms("trade", ("peinture",)), Exists("zone"))),
            {
                "nested": {
                    "path": "offers",
                    "query": {
                        "bool": {
                            "filter": [{"terms": {"offers.trade": ["peinture"]}}, {"exists": {"field": "offers.zone"}}]
                        }
                    },
                }
            },
        ),
        (TEXT, {"bool": {"filter": [WORD, {"term": {"text": "lyon"}}]}}),
        (replace(TEXT, least=1), {"bool": {"should": [WORD, {"term": {"text": "lyon"}}], "minimum_should_match": 1}}),
    ],
)
def test_each_condition_is_a_filter_of_the_node(operator: Operator, query: dict[str, Any]) -> None:
    assert compile_filter(operator) == query


def test_a_whole_search_is_asked_for_in_one_body() -> None:
    tiers = (Tier(PLACE, 900), Tier(KIND, 900))
    search = Search(
        where=PLACE,
        text=TEXT,
        parts=(Part("near", tiers), Part("none", ())),
        sort=(Sort("score"), Sort("ends"), Sort("amount", descending=True)),
        origins=((-1.68, 48.11),),
        facets=(Facet("trade", "trade", PLACE, path="offers", entry=Exists("zone")),),
        counts=(("few", KIND),),
        offset=40,
        limit=20,
    )
    place, kind = {"terms": {"departement": ["departement:35"]}}, {"terms": {"networks": ["gesat"]}}
    back = {"documents": {"reverse_nested": {}}}
    assert compile_search(search) == {
        "query": {
            "bool": {
                "filter": [place],
                "should": [
                    {"bool": {"must": [best(({"term": {"name": "jardin"}}, 700), (SPAN, 600)), best(({"term": {"text": "lyon"}}, 300))]}},
                    {"dis_max": {"queries": [named(place, "near=900=0"), named(kind, "near=900=1")]}},
                ],
            }
        },
        "sort": [
            {"_score": {"order": "desc"}},
            {"ends": {"order": "asc", "missing": "_last", "mode": "min"}},
            {"amount": {"order": "desc", "missing": "_last", "mode": "min"}},
            {"tie": {"order": "asc", "missing": "_last", "mode": "min"}},
            {
                "_geo_distance": {
                    "location": [dict(zip(("lon", "lat"), on_grid(-1.68, 48.11), strict=True))],
                    "order": "asc", "unit": "km", "mode": "min", "distance_type": "arc",
                }
            },
        ],
        "from": 40,
        "size": 20,
        "track_total_hits": True,
        "track_scores": True,
        "aggs": {
            "facet.trade": {
                "filter": {"match_all": {}},
                "aggs": {
                    "entries": {
                        "nested": {"path": "offers"},
                        "aggs": {
                            "chosen": {
                                "filter": {"bool": {"filter": [{"exists": {"field": "offers.zone"}}, {"exists": {"field": "offers.trade"}}]}},
                                "aggs": {"values": {"terms": {"field": "offers.trade", "size": 10_000}, "aggs": back}} | back,
                            }
                        },
                    }
                },
            },
            "count.few": {"global": {}, "aggs": {"where": {"filter": kind}}},
        },
    }  # fmt: skip


def best(*scored: tuple[dict[str, Any], int]) -> dict[str, Any]:
    return {
        "dis_max": {"queries": [{"constant_score": {"filter": query, "boost": points}} for query, points in scored]}
    }


def named(query: dict[str, Any], name: str) -> dict[str, Any]:
    return {"constant_score": {"filter": query, "boost": 900, "_name": name}}


def test_a_search_that_asks_for_little_says_little() -> None:
    least = compile_search(Search(where=PLACE, text=replace(TEXT, least=1), origins=(), sort=(Sort("distance"),)))
    assert "aggs" not in least and least["query"]["bool"]["should"][0]["bool"]["minimum_should_match"] == 1
    assert [list(one) for one in least["sort"]] == [["tie"]]
    near = compile_search(Search(where=PLACE, origins=((0.0, 45.0),), sort=(Sort("distance"),)))
    assert [list(one) for one in near["sort"]] == [["_geo_distance"], ["tie"]] and near["query"]["bool"]["should"] == []
    counted = asked(REGION)["aggs"]["facet.region"]["aggs"]
    assert counted == {
        "values": {"terms": {"field": "region", "size": 10_000}},
        "missing": {"missing": {"field": "region"}},
    }
