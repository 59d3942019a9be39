"""Every parameter that the service documents is asked, alone and with a place, of every operation and of the page that shows the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.slow

PLACE: Final = {"territory": "departement:35"}
VALUES: Final[dict[str, str]] = {
    "q": "nettoyage",
    "need": "nettoyage de bureaux à Rennes",
    "text": "nettoyage de bureaux à Rennes",
    "supplier": "Ateliers",
    "missed": "Ateliers",
    "territory": "departement:35",
    "buyer_territory": "departement:35",
    "within": "region:53",
    "seat": "departement:35",
    "departement": "departement:35",
    "region": "region:53",
    "zone": "departement:35",
    "near": "-1.68,48.11",
    "radius_km": "30",
    "polygon": "-2,47.9;-1.4,47.9;-1.4,48.3;-2,48.3",
    "trade": "nettoyage-locaux",
    "trade_amount": "nettoyage-locaux:20000",
    "not_trade": "nettoyage-locaux",
    "cpv": "90910000",
    "division": "90",
    "network": "Hosmoz",
    "label": "RGE",
    "not_label": "RGE",
    "wish_kind": "EA",
    "wish_label": "RGE",
    "wish_trade": "nettoyage-locaux",
    "kind": "ESAT",
    "not_kind": "ESAT",
    "holder_kind": "ESAT",
    "article": "L2113-12",
    "reserved_for": "L2113-12",
    "buyer": "20000000000008",
    "holder": "20000000000008",
    "family": "proprete",
    "answer": "proprete:volume:large",
    "group": "proprete",
    "filiere": "proprete",
    "share": "0.5",
    "rate": "0.2",
    "labour_share": "0.5",
    "effort": "0.1",
    "seed": "a",
    "fields": "name",
    "object": "Nettoyage",
    "consultation": "2026-01",
    "status": "open",
    "year": "2026",
    "without": "inconnue",
    "also_trade": "nettoyage-locaux",
}
"""A value of each parameter whose schema lists none and gives neither a day nor a number."""
TOGETHER: Final[dict[str, dict[str, str]]] = {
    "near": {"radius_km": "30"},
    "radius_km": {"near": "-1.68,48.11"},
    "lot_months": {"lot_amount": "60000"},
}
"""Parameters that have a meaning only with another."""
PAGES: Final[dict[str, str]] = {
    "/fournisseurs": "/v1/suppliers",
    "/pistes": "/v1/leads",
    "/avis": "/v1/notices",
    "/marches": "/v1/contracts",
    "/acheteurs": "/v1/buyers",
    "/filieres": "/v1/depth",
    "/clausier": "/v1/clauses",
    "/ressources": "/v1/resources",
    "/territoire": "/v1/support",
}
"""The pages that show what an operation answers: they take its parameters."""
Parameter = dict[str, Any]


@pytest.fixture(scope="module")
def operations(service: TestClient) -> dict[str, list[Parameter]]:
    """The query parameters of each GET operation that has no parameter in its path."""
    paths = service.get("/v1/openapi.json").json()["paths"]
    return {
        path: [parameter for parameter in methods["get"].get("parameters", ()) if parameter["in"] == "query"]
        for path, methods in paths.items()
        if "get" in methods and "{" not in path
    }


def schemas(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    for inner in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *filter(None, (schema.get("items"),))):
        yield from schemas(inner)


def value_of(parameter: Parameter) -> str:
    """A value that the schema accepts."""
    found = list(schemas(parameter["schema"]))
    for schema in found:
        if "enum" in schema:
            return str(schema["enum"][0])
    if parameter["name"] in VALUES:
        return VALUES[parameter["name"]]
    if any(schema.get("format") == "date" for schema in found):
        return date(2026, 11, 27).isoformat()
    types = {schema.get("type") for schema in found}
    if "boolean" in types:
        return "true"
    assert types & {"integer", "number"}, f"give a value of « {parameter['name']} » in VALUES"
    return next((f"{schema['minimum']:g}" for schema in found if schema.get("minimum", 0) >= 1), "12")


def questions(path: str, parameters: list[Parameter]) -> Iterator[dict[str, str]]:
    """Each parameter alone, then with a place when the operation takes one; those that are required, always. A format of an answer
    (``.csv``, ``.atom``) is asked each alone: with a place, the answer itself is."""
    required = {p["name"]: value_of(p) for p in parameters if p.get("required")}
    named = {parameter["name"] for parameter in parameters}
    yield required
    for parameter in parameters:
        name = parameter["name"]
        asked = {**required, name: value_of(parameter), **TOGETHER.get(name, {})}
        yield asked
        if "territory" in named and "." not in path and name not in ("territory", "near", "radius_km"):
            yield {**PLACE, **asked}


def faults(service: TestClient, path: str, parameters: list[Parameter]) -> list[str]:
    """The questions that the service does not answer: an error of ours, or a documented parameter that it does not know."""
    found = []
    for question in questions(path, parameters):
        response = service.get(path, params=question)
        unknown = response.status_code == 422 and "unknown_parameter" in response.text
        if response.status_code >= 500 or unknown:
            found.append(f"{response.status_code} {response.request.url}")
    return found


def test_no_parameter_of_an_operation_is_an_error_of_ours(
    service: TestClient, operations: dict[str, list[Parameter]]
) -> None:
    found = [fault for path, parameters in operations.items() for fault in faults(service, path, parameters)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", PAGES)
def test_no_parameter_of_a_page_is_an_error_of_ours(
    path: str, service: TestClient, operations: dict[str, list[Parameter]]
) -> None:
    found = faults(service, path, operations[PAGES[path]])
    assert not found, "\n".join(found)
