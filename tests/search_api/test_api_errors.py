"""Errors: problem+json for everything, in French, all at once, and nothing of what happened inside."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from search_api.schemas import Problem
from tests.ports import free_port
from tests.search_api.conforms import conforms
from tests.search_api.conftest import today
from vivier.engine.embedded.store import EmbeddedStore
from vivier.engine.opensearch.store import OpenSearchStore
from vivier.lexicon import Lexicon


def problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    conforms(Problem, body)
    assert body["status"] == status
    assert body["request_id"] == response.headers["x-request-id"]
    return body


def fields(response: Any) -> dict[str, str]:
    return {error["field"]: error["code"] for error in problem(response, 422)["errors"]}


def test_every_error_is_told_at_once_with_the_likely_name(client: TestClient) -> None:
    body = problem(client.get("/v1/suppliers?kindd=EI&radius_km=900&near=1,2&kind=EX"), 422)
    assert body["title"] == "Paramètres invalides"
    assert body["detail"] == "3 paramètres à corriger."
    assert body["instance"] == "/v1/suppliers?kindd=EI&radius_km=900&near=1,2&kind=EX"
    told = {error["field"]: error for error in body["errors"]}
    assert told["kindd"]["suggestion"] == "kind"
    assert "au plus 200 " in told["radius_km"]["message"]
    assert "EI" in told["kind"]["allowed"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("q=a", "q"),
        ("territory=84", "territory"),
        ("territory=commune:99999", "territory"),
        ("near=48.11,-1.68&radius_km=10", "near"),
        ("near=nan,1&radius_km=10", "near"),
        ("radius_km=10", "radius_km"),
        ("near=1,1&radius_km=inf", "radius_km"),
        ("polygon={}", "polygon"),
        ("coverage=full", "coverage"),
        ("turnover_min=1e999", "turnover_min"),
        ("turnover_min=5&turnover_max=1", "turnover_min"),
        ("as_of=24/11/2026", "as_of"),
        ("sort=best", "sort"),
        ("sort=distance", "sort"),
        ("page=0", "page"),
        ("page=200&per_page=100", "page"),
        ("per_page=101", "per_page"),
        ("page=1&page=2", "page"),
        ("fields=email", "fields"),
        ("facets=turnover", "facets"),
        ("departement=35", "departement"),
        ("seed=a", "seed"),
    ],
)
def test_what_cannot_be_asked_names_its_field(client: TestClient, query: str, field: str) -> None:
    assert field in fields(client.get(f"/v1/suppliers?{query}"))


def test_an_unknown_path_is_a_problem(client: TestClient) -> None:
    assert problem(client.get("/v1/fournisseurs"), 404)["title"] == "Introuvable"
    problem(client.get("/v1/suppliers/"), 404)


def test_an_unknown_supplier_or_territory_is_a_problem(client: TestClient) -> None:
    assert "« personne »" in problem(client.get("/v1/suppliers/personne"), 404)["detail"]
    problem(client.get("/v1/territories/commune:99999"), 404)


@pytest.mark.slow
def test_a_method_that_is_not_admitted_says_which_are(client: TestClient) -> None:
    response = client.delete("/v1/suppliers")
    problem(response, 405)
    assert response.headers["allow"] == "GET, HEAD, POST"


def test_a_format_that_is_not_offered_is_refused(client: TestClient) -> None:
    problem(client.get("/v1/suppliers", headers={"Accept": "text/csv"}), 406)
    problem(client.get("/v1/kinds", headers={"Accept": "application/geo+json"}), 406)


def test_a_url_beyond_8_kb_points_to_post(client: TestClient) -> None:
    body = problem(client.get("/v1/suppliers?polygon=" + "1" * 8_000), 414)
    assert "POST" in body["detail"]


def test_a_url_that_is_not_utf8_is_refused(client: TestClient) -> None:
    assert "UTF-8" in problem(client.get("/v1/suppliers?q=caf%E9"), 400)["detail"]


@pytest.mark.parametrize(
    ("content", "media", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"q":"\\ud800"}', "application/json", 400),
        (b'{"q":"\xff\xff"}', "application/json", 400),
        (b'{"radius_km": NaN}', "application/json", 400),
        (b"[]", "application/json", 422),
        (b'{"kind": {"a": 1}}', "application/json", 422),
        (b'{"kindd": "EI"}', "application/json", 422),
        (b'{"page": true}', "application/json", 422),
        (b"q=jardin", "application/x-www-form-urlencoded", 415),
        (b'{"q": "' + b"a" * 1_000_000 + b'"}', "application/json", 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(client: TestClient, content: bytes, media: str, status: int) -> None:
    problem(client.post("/v1/suppliers", content=content, headers={"Content-Type": media}), status)


def test_a_post_takes_its_parameters_from_the_body_only(client: TestClient) -> None:
    assert fields(client.post("/v1/suppliers?kind=EI", json={})) == {"kind": "unknown_parameter"}


def test_pages_and_facets_have_no_meaning_in_geojson(client: TestClient) -> None:
    assert fields(client.get("/v1/suppliers.geojson?page=2&facets=kind")) == {
        "page": "not_applicable",
        "facets": "not_applicable",
    }


@pytest.mark.slow
def test_without_an_index_the_service_is_unavailable_and_says_so(empty_engine: EmbeddedStore, lexicon: Lexicon) -> None:
    client = TestClient(create_app(empty_engine, lexicon, today=today))
    response = client.get("/v1/suppliers")
    assert problem(response, 503)["detail"] == "Ces données ne sont pas encore chargées ici."
    assert int(response.headers["retry-after"]) > 0
    assert problem(client.get("/ready"), 503)["reasons"]
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/v1/trades").status_code == 200


@pytest.mark.slow
def test_with_the_engine_away_the_answer_is_503_and_constant(lexicon: Lexicon) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    engine = OpenSearchStore([url], "vivier-test")
    client = TestClient(create_app(engine, lexicon, today=today), raise_server_exceptions=False)
    for path in ("/v1/suppliers", "/v1/suppliers.geojson", "/v1/suppliers/x", "/v1/kinds", "/v1/labels", "/v1/sources"):
        response = client.get(path)
        body = problem(response, 503)
        assert body["detail"] == "Le moteur de recherche ne répond pas. Réessayez dans un instant."
        assert "127.0.0.1" not in response.text
        assert "retry-after" in response.headers
    problem(client.get("/ready"), 503)
    engine.close()


@pytest.mark.slow
def test_an_accident_inside_gives_a_constant_body(engine: EmbeddedStore, lexicon: Lexicon) -> None:
    def broken() -> date:
        raise ArithmeticError("a secret of ours")

    client = TestClient(create_app(engine, lexicon, today=broken), raise_server_exceptions=False)
    response = client.get("/v1/suppliers")
    body = problem(response, 500)
    assert body["detail"].startswith("Une erreur est survenue de notre côté.")
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "Traceback" not in response.text
    assert "secret" not in response.text


def test_hostile_text_comes_back_as_inert_json(client: TestClient) -> None:
    response = client.get("/v1/suppliers", params={"<script>alert(1)</script>": "1"})
    problem(response, 422)
    assert response.headers["x-content-type-options"] == "nosniff"
    json.loads(response.text)
