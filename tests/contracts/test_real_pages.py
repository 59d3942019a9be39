"""The pages, feeds and files on real contracts: whole, well formed, with the words of every doubt."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import feedparser  # type: ignore[import-untyped]
import icalendar
import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from search_api.contracts.pages.contracts import subcontractors
from tests.contracts.conftest import TODAY, Contracts
from tests.search_api.pages.html import Page
from vivier.runs.issues import doubt_text
from vivier.search.operators import All


@pytest.fixture(scope="module")
def client(real: Contracts) -> Iterator[TestClient]:
    with TestClient(create_app(real.engine, real.lexicon, today=lambda: TODAY)) as client:
        yield client


@pytest.mark.slow
def test_every_real_contract_has_a_page(client: TestClient, real: Contracts) -> None:
    listed = client.get("/v1/contracts.jsonl").text.splitlines()
    assert len(listed) == real.engine.live("contracts").documents
    for line in listed[::40]:
        url = "/marches/" + line.partition('"id":"')[2].partition('"')[0]
        response = client.get(url)
        assert response.status_code == 200, url
        Page(url, response.text)


@pytest.mark.slow
def test_every_doubt_of_the_real_contracts_has_french_words(real: Contracts) -> None:
    codes = [name.partition(":")[2] for name in real.tally if name.startswith("quality:")]
    assert codes and [code for code in codes if doubt_text(code) == code] == []


@pytest.mark.slow
def test_every_real_buyer_of_the_first_page_has_a_sheet(client: TestClient) -> None:
    for buyer in client.get("/v1/buyers?months=120").json()["results"]:
        response = client.get(f"/acheteurs/{buyer['siren']}")
        assert response.status_code == 200
        Page("", response.text)


@pytest.mark.slow
def test_real_feeds_are_read_back(client: TestClient) -> None:
    found = feedparser.parse(client.get("/v1/feeds/contracts.atom").content)
    assert not found.bozo and len(found.entries) == 50
    calendar = icalendar.Calendar.from_ical(client.get("/v1/feeds/leads.ics?territory=FR").content)
    assert len({str(event["uid"]) for event in calendar.walk("VEVENT")}) == len(calendar.walk("VEVENT")) > 0


@pytest.mark.slow
def test_a_file_of_all_real_contracts_has_one_row_each(client: TestClient, real: Contracts) -> None:
    text = client.get("/v1/contracts.csv").content.decode("utf-8-sig")
    ids = [row["Identifiant Vivier"] for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=";")]
    assert len(ids) == len(set(ids)) == real.engine.live("contracts").documents


@pytest.mark.slow
def test_a_subcontractor_is_called_so_and_an_inclusive_one_is_told(real: Contracts) -> None:
    """Hauts-de-Seine Habitat declares a subcontractor of the same company as an ESAT of the official list."""
    records = [hit.record for hit in real.engine.open("contracts").scan(All())]
    told = [party for record in records for party in subcontractors(record)]
    assert told and not any(party.name.startswith("Titulaire") for party in told)
    assert any(party.name.startswith("Sous-traitant ") for party in told)
    assert any("structure inclusive connue" in (party.inclusive or "") for party in told)
