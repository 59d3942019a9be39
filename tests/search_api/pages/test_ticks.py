"""A tick is good news: only what answers the request has one."""

from __future__ import annotations

import re
from typing import Final

import pytest
from fastapi.testclient import TestClient

pytestmark = pytest.mark.slow

BAD_NEWS: Final = re.compile(
    r"ne couvre pas|sans y couvrir|expiré|suspendu|à partir du|non publi|inconnu|à vérifier|dépasse|\bfini|proche : |à interroger",
    re.IGNORECASE,
)
SEARCHES: Final = (
    *(
        f"/fournisseurs?{trade}{place}{kind}"
        for trade in ("", "trade=blanchisserie&", "trade=couverture-charpente&", "trade=entretien-espaces-verts&")
        for place in ("territory=departement:35&", "territory=commune:33063&", "near=-1.68,48.11&radius_km=20&")
        for kind in ("", "kind=ESAT", "article=L2113-13")
    ),
    *(
        f"/fournisseurs?trade=blanchisserie&territory=departement:33&group={group}"
        for group in ("near_trade", "to_ask", "farther")
    ),
    *("/marches", "/marches?ends_to=2026-06-30", "/avis", "/avis?status=awarded"),
    *(f"/pistes?trade={trade}&territory=region:53" for trade in ("nettoyage-locaux", "blanchisserie")),
)
LISTS: Final = re.compile(r'<ul class="(?:reasons|facts-of)".*?</ul>', re.DOTALL)
TICKED: Final = re.compile(r"<li>(.*?)</li>", re.DOTALL)


def test_no_tick_stands_before_bad_news(service: TestClient) -> None:
    ticked = [
        (url, re.sub("<[^>]*>", "", text))
        for url in SEARCHES
        for found in LISTS.findall(service.get(url, headers={"Accept": "text/html"}).text)
        for text in TICKED.findall(found)
    ]
    assert len(ticked) > 60
    assert not [pair for pair in ticked if BAD_NEWS.search(pair[1])]


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
