"""What was not understood of a need is said by the API and by the page, whose reading is then unfolded."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from tests.search_api.pages.conftest import Open


def test_the_api_says_it(client: TestClient) -> None:
    body = client.get("/v1/suppliers", params={"need": "blanchisserie à Zorglubville"}).json()
    assert any("Zorglubville" in notice for notice in body["meta"]["notices"])
    read = client.get("/v1/needs", params={"text": "blanchisserie à Zorglubville"}).json()
    assert {"what": "territory", "text": "Zorglubville"}.items() <= read["not_applied"][0].items()


@pytest.mark.slow
def test_the_page_says_it_and_unfolds_the_reading(open_page: Open) -> None:
    page = open_page("/fournisseurs?need=blanchisserie à Zorglubville")
    assert "Lieu non reconnu" in page.one("main").text
    (reading,) = page.all("details", class_="understood")
    assert "open" in reading.attributes and "Non compris Lieu : Zorglubville" in " ".join(reading.text.split())


@pytest.mark.slow
def test_a_reading_that_is_whole_stays_folded(open_page: Open) -> None:
    (reading,) = open_page("/fournisseurs?need=tonte à Roubaix").all("details", class_="understood")
    assert "open" not in reading.attributes


@pytest.mark.slow
def test_a_word_that_is_not_understood_may_be_said_a_place_or_a_trade(open_page: Open) -> None:
    page = open_page("/fournisseurs?need=blanchisserie zorglubesque à Roubaix")
    place, trade = page.all("a", class_="turn")[:2]
    assert "lieu=zorglubesque" in str(place.attributes["href"]) and "c'est un lieu" in place.text
    assert "metier=zorglubesque" in str(trade.attributes["href"]) and "c'est un métier" in trade.text


@pytest.mark.slow
def test_a_requirement_becomes_a_wish_and_back(open_page: Open) -> None:
    required = open_page("/fournisseurs?need=tonte à Roubaix par une EA")
    (wished,) = required.all("a", class_="turn")
    url = str(wished.attributes["href"])
    assert "wish_kind=EA" in url and "&kind=EA" not in url
    (back,) = open_page(url).all("a", class_="turn")
    assert "exiger" in back.text and "wish_kind" not in str(back.attributes["href"])


def test_another_trade_is_added_or_replaces(open_page: Open) -> None:
    page = open_page("/fournisseurs?need=tonte à Roubaix")
    (others,) = page.all("span", class_="others")[:1]
    first = others.all("a")[:2]
    replaced, added = (str(link.attributes["href"]) for link in first)
    assert replaced.count("trade=") == 1 and added.count("trade=") == 2


def test_lots_are_studied_one_by_one(open_page: Open) -> None:
    need = "Lot 1 : nettoyage des locaux. Lot 2 : entretien des espaces verts. Durée : 3 ans"
    page = open_page(f"/fournisseurs?need={need}")
    (url,) = (str(a.attributes["href"]) for a in page.all("a") if a.text == "Étudier ces lots un par un")
    (pasted,) = parse_qs(urlsplit(url).query)["pasted"]
    assert pasted == need
    assert open_page(url).one("textarea", id="champ-pasted").text == " ".join(pasted.split())
