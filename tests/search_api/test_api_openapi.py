"""The OpenAPI document and the docs tell every route and every parameter; a route refuses what it does not declare."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from typing_extensions import is_typeddict

from search_api.app import create_app
from search_api.openapi import document
from search_api.parameters import CpvQuery, TerritoriesQuery, TradesQuery, openapi_parameters
from search_api.problem_types import TYPES
from search_api.suppliers.routes.operations import values_text
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon, load_lexicon
from vivier.suppliers.query import SupplierQuery

DOCS = Path(__file__).parents[2] / "docs"
API_MD, PARAMETERS_MD = DOCS / "api.md", DOCS / "generated" / "api-suppliers.md"
EXAMPLES = {"{id}": "departement:35"}
MODELS = {"/v1/suppliers": SupplierQuery, "/v1/trades": TradesQuery, "/v1/cpv": CpvQuery} | {
    "/v1/territories": TerritoriesQuery
}


MADE = r"POST /v1/(dossiers$|rounds$|rounds/{id}/dossier|leads/refusals|members-lists)"
READ = r"(dossiers(?!/verify)|rounds/{id}|members-lists)"
LISTS = r"(contracts|notices|projects|leads|buyers|indicators)"
"""Lists of contracts, whose filters may name a structure or a buyer that does not exist."""
STATUSES = {
    "200": rf"(?!{MADE}|DELETE)",
    "201": MADE,
    "204": r"DELETE",
    "308": r"GET /v1/suppliers/{id}$",
    "401": r"POST /v1/members-lists",
    "404": rf"\w+ /v1/(suppliers/{{|territories/{{|sources/{{|feeds|{LISTS}[./]|leads|buyers|indicators|holders"
    rf"|consultations|rounds|{READ})",
    "406": r"\w+ /v1/(?!members-lists)",
    "409": r"(POST|DELETE) /v1/rounds/{id}/answers",
    "410": rf"\w+ /v1/{READ}",
    "413": r"PATCH|POST",
    "415": r"PATCH|POST (?!/v1/rounds/{id}/dossier)",
    "503": r"\w+ (?!/health|/docs|/v1/(needs|territories|trades|cpv|resources|assessment|openapi|insertion|life|dossiers/verify))",
    **dict.fromkeys(("400", "408", "414", "422", "429", "500"), ""),
}
"""The routes that document each status."""


@pytest.fixture(scope="module")
def published(client: TestClient) -> dict[str, Any]:
    body: dict[str, Any] = client.get("/v1/openapi.json").json()
    return body


@pytest.mark.slow
def test_every_route_is_published(engine: EmbeddedStore, lexicon: Lexicon) -> None:
    app = create_app(engine, lexicon)
    published = {(path, method) for path, one in document(app)["paths"].items() for method in one}
    expected = {
        ("/v1/suppliers", "get"),
        ("/v1/suppliers", "post"),
        *((f"/v1/suppliers.{extension}", "get") for extension in ("geojson", "csv", "xlsx", "jsonl")),
        ("/v1/suppliers/{id}", "get"),
        ("/v1/territories", "get"),
        ("/v1/territories/{id}", "get"),
        *((f"/v1/{name}", "get") for name in ("trades", "cpv", "kinds", "labels", "sources", "openapi.json")),
        *((path, "get") for path in ("/health", "/ready", "/docs")),
    }
    assert expected <= published


@pytest.mark.slow
def test_an_application_serves_without_the_schemas_of_its_answers(engine: EmbeddedStore, lexicon: Lexicon) -> None:
    """Forty types in two hundred routes: half a second of every start, for a document that is seldom asked for."""
    app = create_app(engine, lexicon)
    assert TestClient(app).get("/health").status_code == 200
    routes = [route for route in iter_route_contexts(app.routes) if hasattr(route, "response_fields")]
    published = [field for route in routes for field in route.response_fields.values()]
    bodies = [field for field in published if is_typeddict(field.field_info.annotation)]
    assert len(bodies) >= 30
    assert [field.name for field in bodies if field._type_adapter.pydantic_complete] == []


def test_every_route_documents_the_statuses_that_it_may_answer(published: dict[str, Any]) -> None:
    documented: dict[str, set[str]] = {}
    for path, operations in published["paths"].items():
        for method, operation in operations.items():
            for status in operation["responses"]:
                documented.setdefault(status, set()).add(f"{method.upper()} {path}")
    assert documented.keys() == STATUSES.keys()
    for status, routes in STATUSES.items():
        expected = {route for route in documented["422"] if re.match(routes, route)}
        assert documented[status] == expected, (status, documented[status] ^ expected)


@pytest.mark.parametrize(("path", "model"), MODELS.items())
def test_every_parameter_is_published_with_its_meaning(published: dict[str, Any], path: str, model: Any) -> None:
    parameters = {one["name"]: one for one in published["paths"][path]["get"]["parameters"]}
    assert parameters.keys() == model.model_fields.keys()
    assert all(one["description"] and one["schema"] for one in parameters.values())


def test_closed_lists_and_bounds_are_published(published: dict[str, Any]) -> None:
    parameters = {one["name"]: one for one in published["paths"]["/v1/suppliers"]["get"]["parameters"]}
    assert "ESAT" in parameters["kind"]["schema"]["items"]["enum"]
    assert parameters["radius_km"]["schema"]["maximum"] == 200
    assert parameters["near"]["explode"] is False
    assert parameters["territory"]["explode"] is True
    assert parameters["sort"]["schema"]["enum"][0] == "relevance"


def test_every_reference_of_the_document_resolves(published: dict[str, Any], client: TestClient) -> None:
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', client.get("/v1/openapi.json").text))
    assert names <= published["components"]["schemas"].keys()


@pytest.mark.slow
def test_an_unknown_parameter_is_refused_on_every_route(published: dict[str, Any], client: TestClient) -> None:
    asked = 0
    for path, operations in published["paths"].items():
        for method in operations:
            url = path.replace("{id}", EXAMPLES["{id}"]) + "?inconnu=1"
            response = client.request(method.upper(), url, json={} if method == "post" else None)
            assert response.status_code == 422, url
            assert "inconnu" in {error["field"] for error in response.json()["errors"]}
            asked += 1
    assert asked >= 15


@pytest.mark.slow
def test_the_docs_page_tells_every_route_parameter_and_error(published: dict[str, Any], client: TestClient) -> None:
    page = client.get("/docs").text
    assert 'lang="fr"' in page
    assert 'id="contenu"' in page and "<footer" in page
    for path in published["paths"]:
        assert path in page
    for name in SupplierQuery.model_fields:
        assert f"<code>{name}</code>" in page
    for kind in TYPES.values():
        assert f'id="{kind.slug}"' in page


def test_the_written_docs_hold_the_table_of_parameters() -> None:
    text = PARAMETERS_MD.read_text(encoding="utf8")
    parameters = openapi_parameters(SupplierQuery, load_lexicon())
    missing = [row for row in map(table_row, parameters) if row not in text]
    assert not missing, "docs/generated/api-suppliers.md lacks:\n" + "\n".join(missing)


def test_the_written_docs_name_every_route_and_every_error(published: dict[str, Any]) -> None:
    text = API_MD.read_text(encoding="utf8")
    for path in published["paths"]:
        assert f"`{path}`" in text or f"{path}`" in text, path
    for status, kind in TYPES.items():
        assert f"| {status} | `{kind.slug}` |" in text


def table_row(parameter: dict[str, Any]) -> str:
    """One line of the table of docs/generated/api-suppliers.md, as the model gives it."""
    return f"| `{parameter['name']}` | {parameter['description']} | {values_text(parameter['schema'])} |"


@pytest.mark.slow
def test_a_result_given_an_amount_is_as_published(client: TestClient, published: dict[str, Any]) -> None:
    answers = published["paths"]["/v1/suppliers"]["get"]["responses"]["200"]["content"]["application/json"]
    body = client.get("/v1/suppliers?lot_amount=40000").json()
    assert all(result["capacity"] for result in body["results"])
    Draft202012Validator({**answers["schema"], "components": published["components"]}).validate(body)
