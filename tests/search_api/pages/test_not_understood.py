"""What was not understood of a need is said by the API and by the page, whose reading is then unfolded."""

from __future__ import annotations

from fastapi.testclient import TestClient

from tests.search_api.pages.conftest import Open


def test_the_api_says_it(client: TestClient) -> None:
    body = client.get("/v1/suppliers", params={"need": "blanchisserie à Zorglubville"}).json()
    assert any("Zorglubville" in notice for notice in body["meta"]["notices"])
    read = client.get("/v1/needs", params={"text": "blanchisserie à Zorglubville"}).json()
    assert {"what": "territory", "text": "Zorglubville"}.items() <= read["not_applied"][0].items()


def test_the_page_says_it_and_unfolds_the_reading(open_page: Open) -> None:
    page = open_page("/fournisseurs?need=blanchisserie à Zorglubville")
    assert "Lieu non reconnu" in page.one("main").text
    (reading,) = page.all("details", class_="understood")
    assert "open" in reading.attributes and "Non compris Lieu : Zorglubville" in " ".join(reading.text.split())


def test_a_reading_that_is_whole_stays_folded(open_page: Open) -> None:
    (reading,) = open_page("/fournisseurs?need=tonte à Roubaix").all("details", class_="understood")
    assert "open" not in reading.attributes
