"""The files of notices, on the real ones: what a person reads in a spreadsheet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.notices.conftest import TODAY, Notices

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def rows(notices: Notices) -> Iterator[dict[str, dict[str, Any]]]:
    with TestClient(create_app(notices.engine, notices.lexicon, today=lambda: TODAY)) as client:
        lines = client.get("/v1/notices.jsonl").text.splitlines()
    yield {row["id"]: row for row in map(json.loads, lines)}


def test_a_deadline_is_told_as_the_clocks_of_paris_show_it(rows: dict[str, dict[str, Any]]) -> None:
    """TED says « 12:00 » of 28 October 2021, in summer time."""
    assert rows["ted-497881-2021-lot-6"]["deadline"] == "2021-10-28T12:00:00+02:00"


def test_a_journal_is_told_by_its_name(rows: dict[str, dict[str, Any]]) -> None:
    assert {row["source"] for row in rows.values()} == {"BOAMP", "TED"}


def test_a_buyer_without_a_number_has_no_category(rows: dict[str, dict[str, Any]]) -> None:
    """« région Nouvelle Aquitaine » was told as « autre organisme »: its category is not known."""
    assert rows["ted-497881-2021-lot-6"]["buyer_category"] is None
    assert any(row["buyer_category"] for row in rows.values() if row["buyer_siren"])


def test_a_purchase_is_on_the_map_where_its_title_says(notices: Notices) -> None:
    with TestClient(create_app(notices.engine, notices.lexicon, today=lambda: TODAY)) as client:
        (project,) = client.get("/v1/projects.geojson").json()["features"]
        found = client.get("/v1/notices.geojson").json()["features"]
    assert project["id"] == "approch-64516" and project["geometry"]["coordinates"] == [7.49315, 43.79216]  # Menton
    assert {one["properties"]["location_of"] for one in found} >= {"place", None}
    assert all((one["geometry"] is None) == (one["properties"]["location_of"] is None) for one in found)
