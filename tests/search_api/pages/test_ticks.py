"""A tick is good news: only what answers the request has one."""

from __future__ import annotations

import re
from typing import Final

import pytest
from fastapi.testclient import TestClient

from tests.search_api.pages.html import Page

pytestmark = pytest.mark.slow

BAD_NEWS: Final = re.compile(
    r"ne couvre pas|sans y couvrir|expiré|suspendu|à partir du|non publi|inconnu|à vérifier|dépasse|\bfini|proche : |à appeler",
    re.IGNORECASE,
)
SILENT: Final = "Métiers non publiés"
"""No bad news for a search that asks for no trade."""
SEARCHES: Final = (
    *(
        f"/fournisseurs?{trade}{place}{kind}"
        for trade in ("", "trade=blanchisserie&", "trade=couverture-charpente&", "trade=entretien-espaces-verts&")
        for place in (
            "territory=departement:35&",
            "territory=departement:59&",
            "territory=commune:33063&",
            "near=-1.68,48.11&radius_km=20&",
        )
        for kind in ("", "kind=ESAT", "article=L2113-13")
    ),
    *(
        f"/fournisseurs?trade=blanchisserie&territory=departement:33&group={group}"
        for group in ("near_trade", "to_ask", "farther")
    ),
    *("/marches", "/marches?ends_to=2026-06-30", "/avis", "/avis?status=awarded"),
    *(f"/pistes?trade={trade}&territory=region:53" for trade in ("nettoyage-locaux", "blanchisserie")),
)
LISTS: Final = re.compile(r'<ul class="(?:reasons)".*?</ul>', re.DOTALL)
TICKED: Final = re.compile(r"<li>(.*?)</li>", re.DOTALL)


def test_no_tick_stands_before_bad_news(service: TestClient) -> None:
    ticked = [
        (url, re.sub("<[^>]*>", "", text))
        for url in SEARCHES
        for found in LISTS.findall(service.get(url, headers={"Accept": "text/html"}).text)
        for text in TICKED.findall(found)
    ]
    assert len(ticked) > 40
    assert not [pair for pair in ticked if BAD_NEWS.search(pair[1])]


def test_the_mark_of_a_card_is_a_tick_only_for_who_answers_the_request(service: TestClient) -> None:
    """In the list itself, of what is declared: the API tells the same of each."""
    marks = 0
    for url in SEARCHES:
        if not url.startswith("/fournisseurs"):
            continue
        page = Page(url, service.get(url, headers={"Accept": "text/html"}).text)
        told = service.get(url.replace("/fournisseurs", "/v1/suppliers") + "&groups=results").json()
        results = [*told["results"], *(result for group in told["groups"] for result in group["results"])]
        for result, card in zip(results, page.all("li", class_="card"), strict=True):
            if not card.all("p", class_="yes"):
                continue
            marks += 1
            reasons = [reason for reason in result["reasons"] if reason["code"] not in ("kind", "distance")]
            assert result["group"] == "exact" and not any(reason["inferred"] for reason in reasons)
            assert all(reason["fits"] for reason in reasons) and not BAD_NEWS.search(card.text.replace(SILENT, ""))
    assert marks > 15


def test_a_kind_fits_a_search_that_asks_for_it_and_no_other(service: TestClient) -> None:
    for kind in ("EI", "ACI", "AI"):
        for asked in (f"kind={kind}", "kind=ESAT&kind=EA", ""):
            found = service.get(f"/v1/suppliers?{asked}&per_page=100&as_of=2026-11-27").json()["results"]
            fitting = [
                reason["text"]
                for one in found
                for reason in one["reasons"]
                if reason["code"] == "kind" and reason["fits"]
            ]
            assert all(text.partition(",")[0] in asked and "valide jusqu" in text for text in fitting)
            assert fitting or kind not in asked
