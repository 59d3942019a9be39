"""The other groups of an answer of the API: their totals; their results and their counts by value when they are asked for."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

ASKED = "/v1/suppliers?trade=entretien-espaces-verts&territory=departement:59"


@pytest.mark.slow
def test_the_totals_of_the_groups_come_without_their_results(client: TestClient) -> None:
    plain, whole = (client.get(f"{ASKED}{more}").json() for more in ("", "&groups=results"))
    assert [group["total"] for group in plain["groups"]] == [group["total"] for group in whole["groups"]]
    assert [group["sentence"] for group in plain["groups"]] == [group["sentence"] for group in whole["groups"]]
    assert not any(group["results"] for group in plain["groups"])
    assert any(group["results"] for group in whole["groups"])
    assert plain["results"] == whole["results"] and plain["total"] == whole["total"]


def test_values_of_a_facet_are_counted_by_group_when_asked_for(client: TestClient) -> None:
    plain, whole = (client.get(f"{ASKED}{more}").json()["facets"]["kind"] for more in ("", "&groups=results"))
    assert all(value["groups"] == {"exact": value["count"]} for value in plain["values"])
    assert {tuple(value["groups"]) for value in whole["values"]} == {("exact", "near_trade", "to_ask")}
    held = [(value["value"], value["count"]) for value in whole["values"] if value["count"] or value["selected"]]
    assert held == [(value["value"], value["count"]) for value in plain["values"]]


def test_links_keep_what_is_asked_of_the_groups_and_files_do_not(client: TestClient) -> None:
    links = client.get(f"{ASKED}&groups=results").json()["links"]
    assert "groups=results" in links["self"] and "groups=" not in links["csv"]
    assert client.get(links["csv"]).status_code == 200
    assert client.get(f"{ASKED}&groups=all").status_code == 422
