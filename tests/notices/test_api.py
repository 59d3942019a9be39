"""``/v1/notices``, ``/v1/projects`` and ``/v1/leads`` on the real notices, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.notices.conftest import TODAY, Notices


@pytest.fixture(scope="module")
def client(notices: Notices) -> Iterator[TestClient]:
    with TestClient(create_app(notices.engine, notices.lexicon, today=lambda: TODAY)) as client:
        yield client


def asked(client: TestClient, path: str, **parameters: str) -> dict[str, Any]:
    response = client.get(path, params=parameters)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_notices_are_all_but_projects_and_projects_are_the_rest(client: TestClient) -> None:
    notices, projects = asked(client, "/v1/notices"), asked(client, "/v1/projects")
    assert (notices["total"], projects["total"]) == (354, 1)
    assert projects["results"][0]["id"] == "approch-64516"


def test_a_list_of_reserved_notices_gives_facets_reasons_and_sources(client: TestClient) -> None:
    body = asked(client, "/v1/notices", provision="reserved", facets="reserved_for")
    assert body["total"] == 28
    values = {one["value"]: one["count"] for one in body["facets"]["reserved_for"]["values"]}
    assert values["SIAE"] == 13 and values["EA_ESAT"] == 1
    assert all(one["reasons"][0]["code"] == "reserved" for one in body["results"])


def test_a_sheet_has_its_evidence_and_its_source(client: TestClient) -> None:
    body = asked(client, "/v1/notices/ted-497881-2021-lot-6")
    assert body["notice"]["reserved_for"] == ["EA_ESAT", "SIAE"]
    excerpts = [one.get("excerpt", "") for one in body["notice"]["evidence"]]
    assert any("le lot 6 est réservé" in one for one in excerpts)
    assert [one["source_id"] for one in body["sources"]] == ["ted"]


def test_notices_open_on_a_past_day_are_asked_with_as_of(client: TestClient) -> None:
    body = asked(client, "/v1/notices", status="open", as_of="2026-08-20", sort="deadline")
    assert [one["id"] for one in body["results"]] == ["boamp-26-81510", "boamp-26-81222-lot-1"]


def test_leads_are_given_without_any_contract_and_say_so(client: TestClient) -> None:
    body = asked(client, "/v1/leads", territory="departement:18", kind="EI", as_of="2026-08-20")
    # the project of the State is national, hence for everybody
    assert body["meta"]["not_indexed"] == ["contracts"]
    assert {one["id"] for one in body["results"]} == {"boamp-26-81222-lot-1", "approch-64516"}
