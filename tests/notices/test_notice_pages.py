"""The pages of notices and planned purchases, on the fictitious ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from indexer.contracts.notices.publish import publish_notices
from indexer.demo.write import CONTRACTS_ID, write_demo_notices
from search_api.app import create_app
from tests.notices.test_demo_notices import TODAY, _run, contracts, suppliers
from tests.search_api.pages.html import Page
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.settings import Settings

OPEN = 29


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(home=tmp_path_factory.mktemp("notices"))
    _run(settings, "demo", suppliers())
    _run(settings, CONTRACTS_ID, contracts())
    write_demo_notices(settings, today=TODAY)
    engine, lexicon = open_engine(settings), load_lexicon()
    publish_notices(engine, settings, lexicon)
    with TestClient(create_app(engine, lexicon, today=lambda: TODAY)) as client:
        yield client
    engine.close()


def opened(client: TestClient, url: str, status: int = 200) -> Page:
    response = client.get(url, headers={"Accept": "text/html"})
    assert response.status_code == status, response.text[:1000]
    return Page(url, response.text)


@pytest.mark.slow
def test_notices_are_listed_by_state_with_their_reasons(client: TestClient) -> None:
    page = opened(client, "/avis?status=open")
    assert f"{OPEN} avis" in page.one("h1").text
    assert "réponse attendue avant le" in page.text and "avis avis" not in page.text and "aviss" not in page.text


def test_the_files_hold_as_many_notices_as_the_page_says(client: TestClient) -> None:
    page = opened(client, "/avis?etats=tous")
    told = re.search(r"(\d+) avis", page.one("h1").text)
    assert told is not None
    lines = client.get(page.link("JSON, un par ligne")).text.splitlines()
    assert int(told[1]) == 50 and sum('"id"' in line for line in lines) == 50


def test_the_sheet_of_a_notice_says_what_is_bought_and_where_it_is_published(client: TestClient) -> None:
    listed = opened(client, "/avis?status=open")
    href = next(url for url in listed.links() if url.startswith("/avis/"))
    sheet = opened(client, href)
    assert sheet.one("h1").text in listed.text
    assert "Réponse attendue" in sheet.text and "Sources de cette fiche" in sheet.text


@pytest.mark.slow
def test_a_notice_that_is_not_there_and_a_wrong_state_are_said(client: TestClient) -> None:
    assert "Aucun avis « rien »" in opened(client, "/avis/rien", 404).text
    assert "État" in opened(client, "/avis?status=rien", 422).text
