"""What a map of a filière counts is what its links open, for the inclusive and for the environmental supply."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from tests.search_api.test_one_number_a_notion import words
from vivier.french import number
from vivier.trades.filieres import FILIERE_NAMES

HTML = {"Accept": "text/html"}
_ROW = re.compile(r'<a href="(/fournisseurs\?[^"]*&amp;territory=[^"]*)"')


def _page(service: TestClient, url: str) -> str:
    response = service.get(url, headers=HTML)
    assert response.status_code == 200, response.text[:1000]
    return response.text


def _total(service: TestClient, url: str) -> int:
    """How many suppliers the search of a page finds."""
    response = service.get(url.replace("/fournisseurs?", "/v1/suppliers?per_page=1&"))
    assert response.status_code == 200, response.text[:1000]
    return int(response.json()["total"])


@pytest.mark.slow
@pytest.mark.parametrize("offer", ["inclusive", "environmental"])
@pytest.mark.parametrize("filiere", FILIERE_NAMES)
def test_the_figure_of_a_filiere_is_the_count_of_the_page_that_it_opens(
    service: TestClient, filiere: str, offer: str
) -> None:
    asked = f"filiere={filiere}&by=region&offer={offer}"
    found = service.get(f"/v1/depth?{asked}").json()
    page = _page(service, f"/filieres?{asked}")
    sheets = found["country"]["sheets"]
    if sheets:
        every = re.search(r'<a href="(/fournisseurs\?[^"]*)">Voir (?:la fiche|les (\S+) fiches)</a>', page)
        assert every is not None
        assert every[2] in (None, number(sheets)) and _total(service, unescape(every[1])) == sheets
    figures = {row["territory"]: row["sheets"] for row in found["rows"]}
    links = {unescape(url) for url in _ROW.findall(page)}
    assert len(links) >= 13
    for url in links:
        territory = re.search(r"territory=([^&]+)", url)
        assert territory is not None
        assert _total(service, url) == figures[territory[1]], url


@pytest.mark.slow
def test_the_map_of_who_lends_people_counts_those_whose_statute_says_so(service: TestClient) -> None:
    found = service.get("/v1/depth?trade=mise-a-disposition-personnel&by=region").json()
    page = _page(service, "/filieres?trade=mise-a-disposition-personnel&by=region")
    every = re.search(r'<a href="(/fournisseurs\?[^"]*)">Voir les', page)
    assert every is not None and _total(service, unescape(every[1])) == found["country"]["sheets"]
    assert (
        _total(service, "/fournisseurs?trade=mise-a-disposition-personnel&kind=ETTI")
        > 0
        < found["country"]["structures"]
    )


@pytest.mark.slow
def test_a_map_counts_the_holders_of_the_labels_of_its_trades_with_the_same_shape(service: TestClient) -> None:
    url = "/v1/depth?trade=nettoyage-locaux&by=region"
    inclusive, green = (service.get(f"{url}&offer={offer}").json() for offer in ("inclusive", "environmental"))
    assert inclusive.keys() == green.keys() and inclusive["country"].keys() == green["country"].keys()
    assert inclusive["labels"] is None and "EU_ECOLABEL" in green["labels"]
    assert green["country"]["structures"] > 0
    page = words(_page(service, "/filieres?trade=nettoyage-locaux&offer=environmental"))
    assert re.search(r"\d titulaires? d'un label environnemental en France pour ce métier", page)


@pytest.mark.slow
def test_a_trade_without_a_label_says_so_and_never_that_nobody_holds_one(service: TestClient) -> None:
    page = words(_page(service, "/filieres?trade=gardiennage-surveillance&offer=environmental"))
    assert "Aucun label environnemental recensé ne porte sur ce métier" in page
    assert not re.search(r"offre absente : [1-9]", page)


@pytest.mark.slow
def test_each_map_has_a_link_to_that_of_the_other_supply(service: TestClient) -> None:
    page = _page(service, "/filieres?filiere=textile&by=region")
    assert re.search(r'href="/filieres\?[^"]*offer=environmental[^"]*"', page)
    back = _page(service, "/filieres?filiere=textile&by=region&offer=environmental")
    assert re.search(r'href="/filieres\?(?![^"]*offer=)[^"]*filiere=textile[^"]*"', back)


def test_a_supply_that_covers_no_territory_by_half_is_said_so_and_not_denied(service: TestClient) -> None:
    found = service.get("/v1/depth?trade=blanchisserie&by=departement").json()
    assert found["country"]["structures"]
    bare = [row["territory"] for row in found["rows"] if not row["structures"]][:3]
    page = _page(service, "/filieres?trade=blanchisserie" + "".join(f"&territory={id}" for id in bare))
    assert re.search(
        r"en France pour ce métier[^;]* ; aucun des 3 territoires n'est couvert, même à moitié", words(page)
    )
