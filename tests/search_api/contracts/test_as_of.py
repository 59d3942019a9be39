"""A question asked as of a past day knows nothing of what came later."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.search_api.contracts.conftest import Open
from tests.search_api.contracts.corpus import ROUBAIX, VERTOU


def total(client: TestClient, url: str) -> int:
    response = client.get(url)
    assert response.status_code == 200, response.text[:300]
    found: int = response.json()["total"]
    return found


@pytest.mark.slow
def test_a_list_as_of_a_past_day_leaves_out_what_was_notified_later(client: TestClient) -> None:
    assert total(client, "/v1/contracts?as_of=2025-05-31") == 1  # « crenouvele », of 2024
    assert total(client, "/v1/contracts?as_of=2025-06-01") == total(client, "/v1/contracts")


def test_facets_files_and_indicators_are_of_the_same_day(client: TestClient) -> None:
    body = client.get("/v1/contracts?as_of=2025-05-31&facets=year").json()
    assert [(one["value"], one["count"]) for one in body["facets"]["year"]["values"]] == [("2024", 1)]
    assert len(client.get("/v1/contracts.jsonl?as_of=2025-05-31").text.splitlines()) == 1
    rows = client.get("/v1/indicators?as_of=2025-05-31").json()["rows"]
    assert [row["value"] for row in rows] == ["2024"]


def test_an_empty_past_says_that_the_day_is_why(client: TestClient) -> None:
    relaxations = client.get("/v1/contracts?q=blanchisserie&as_of=2025-05-31").json()["meta"]["relaxations"]
    assert "as_of" in [one["parameter"] for one in relaxations]


def test_the_sheet_of_a_buyer_counts_what_was_notified_by_then(client: TestClient) -> None:
    now, then = (client.get(f"/v1/buyers/{VERTOU}?as_of={day}").json() for day in ("2026-11-24", "2025-05-31"))
    assert now["known"] > 50 and then["known"] == 0
    assert then["by_year"] == [] and then["reserved"] == [] and then["holders"] == []
    assert client.get(f"/v1/buyers/{ROUBAIX}?as_of=2025-05-31").json()["known"] == 1


@pytest.mark.slow
def test_the_page_of_a_buyer_says_when_its_first_contract_came(open_page: Open) -> None:
    assert "Aucun marché connu à cette date" in open_page(f"/acheteurs/{VERTOU}?as_of=2025-05-31").text
    assert "le premier notifié le 1er juin 2025" in open_page(f"/acheteurs/{VERTOU}?as_of=2025-05-31").text


def test_the_sheet_of_a_contract_is_judged_on_the_day_asked(client: TestClient) -> None:
    told = {
        day: [one["code"] for one in client.get(f"/v1/contracts/clinge?as_of={day}").json()["reasons"]]
        for day in ("2026-11-24", "2028-01-01")
    }
    assert "ends" in told["2026-11-24"] and "ended" in told["2028-01-01"]
    assert client.get("/v1/contracts/clinge").json()["meta"]["as_of"] == "2026-11-24"


@pytest.mark.slow
def test_a_title_says_the_criteria_and_not_the_day(open_page: Open) -> None:
    assert "2026" not in open_page("/indicateurs?as_of=2026-01-01").one("h1").text


@pytest.mark.slow
def test_the_links_of_a_page_hand_the_day_on_and_its_feeds_follow_today(open_page: Open) -> None:
    for url in ("/marches", "/acheteurs?sort=volume", "/pistes?kind=EI&territory=FR", f"/acheteurs/{VERTOU}"):
        page = open_page(f"{url}{'&' if '?' in url else '?'}as_of=2026-10-01")
        sheets = [href for href in page.links() if href.startswith(("/marches/", "/acheteurs/2"))]
        assert sheets and all("as_of=2026-10-01" in href for href in sheets), (url, sheets)
        feeds = [href for href in page.links() if href.startswith("/v1/feeds/")]
        assert all("as_of" not in href for href in feeds), feeds
        assert all(
            "as_of" not in href for href in open_page(url).links() if href.startswith(("/marches/", "/acheteurs/2"))
        )


def test_a_contract_renewed_later_was_still_to_be_renewed(client: TestClient) -> None:
    """« crenouvele » was taken over by a contract notified on 1 June 2025."""
    url = "/v1/leads?kind=EI&territory=FR&lead=expiring_contract&ends_before_months=30&as_of="
    assert [one["record"]["key"] for one in client.get(f"{url}2025-05-31").json()["results"]] == ["crenouvele"]
    assert "crenouvele" not in client.get(f"{url}2025-06-01").text
    told = {
        day: [one["code"] for one in client.get(f"/v1/contracts/crenouvele?as_of={day}").json()["reasons"]]
        for day in ("2025-05-31", "2025-06-01")
    }
    assert "renewed" not in told["2025-05-31"] and "renewed" in told["2025-06-01"]


def test_the_list_agrees_with_the_leads_on_what_is_renewed(client: TestClient) -> None:
    for day, renewed in (("2025-05-31", "no"), ("2025-06-01", "yes")):
        assert "crenouvele" in client.get(f"/v1/contracts?renewed={renewed}&as_of={day}&q=tonte").text


def test_the_page_of_a_contract_does_not_tell_what_followed_the_day_asked(open_page: Open) -> None:
    assert "Suivi par" in open_page("/marches/crenouvele").text
    assert "Suivi par" not in open_page("/marches/crenouvele?as_of=2025-05-31").text
