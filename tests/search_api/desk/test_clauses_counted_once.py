"""A page that counts the holders to call, and the page that it opens, give one figure."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from tests.search_api.pages.html import Page

pytestmark = pytest.mark.slow
HTML = {"Accept": "text/html"}
PLACES = ("commune:69123", "epci:200046977", "departement:14", "region:11", "region:84", "region:75", "region:53")


def page_at(service: TestClient, url: str) -> Page:
    response = service.get(url, headers=HTML)
    assert response.status_code == 200, url
    return Page(url, response.text)


def link_to_holders(page: Page) -> tuple[str, int]:
    """The address of the page of holders that a page opens, and the figure of its link."""
    (link,) = [one for one in page.one("main").all("a") if one.attributes["href"].startswith("/titulaires-a-appeler?")]
    found = re.search(r" : (?:(\d+)|aucun)", re.sub(r"\s", " ", link.text))
    assert found, link.text
    return link.attributes["href"], int(found[1] or 0)


def listed(service: TestClient, url: str) -> int:
    total: int = service.get(url.replace("/titulaires-a-appeler", "/v1/holders-to-call")).json()["total"]
    return total


@pytest.mark.parametrize(
    "path", ["/territoire?territory=", "/pistes?lead=clause_holder&territory=", "/pistes?kind=ESAT&territory="]
)
def test_a_link_to_the_holders_says_how_many_the_page_lists(service: TestClient, path: str) -> None:
    counts = []
    for place in PLACES:
        url, told = link_to_holders(page_at(service, path + place))
        assert told == listed(service, url), place
        counts.append(told)
    assert any(counts)
