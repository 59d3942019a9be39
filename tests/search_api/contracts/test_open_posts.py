"""A clause is a lead for who lends people when some of its hours need no diploma. All fictitious."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.search_api.contracts.conftest import asked_of, left_out
from tests.search_api.contracts.corpus import clause_of, contract_of
from tests.search_api.pages.html import Page
from vivier.lexicon import Lexicon
from vivier.model import Contract, Organisation

FIRM = Organisation(siren="732829320", siret="73282932000074", name="Entreprise d'essai")


def bought(key: str, text: str, cpv: str, category: str) -> Contract:
    clause = clause_of(key, text, 36, (FIRM,))
    other = contract_of(key, text, cpv=cpv, category=category)
    return clause.model_copy(update={"cpv": other.cpv, "category": other.category})


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    made = [
        bought("cmenage", "Nettoyage des écoles", "90911200", "services"),
        bought("csocial", "Service social du personnel", "85310000", "services"),
        bought("cserrures", "Cylindres électroniques des résidences", "44316000", "fournitures"),
        bought("cgrilles", "Construction de 28 logements, lot serrurerie", "44316500", "fournitures"),
    ]
    with asked_of(tmp_path_factory.mktemp("open-posts"), made, lexicon) as client:
        yield client


def test_hours_that_need_a_diploma_or_goods_are_no_lead_for_who_lends_people(client: TestClient) -> None:
    body = client.get("/v1/leads?kind=ETTI&territory=FR&lead=clause_holder").json()
    assert {one["id"] for one in body["results"]} == {"cmenage", "cgrilles"}
    assert left_out(body) == {"no_open_post": 2}


def test_who_does_the_trade_finds_it(client: TestClient) -> None:
    query = "kind=ETTI&territory=FR&lead=clause_holder&trade=action-sociale"
    assert "csocial" in {one["id"] for one in client.get(f"/v1/leads?{query}").json()["results"]}


def test_the_page_says_why(client: TestClient) -> None:
    response = client.get("/pistes?kind=ETTI&territory=FR", headers={"Accept": "text/html"})
    assert "ils achètent des produits" in Page(str(response.url), response.text).text
