"""What each address costs: every route has the lane that its work asks for."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from search_api.costs import COSTS, lane_of

LANES = {
    "free": ("/health", "/ready", "/docs", "/static/style.css", "/v1/openapi.json"),
    "search": (
        "/",
        "/fournisseurs",
        "/v1/suppliers",
        "/v1/contracts/x",
        "/v1/leads",
        "/acheteurs",
        "/v1/suggest",
        "/cout-global.xlsx",
        "/suivi-heures.xlsx",
        "/comparer.xlsx",
    ),
    "export": ("/v1/suppliers.csv", "/v1/suppliers.xlsx", "/v1/suppliers.geojson"),
    "study": (
        "/v1/feasibility",
        "/v1/consultations",
        "/consultation",
        "/filieres",
        "/v1/depth",
        "/v1/needs/batch",
        "/v1/ledger",
        "/mes-fournisseurs",
        "/titulaires-a-appeler",
        "/v1/holders-to-call",
    ),
    "given": (
        *("/v1/dossiers", "/dossiers/x", "/r/token", "/v1/rounds/x/answers", "/enquetes"),
        *(
            "/fournisseurs/x/completer",
            "/fournisseurs/x/signaler",
            "/fournisseurs/x/s-opposer",
            "/i/token",
            "/suivi/x",
            "/revue",
        ),
    ),
}


@pytest.mark.parametrize(("lane", "path"), [(lane, path) for lane, paths in LANES.items() for path in paths])
def test_a_path_waits_in_the_lane_of_its_work(lane: str, path: str) -> None:
    assert lane_of(path) == lane
    assert lane in COSTS


@pytest.mark.slow
def test_every_operation_says_that_a_client_may_be_limited(client: TestClient) -> None:
    paths = client.get("/v1/openapi.json").json()["paths"]
    operations = [operation for methods in paths.values() for operation in methods.values()]
    assert operations and all("429" in operation["responses"] for operation in operations)
