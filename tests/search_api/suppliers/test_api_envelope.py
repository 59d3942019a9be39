"""The answer to a search: its envelope, its links, its facets, what it says when nothing is found."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from search_api.links import link, pairs
from search_api.schemas import SearchAnswer, SupplierAnswer
from tests.search_api.conforms import conforms
from tests.search_api.conftest import Search
from vivier.lexicon import Lexicon
from vivier.model import Supplier
from vivier.suppliers.query import FIELDS, SupplierQuery, parse_query
from vivier.suppliers.shown import PARTS

AGREEMENT_MEMBERS = {"kind", "scope", "valid_from", "valid_until", "number", "proved_until"}
RENNES = {"near": "-1.68,48.11", "radius_km": "40"}


@pytest.mark.slow
def test_an_answer_has_the_published_shape(search: Search) -> None:
    for params in ({"territory": "departement:35"}, {"q": "jardins"}, RENNES, {"kind": "EI", "article": "L2113-12"}):
        conforms(SearchAnswer, search(params))


def test_the_query_comes_back_with_its_defaults_and_long_ids(search: Search) -> None:
    query = search(territory="dep:35")["query"]
    assert query["territory"] == ["departement:35"]
    assert (query["per_page"], query["sort"], query["as_of"]) == (20, "relevance", "2026-11-24")


def test_every_member_of_a_supplier_is_in_exactly_one_part() -> None:
    members = [member for part in PARTS.values() for member in part]
    assert sorted(members) == sorted(set(Supplier.model_fields) - {"id", "learnt"})
    assert PARTS.keys() == FIELDS.keys()


def test_fields_choose_the_parts_of_a_result(search: Search) -> None:
    result = search(fields=["name", "kinds"], per_page=1)["results"][0]
    always = {"id", "group", "coverage", "distance_km", "score", "capacity", "reasons"}
    assert result.keys() == always | {"name", "brand", "acronym", "other_names", "agreements"}


@pytest.mark.slow
def test_unknown_is_null_and_not_absent(search: Search) -> None:
    results = search(per_page=100)["results"]
    without_address = next(result for result in results if result["address"] is None)
    assert "address" in without_address
    agreements = [one["value"] for result in results for one in result["agreements"]]
    assert all(value.keys() == AGREEMENT_MEMBERS for value in agreements)


@pytest.mark.slow
def test_every_fact_carries_its_provenance(search: Search) -> None:
    facts = [fact for result in search(per_page=100)["results"] for fact in _facts(result)]
    assert facts
    assert all({"source_id", "producer", "licence", "basis"} <= fact["provenance"].keys() for fact in facts)


def _facts(result: dict[str, Any]) -> list[dict[str, Any]]:
    members = [one for value in result.values() for one in (value if isinstance(value, list) else [value])]
    return [one for one in members if isinstance(one, dict) and "value" in one and "provenance" in one]


def test_sources_are_the_distinct_ones_of_the_page(search: Search) -> None:
    sources = search()["sources"]
    assert [source["source_id"] for source in sources] == ["liste-test", "registre-test"]
    assert sources[0]["url"] == "https://example.org/liste-test"
    assert sources[0]["updated_at"] == "2026-11-01"


def test_following_next_links_gives_every_result_once(client: TestClient, search: Search) -> None:
    body = search(kind="EI", per_page=5)
    seen = [result["id"] for result in body["results"]]
    while (following := body["links"]["next"]) is not None:
        body = client.get(following).json()
        seen += [result["id"] for result in body["results"]]
    assert len(seen) == len(set(seen)) == body["total"]
    assert body["page"] == body["pages"]


def test_prev_leads_back(client: TestClient, search: Search) -> None:
    second = search(per_page=5, page=2)
    first = client.get(second["links"]["prev"]).json()
    assert first["page"] == 1
    assert first["links"]["prev"] is None


def test_a_page_past_the_end_is_empty_and_links_back_to_the_last(search: Search) -> None:
    body = search(kind="EI", per_page=5, page=90)
    assert body["results"] == []
    assert body["links"]["next"] is None
    assert body["links"]["prev"].endswith(f"&page={body['pages']}&per_page=5")


QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "q": st.text("aéœ'’& =+%#", min_size=2, max_size=20),
        "territory": st.lists(st.sampled_from(["departement:35", "FR", "commune:2A004"]), min_size=1, unique=True),
        "kind": st.lists(st.sampled_from(["EI", "ACI"]), min_size=1, unique=True),
        "turnover_min": st.floats(0, 1e9),
        "as_of": st.dates(date(1990, 1, 1), date(2100, 12, 31)).map(lambda day: day.isoformat()),
        "page": st.integers(1, 20),
        "facets": st.lists(st.sampled_from(["kind", "label"]), unique=True),
        "include_unknown": st.just(["staff"]),
    },
)


@pytest.mark.slow
@given(QUERIES)
@settings(max_examples=40, deadline=None)
def test_a_link_reads_back_as_the_same_query(lexicon: Lexicon, params: dict[str, Any]) -> None:
    items = [(k, str(one)) for k, v in params.items() for one in ((v or [""]) if isinstance(v, list) else [v])]
    query = parse_query(items, lexicon)
    url = link("/v1/suppliers", query)
    assert url is not None
    assert parse_query(parse_qsl(urlsplit(url).query, keep_blank_values=True), lexicon) == query


def test_a_query_too_long_for_a_url_has_no_link() -> None:
    query = SupplierQuery(polygon="x" * 9_000)
    assert link("/v1/suppliers", query) is None
    assert pairs(query) == [("polygon", "x" * 9_000)]


def test_facets_are_told_in_french_with_the_selected_value_marked(search: Search) -> None:
    facets = search(kind="EI", departement="departement:35")["facets"]
    kinds = {one["value"]: one for one in facets["kind"]["values"]}
    assert kinds["EI"]["label_fr"] == "Entreprise d'insertion"
    assert kinds["EI"]["selected"] is True
    assert kinds["ACI"]["selected"] is False
    assert {"value": "departement:35", "label_fr": "Ille-et-Vilaine"}.items() <= facets["departement"]["values"][
        0
    ].items()


def test_a_selected_value_without_result_is_shown_as_zero(search: Search) -> None:
    kinds = search(kind="EAMP")["facets"]["kind"]["values"]
    assert {"value": "EAMP", "count": 0, "selected": True}.items() <= kinds[-1].items()


def test_no_facets_when_none_is_asked(search: Search) -> None:
    assert search(facets="")["facets"] == {}


def test_nothing_found_says_what_each_filter_removes(client: TestClient, search: Search) -> None:
    body = search(kind="EI", label="RGE", territory="commune:35047", q="introuvable")
    assert body["total"] == 0
    relaxations = body["meta"]["relaxations"]
    assert [one["parameter"] for one in relaxations] == ["q"]
    assert relaxations[0]["text"].startswith("Sans le filtre « Mots cherchés » : ")
    assert client.get(relaxations[0]["link"]).json()["total"] == relaxations[0]["total"] > 0


def test_a_radius_without_result_is_widened(search: Search) -> None:
    body = search(near="-1.68,47.85", radius_km="5", kind=["EI", "ACI", "ESAT"])
    assert body["total"] == 0
    assert "À 25\u202fkm au lieu de 5\u202fkm" in body["meta"]["relaxations"][0]["text"]


def test_relaxations_are_only_told_when_nothing_is_found(search: Search) -> None:
    assert "relaxations" not in search()["meta"]


def test_unknown_turnover_is_excluded_counted_and_brought_back_on_demand(search: Search) -> None:
    without = search(turnover_min=1)
    unknown = without["meta"]["unknown_excluded"]["turnover"]
    assert unknown > 0
    assert search(turnover_min=1, include_unknown="turnover")["total"] == without["total"] + unknown


def test_a_label_nobody_publishes_is_said_not_connected(search: Search) -> None:
    body = search(label="IMPRIM_VERT")
    assert body["total"] == 0
    assert any("source non connectée" in notice for notice in body["meta"]["notices"])


def test_a_replaced_territory_is_told(search: Search) -> None:
    body = search(territory="departement:69M")
    assert body["query"]["territory"] == ["epci:200046977"]
    assert body["meta"]["notices"]


@pytest.mark.slow
def test_a_neutral_order_tells_its_seed_and_its_link_keeps_it(client: TestClient, search: Search) -> None:
    body = search(sort="neutral", per_page=100)
    assert body["meta"]["seed"] in body["links"]["self"]
    again = client.get(body["links"]["self"]).json()
    assert [one["id"] for one in again["results"]] == [one["id"] for one in body["results"]]


def test_the_record_of_a_result_is_whole(client: TestClient, search: Search) -> None:
    result = search(per_page=1)["results"][0]
    answer = client.get(f"/v1/suppliers/{result['id']}").json()
    conforms(SupplierAnswer, answer)
    assert answer["supplier"] == {key: result[key] for key in answer["supplier"]}


@pytest.mark.parametrize("params", [{"territory": "commune:69123"}, RENNES])
def test_a_result_says_why_it_is_proposed_and_how_far(search: Search, params: dict[str, str]) -> None:
    for result in search(params)["results"]:
        assert result["distance_km"] is None or result["distance_km"] >= 0
        assert all(reason["text"] for reason in result["reasons"])
        assert (result["coverage"] is None) == ("near" in params)


def test_values_left_out_of_a_facet_are_counted(search: Search) -> None:
    for facet in search(facets="departement,network,trade,region")["facets"].values():
        assert facet["complete"] is (facet["other"] == 0)
        assert len(facet["values"]) <= 50
