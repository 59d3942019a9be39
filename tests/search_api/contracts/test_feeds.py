"""Feeds read back by the readers people use: stable ids, newest first, only new, every item once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import feedparser  # type: ignore[import-untyped]
import icalendar
import pytest
from fastapi.testclient import TestClient

from tests.search_api.contracts.corpus import SCRIPT
from vivier.contracts.feed import entered
from vivier.contracts.months import add_months

SERIE = "cpv=30190000"


def atom(client: TestClient, url: str) -> Any:
    found = feedparser.parse(client.get(url).content)
    assert not found.bozo, found.get("bozo_exception")
    return found


def items(client: TestClient, url: str) -> list[dict[str, Any]]:
    response = client.get(url)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["items"]
    return found


@pytest.mark.slow
def test_an_atom_feed_is_newest_first_with_why_and_whence(client: TestClient) -> None:
    found = atom(client, "/v1/feeds/contracts.atom?q=pelouses")
    entry = found.entries[0]
    assert entry.id == "tag:vivier.example,2026:contracts/cpelouses"
    assert entry.updated == "2025-06-21T00:00:00Z" and entry.link.endswith("/marches/cpelouses")
    assert "clause sociale" in entry.content[0].value and "Producteur d’essai" in entry.content[0].value
    days = [one.updated for one in atom(client, "/v1/feeds/contracts.atom").entries]
    assert days == sorted(days, reverse=True) and len(days) == 50


def test_pages_of_a_feed_give_every_item_once(client: TestClient) -> None:
    ids, url = [], "/v1/feeds/contracts.json"
    while url is not None:
        body = client.get(url).json()
        ids += [item["id"] for item in body["items"]]
        url = body.get("next_url")
    assert len(ids) == len(set(ids)) == 60


def test_since_keeps_only_what_changed_from_that_day_on(client: TestClient) -> None:
    last = date(2026, 9, 1) + timedelta(days=53)
    assert len(items(client, f"/v1/feeds/contracts.json?{SERIE}&since={last}")) == 1
    assert items(client, f"/v1/feeds/contracts.json?{SERIE}&since={last + timedelta(days=1)}") == []
    assert len(items(client, f"/v1/feeds/contracts.json?{SERIE}&since={last - timedelta(days=4)}")) == 5


def test_what_is_published_after_the_day_asked_is_not_told(client: TestClient) -> None:
    assert len(items(client, f"/v1/feeds/contracts.json?{SERIE}&as_of=2026-09-03")) == 3


def test_a_contract_becomes_a_lead_the_day_it_enters_the_window(client: TestClient) -> None:
    url = "/v1/feeds/leads.json?supplier=pages-jardins&lead=expiring_contract"
    told = {item["id"].rpartition("/")[2]: item for item in items(client, url)}
    day = entered(date(2027, 6, 1), 18)
    assert told["cpelouses"]["date_modified"][:10] == day.isoformat()
    assert "cpelouses" in str(items(client, f"{url}&since={day}"))
    assert "cpelouses" not in str(items(client, f"{url}&since={day + timedelta(days=1)}"))
    assert "crenouvele" not in told


@pytest.mark.parametrize("end", [date(2027, 2, 28), date(2027, 8, 31), date(2028, 2, 29), date(2027, 6, 1)])
@pytest.mark.parametrize("months", [1, 6, 18])
def test_the_day_of_entry_is_the_first_one_within_the_window(end: date, months: int) -> None:
    day = entered(end, months)
    assert add_months(day, months) >= end > add_months(day - timedelta(days=1), months)


def test_a_calendar_holds_what_is_to_come_soonest_first(client: TestClient) -> None:
    calendar = icalendar.Calendar.from_ical(client.get("/v1/feeds/contracts.ics?territory=commune:59512").content)
    events = calendar.walk("VEVENT")
    starts = [event.decoded("dtstart") for event in events]
    assert starts == sorted(starts) and min(starts) >= date(2026, 11, 24)
    event = next(one for one in events if one["uid"].startswith("contracts-cpelouses@"))
    assert event.decoded("dtstart") == date(2026, 11, 24) and event.decoded("dtstamp").date() == date(2025, 6, 21)
    assert "sans date à venir" in str(calendar["x-wr-caldesc"])  # one has no end


@pytest.mark.slow
def test_a_hostile_text_is_only_text(client: TestClient) -> None:
    found = atom(client, "/v1/feeds/contracts.atom?territory=commune:44215&provision=reserved")
    entry = next(one for one in found.entries if one.id.endswith("chostile"))
    assert entry.title_detail.type == "text/plain" and SCRIPT in entry.title
    assert "\x07" not in entry.title and "\u202e" not in entry.title
    assert client.get("/v1/feeds/contracts.ics").status_code == 200


@pytest.mark.slow
def test_a_feed_that_did_not_change_is_not_sent_again(client: TestClient) -> None:
    for url in ("/v1/feeds/contracts.atom", "/v1/feeds/leads.ics?supplier=pages-jardins"):
        first = client.get(url)
        assert first.headers["cache-control"] == "public, max-age=900" and "last-modified" in first.headers
        assert client.get(url, headers={"If-None-Match": first.headers["etag"]}).status_code == 304


def test_leads_say_that_notices_are_not_loaded(client: TestClient) -> None:
    body = client.get("/v1/feeds/leads.json?supplier=pages-jardins").json()
    assert body["_vivier"]["not_indexed"] == ["notices"] and "Avis non chargés" in body["description"]


@pytest.mark.parametrize("wrong", ["provision=x", "sort=amount", "per_page=10", "page=21", "rien=1", "since=hier"])
def test_a_feed_refuses_what_its_list_refuses(client: TestClient, wrong: str) -> None:
    response = client.get(f"/v1/feeds/contracts.atom?{wrong}")
    assert response.status_code == 422
    assert [one["field"] for one in response.json()["errors"]] == [wrong.partition("=")[0]]
