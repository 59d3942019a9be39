"""A list shows first what its reader can still act on, counts the rest, and takes a trade in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from search_api.suppliers.routes.service import api_address
from tests.search_api.pages.conftest import Open
from tests.search_api.pages.demo import demonstration
from tests.search_api.pages.html import Page
from vivier.lexicon import Lexicon


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    with demonstration(tmp_path_factory.mktemp("lists"), lexicon) as app, TestClient(app) as client:
        yield client


@pytest.fixture(scope="module")
def shown(demo: TestClient) -> Open:
    def ask(url: str, status: int = 200) -> Page:
        response = demo.get(url, headers={"Accept": "text/html"})
        assert response.status_code == status, response.text[:2000]
        return Page(str(response.url), response.text)

    return ask


def total(page: Page) -> int:
    found = re.match(r"[\d\s]+", page.one(role="status").text)
    assert found is not None
    return int("".join(found.group().split()))


def states(page: Page) -> dict[str, tuple[int, str | None]]:
    """By state: how many notices it says, and where it leads."""
    (row,) = (one for one in page.all("ul") if one.attributes.get("aria-label") == "État des avis")
    found = {}
    for chip in row.all("li"):
        name, _, count = chip.text.rpartition(":")
        link = next((one.attributes["href"] for one in chip.all("a")), None)
        found[name.strip()] = (int("".join(count.split())), link)
    return found


@pytest.mark.slow
def test_open_calls_come_first_and_every_state_counts_what_it_leads_to(shown: Open) -> None:
    page = shown("/avis")
    assert states(page)["Ouverts"] == (total(page), None) and total(page) == total(shown("/avis?status=open"))
    assert {count for count, link in states(page).values() if link is None} == {total(page)}
    for count, link in states(page).values():
        if link is not None:
            assert total(shown(link)) == count


@pytest.mark.slow
def test_all_the_states_are_those_of_the_api(shown: Open, demo: TestClient) -> None:
    counted = demo.get("/v1/notices").json()["total"] + demo.get("/v1/projects").json()["total"]
    assert states(shown("/avis"))["Tous"][0] == counted


@pytest.mark.slow
def test_an_empty_list_of_open_calls_leads_to_the_others(shown: Open) -> None:
    page = shown("/avis?as_of=2035-01-01")
    assert total(page) == 0 and page.one("div", class_="nothing").text.startswith("Aucun avis ouvert")
    for one in page.one("div", class_="nothing").all("a"):
        assert total(shown(one.attributes["href"])) > 0
    told = page.one("div", class_="nothing").text
    for name, (count, link) in states(page).items():
        if link is not None and name != "Tous":
            assert (f"{name.lower()} ({count})" in told) == (count > 0)


def test_the_call_of_the_page_asks_what_the_page_lists() -> None:
    assert api_address("/avis") == "/v1/notices?status=open"
    assert api_address("/avis?status=closed") == "/v1/notices?status=closed"
    assert api_address("/avis/n1") == "/v1/notices/n1"


@pytest.mark.parametrize("path", ["/pistes", "/acheteurs"])
def test_a_trade_is_written_in_plain_words_and_no_list_has_two_hundred_lines(shown: Open, path: str) -> None:
    field = shown(path).one("input", name="metier")
    assert field.attributes["data-trades"] == "oui"
    assert all(len(one.all("option")) < 60 for one in shown(path).all("select"))
    read = shown(f"{path}?metier=tonte+des+pelouses&lieu=Rennes")
    assert ("trade", "entretien-espaces-verts") in read.asked


def test_words_that_are_no_trade_are_told_beside_the_field(shown: Open) -> None:
    page = shown("/pistes?metier=zzyzx&lieu=Rennes", 422)
    assert "#champ-metier" in page.links() and page.one("input", name="metier").attributes["value"] == "zzyzx"


@pytest.mark.parametrize("url", ["/avis", "/marches", "/acheteurs", "/pistes?metier=tonte&lieu=Rennes"])
def test_a_list_says_once_how_many_it_has(shown: Open, url: str) -> None:
    page = shown(url)
    said = page.one(role="status").text
    assert page.one("h1").text.count(said) == 1
    assert all(said not in head.text for head in page.all("div", class_="list-head"))
