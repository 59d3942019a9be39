"""What cannot be searched: 422, the messages of the API beside their field, the other inputs kept."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from search_api.app import create_app
from search_api.context import Context
from search_api.products import PRODUCTS
from tests.search_api.pages.conftest import Open
from tests.search_api.pages.html import Page
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon

WRONG = "kind=EI&turnover_min=beaucoup&radius_km=900&near=2.35,48.85&cpv=abc"


@pytest.mark.slow
def test_every_error_of_the_api_stands_beside_its_field(open_page: Open, pages_client: TestClient) -> None:
    told = pages_client.get(f"/v1/suppliers?{WRONG}").json()["errors"]
    page = open_page(f"/fournisseurs?{WRONG}", 422)
    summary = page.one(class_="summary")
    for error in told:
        beside = page.one(id=f"erreur-{error['field']}").text.removeprefix("Erreur : ").strip()
        assert len(beside) > 20 and beside in summary.text
    described = page.one("input", id="champ-turnover_min")
    assert described.attributes["aria-invalid"] == "true"
    assert "erreur-turnover_min" in described.attributes["aria-describedby"]


def test_the_summary_links_to_each_field(open_page: Open) -> None:
    page = open_page(f"/fournisseurs?{WRONG}", 422)
    targets = [one.attributes["href"].removeprefix("#") for one in page.one(class_="summary").all("a")]
    ids = {one.attributes.get("id") for one in page.all()}
    assert targets and set(targets) <= ids


@pytest.mark.slow
def test_the_other_inputs_are_kept(open_page: Open) -> None:
    page = open_page(f"/fournisseurs?{WRONG}&q=verger", 422)
    assert page.one("input", id="champ-q").attributes["value"] == "verger"
    assert page.one("input", id="champ-turnover_min").attributes["value"] == "beaucoup"
    assert "checked" in page.one("input", name="kind", value="EI").attributes


@pytest.mark.parametrize(
    "url", ("/fournisseurs?kind=EI&utm_source=lettre", "/avis?x=1", "/?x=1", "/aide?x=1", "/espace/acheteur?x=1")
)
def test_a_parameter_that_a_page_does_not_know_is_ignored_and_said_so(pages_client: TestClient, url: str) -> None:
    answer = pages_client.get(url, headers={"Accept": "text/html"}, follow_redirects=False)
    known = url.replace("&utm_source=lettre", "").replace("?x=1", "")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{known}#adresse-ignoree")
    page = Page(known, pages_client.get(known, headers={"Accept": "text/html"}).text)
    assert "elle est ignorée" in page.one("p", id="adresse-ignoree").text


@pytest.mark.slow
def test_an_ambiguous_place_offers_its_readings_as_links(open_page: Open) -> None:
    page = open_page("/fournisseurs?lieu=Saint-Denis&kind=EI", 422)
    assert page.one("input", id="champ-lieu").attributes["value"] == "Saint-Denis"
    assert not page.all("li", class_="card")
    chosen = open_page(page.link("Saint-Denis (93, Seine-Saint-Denis)"))
    assert chosen.asked == [("territory", "commune:93066"), ("kind", "EI")]


def test_a_town_far_larger_than_its_namesakes_is_searched_and_named_with_its_departement(open_page: Open) -> None:
    page = open_page("/fournisseurs?lieu=Montreuil&kind=EI")
    assert page.asked == [("territory", "commune:93048"), ("kind", "EI")]
    assert "Montreuil (93, Seine-Saint-Denis)" in page.text


@pytest.mark.slow
def test_a_place_nobody_knows_is_said_beside_its_field(open_page: Open) -> None:
    page = open_page("/fournisseurs?lieu=xyzzy", 422)
    assert "Aucun lieu reconnu dans « xyzzy »" in page.one(id="erreur-lieu").text


@pytest.mark.slow
def test_a_distance_needs_a_place(open_page: Open) -> None:
    assert "autour duquel chercher" in open_page("/fournisseurs?rayon=20", 422).one(id="erreur-lieu").text
    assert "Aucun point" in open_page("/fournisseurs?lieu=France&rayon=20", 422).one(id="erreur-rayon").text
    assert "200" in open_page("/fournisseurs?lieu=Roubaix&rayon=900", 422).one(id="erreur-rayon").text


@pytest.mark.slow
def test_errors_outside_a_form_are_pages_too(open_page: Open, pages_client: TestClient) -> None:
    assert "Aucun fournisseur « inexistant »" in open_page("/fournisseurs/inexistant", 404).one("h1").text
    assert "Page introuvable" in open_page("/nulle-part", 404).one("h1").text
    assert pages_client.post("/fournisseurs").headers["allow"] == "GET, HEAD"
    assert pages_client.get("/v1/nulle-part", headers={"Accept": "text/html"}).json()["status"] == 404


FORMS = re.compile(r"^/(v1|mcp|static)\b|^/courriel/un-clic")
"""What is no form of a page: the API, the assistants, and what a mail reader sends by itself."""


@pytest.mark.slow
def test_an_empty_form_is_refused_in_french_and_its_address_opens_a_page(
    pages_client: TestClient, lexicon: Lexicon, tmp_path: Path
) -> None:
    context = Context(EmbeddedStore(tmp_path), lexicon, date.today)
    routes = [route for product in PRODUCTS for router in product.routers for route in router(context).routes]
    posted = [route for route in routes if isinstance(route, APIRoute) and "POST" in route.methods]
    paths = [re.sub(r"\{\w+\}", "zz", route.path) for route in posted if not FORMS.search(route.path)]
    assert len(paths) > 20
    for path in paths:
        for sent in ({"content": ""}, {"data": {"zz": ""}}):
            response = pages_client.post(path, headers={"Accept": "text/html"}, **sent)
            assert response.status_code != 500, path
            if "text/html" in response.headers.get("content-type", ""):
                text = Page(path, response.text).one("main").text
                assert not re.search(r"Le corps|« [a-z]+(?:_[a-z]+)* » est|méthode", text), (path, text)
        assert pages_client.get(path, headers={"Accept": "text/html"}).status_code != 405, path


@pytest.mark.slow
def test_nothing_indexed_is_a_page_that_says_so(tmp_path: Path, lexicon: Lexicon) -> None:
    with TestClient(create_app(EmbeddedStore(tmp_path), lexicon), raise_server_exceptions=False) as client:
        for url in ("/", "/fournisseurs", "/fournisseurs?lieu=xyzzy", "/fournisseurs/x"):
            response = client.get(url)
            assert response.status_code == 503
            assert "Ces données ne sont pas encore chargées ici." in Page(url, response.text).text
            assert "retry-after" in response.headers
