"""Territories, trades, CPV, kinds, labels, sources, readiness."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from search_api import reference_schemas as schemas
from search_api.schemas import Ready
from tests.search_api.conforms import conforms
from tests.search_api.conftest import Search
from vivier.law.kinds import KINDS
from vivier.law.labels import LABELS
from vivier.lexicon import Lexicon


def answer(client: TestClient, path: str) -> dict[str, Any]:
    response = client.get(path)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_a_certain_place_is_resolved_and_its_homonyms_stay_visible(client: TestClient) -> None:
    body = answer(client, "/v1/territories?q=rennes")
    conforms(schemas.TerritoriesAnswer, body)
    assert body["results"][0]["id"] == "commune:35238"
    assert len(body["results"]) > 1


def test_an_ambiguous_place_is_not_resolved(client: TestClient) -> None:
    body = answer(client, "/v1/territories?q=Saint-Denis")
    assert body["resolved"] is None
    assert {"commune:93066", "commune:97411"} <= {one["id"] for one in body["results"]}


def test_accents_and_case_do_not_matter_to_a_place(client: TestClient) -> None:
    assert answer(client, "/v1/territories?q=SAINT ETIENNE 42")["resolved"] == "commune:42218"
    assert answer(client, "/v1/territories?q=st étienne 42")["resolved"] == "commune:42218"


def test_the_limit_bounds_the_candidates(client: TestClient) -> None:
    assert len(answer(client, "/v1/territories?q=saint&limit=3")["results"]) == 3


def test_no_place_of_that_name_is_an_empty_answer(client: TestClient) -> None:
    body = answer(client, "/v1/territories?q=xqzwk")
    assert (body["resolved"], body["total"], body["results"]) == (None, 0, [])


def test_a_territory_is_read_by_its_typed_id(client: TestClient) -> None:
    body = answer(client, "/v1/territories/dep:2A")
    conforms(schemas.TerritoryAnswer, body)
    assert body["territory"]["id"] == "departement:2A"


def test_an_old_code_leads_to_its_successor_with_a_notice(client: TestClient) -> None:
    body = answer(client, "/v1/territories/departement:69M")
    assert body["territory"]["id"] == "epci:200046977"
    assert body["notices"]


@pytest.mark.slow
def test_every_trade_comes_with_its_crosswalk(client: TestClient, lexicon: Lexicon) -> None:
    body = answer(client, "/v1/trades")
    conforms(schemas.TradesAnswer, body)
    assert body["total"] == len(lexicon.trades) == sum(len(group["trades"]) for group in body["groups"])
    slugs = {slug for trade in lexicon.trades for slug in trade.marche_slugs}
    assert body["crosswalk"].keys() == slugs
    assert all(prefix["label_fr"] for trade in body["trades"] for prefix in trade["cpv"])


def test_a_trade_is_found_by_the_words_people_use(client: TestClient) -> None:
    assert answer(client, "/v1/trades?q=tontes de pelouse")["trades"][0]["code"] == "entretien-espaces-verts"
    assert answer(client, "/v1/trades?q=netoyage vitre")["trades"][0]["code"] == "nettoyage-vitres"


def test_trades_of_one_group(client: TestClient) -> None:
    body = answer(client, "/v1/trades?group=espaces-verts")
    assert {trade["group"] for trade in body["trades"]} == {"espaces-verts"}
    assert client.get("/v1/trades?group=espace-vert").json()["errors"][0]["suggestion"] == "espaces-verts"


def test_cpv_codes_by_digits_and_by_words(client: TestClient) -> None:
    by_digits = answer(client, "/v1/cpv?q=77310000-6")
    conforms(schemas.CpvAnswer, by_digits)
    assert by_digits["results"][0]["code"] == "77310000"
    assert "entretien-espaces-verts" in by_digits["results"][0]["trades"]
    by_words = answer(client, "/v1/cpv?q=Nettoyage VITRES")
    assert "90911300" in {one["code"] for one in by_words["results"]}


def test_kinds_say_their_legal_basis_and_how_many_hold_them(client: TestClient, search: Search) -> None:
    body = answer(client, "/v1/kinds")
    conforms(schemas.KindsAnswer, body)
    assert [kind["code"] for kind in body["results"]] == list(KINDS)
    counts = {kind["code"]: kind["suppliers"] for kind in body["results"]}
    assert counts["EI"] == search(kind="EI")["total"]


def test_labels_count_valid_holders_and_never_say_zero_of_what_is_not_connected(
    client: TestClient, search: Search
) -> None:
    body = answer(client, "/v1/labels")
    conforms(schemas.LabelsAnswer, body)
    labels = {label["code"]: label for label in body["results"]}
    assert labels.keys() == LABELS.keys()
    assert labels["BIO"]["suppliers"] == search(label="BIO")["total"]
    assert labels["FSC"]["suppliers"] is None
    assert labels["FSC"]["notice"].startswith("Source non connectée")


def test_sources_tell_their_age_and_what_was_set_aside(client: TestClient) -> None:
    body = answer(client, "/v1/sources")
    conforms(schemas.SourcesAnswer, body)
    dated, undated = body["results"]
    assert (dated["age_days"], dated["stale"]) == (23, True)
    assert (undated["updated_at"], undated["age_days"], undated["stale"]) == (None, 4, False)
    assert dated["seen"] == dated["kept"] + sum(dated["set_aside"].values()) + sum(dated["skipped"].values())


def test_ready_names_the_generation_in_service(client: TestClient) -> None:
    body = answer(client, "/ready")
    conforms(Ready, body)
    assert body["documents"] == 300
    assert body["collections"]["suppliers"]["index_generation"] == body["index_generation"]


def test_one_source_is_told_as_in_the_list_and_an_unknown_one_names_those_known(client: TestClient) -> None:
    body = answer(client, "/v1/sources/liste-test")
    conforms(schemas.SourceAnswer, body)
    assert body["source"] == answer(client, "/v1/sources")["results"][0]
    response = client.get("/v1/sources/rien")
    assert response.status_code == 404
    assert "liste-test" in response.json()["detail"]


def test_sources_come_with_the_figures_of_what_is_known(client: TestClient) -> None:
    quality = answer(client, "/v1/sources")["quality"]
    assert quality["suppliers"] == 300
    assert sum(kinds["total"] for kinds in quality["departements"].values()) == 300
