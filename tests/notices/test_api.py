"""``/v1/notices``, ``/v1/projects`` and ``/v1/leads`` on the real notices, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.notices.conftest import TODAY, Notices

pytestmark = pytest.mark.slow


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
    assert (values["SIAE"], values["EA_ESAT"], values["unknown"]) == (20, 3, 6)
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
    # the project of the State is far away: its title names Menton, though its field says the whole country
    assert body["meta"]["not_indexed"] == ["contracts"]
    assert {one["id"] for one in body["results"]} == {"boamp-26-81222-lot-1"}


@pytest.mark.parametrize("wrong", ["nature=call", "status=open", "source=boamp"])
def test_a_project_that_should_be_something_else_is_refused_and_told_where_to_ask(
    client: TestClient, wrong: str
) -> None:
    for path in ("/v1/projects", "/v1/projects.csv"):
        response = client.get(f"{path}?{wrong}")
        assert response.status_code == 422, response.text
        (error,) = response.json()["errors"]
        assert error["field"] == wrong.partition("=")[0] and "/v1/notices" in error["message"]
    assert asked(client, "/v1/projects", nature="project", source="approch", status="planned")["total"] == 1


def test_an_award_is_none_before_it_is_published(client: TestClient) -> None:
    awarded = asked(client, "/v1/notices", status="awarded")
    assert awarded["total"] == 239
    before = asked(client, "/v1/notices", status="awarded", as_of="2018-01-01", per_page="100")
    assert 0 < before["total"] < 239 and all(one["published"] <= "2018-01-01" for one in before["results"])


def test_notices_of_a_past_day_are_those_published_by_then(client: TestClient) -> None:
    then = asked(client, "/v1/notices", as_of="2018-01-01", sort="published", per_page="100")
    assert 0 < then["total"] < 354 and all(one["published"] <= "2018-01-01" for one in then["results"])


def test_the_sheet_of_a_notice_is_judged_on_the_day_asked(client: TestClient) -> None:
    codes = {
        day: [one["code"] for one in asked(client, "/v1/notices/boamp-26-81510", as_of=day)["reasons"]]
        for day in ("2026-08-20", "2026-11-24")
    }
    assert "open" in codes["2026-08-20"] and "closed" in codes["2026-11-24"]


def test_the_page_of_a_notice_shows_its_deadline_with_the_hour_in_paris(client: TestClient) -> None:
    """TED writes « 12:00 » of 28 October 2021, kept as 10:00 UTC."""
    page = client.get("/avis/ted-497881-2021-lot-6", headers={"Accept": "text/html"}).text
    assert "28\N{NO-BREAK SPACE}octobre 2021 à 12\N{NARROW NO-BREAK SPACE}h\N{NARROW NO-BREAK SPACE}00" in page


def test_a_call_brought_back_after_its_deadline_is_not_named_open(client: TestClient) -> None:
    asked_for = {"territory": "departement:18", "kind": "EI", "as_of": "2026-12-30", "lead": "open_notice"}
    assert "boamp-26-81222-lot-1" not in {one["id"] for one in asked(client, "/v1/leads", **asked_for)["results"]}
    back = asked(client, "/v1/leads", **asked_for, also="expired")
    assert {one["lead_fr"] for one in back["results"] if one["id"] == "boamp-26-81222-lot-1"} == {"Avis clos"}
