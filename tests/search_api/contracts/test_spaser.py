"""The buyers that seem to owe a SPASER: what is known decides, what the list covers is said, and nothing known is not « nobody »."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.search_api.conftest import publish
from tests.search_api.contracts.conftest import serve_contracts, today
from tests.search_api.contracts.corpus import ROUBAIX, VERTOU, contract_of
from tests.search_api.pages.corpus import pages_suppliers
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon

YEAR = date(2025, 3, 1)
BOUGHT = (
    contract_of("one", "Travaux", notified=YEAR, amount=30e6),
    contract_of("two", "Voirie", notified=YEAR, amount=21e6),
    contract_of("three", "Accord-cadre", buyer=VERTOU, notified=YEAR, amount=60e6, techniques=("accord_cadre",)),
    contract_of("four", "Cette année", buyer="213901895", notified=date(2026, 3, 1), amount=90e6),
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    engine = EmbeddedStore(tmp_path_factory.mktemp("spaser"))
    publish(engine, pages_suppliers(lexicon), lexicon)
    serve_contracts(engine, BOUGHT, lexicon)
    with TestClient(create_app(engine, lexicon, today=today)) as made:
        yield made
    engine.close()


@pytest.mark.slow
def test_a_buyer_above_the_amount_in_a_full_year_is_listed_and_the_current_year_is_not_looked_at(
    client: TestClient,
) -> None:
    owed = client.get("/v1/support").json()["spaser"]
    assert owed["threshold"] == 50_000_000
    assert [buyer["siren"] for buyer in owed["buyers"]] == [VERTOU, ROUBAIX]
    assert owed["by_year"]["2025"] == {"buyers": 2, "contracts": 3}
    assert "peut devoir un SPASER" in owed["covers"]


@pytest.mark.slow
def test_maxima_of_framework_agreements_are_told_apart(client: TestClient) -> None:
    framework, works = client.get("/v1/support").json()["spaser"]["buyers"]
    assert (works["amount"], works["of_which_framework_maxima"], works["without_frameworks"]) == (51e6, 0, True)
    assert framework["of_which_framework_maxima"] == 60e6 and framework["without_frameworks"] is False


def test_the_list_is_held_to_a_territory_by_the_seat_of_the_buyer(client: TestClient) -> None:
    body = client.get("/v1/support", params={"territory": "departement:59"}).json()
    assert [buyer["siren"] for buyer in body["spaser"]["buyers"]] == [ROUBAIX]
    assert body["territories"][0]["name"] == "Nord" and body["departements"] == []
    assert client.get("/v1/support", params={"territory": "departement:35"}).json()["spaser"]["buyers"] == []


def test_the_page_reads_a_name_and_says_the_gap(client: TestClient) -> None:
    page = client.get("/territoire", params={"territory": "Ille-et-Vilaine"}, headers={"Accept": "text/html"})
    assert page.url.params["territory"] == "departement:35"
    assert "Aucun facilitateur recensé pour ce territoire (Ille-et-Vilaine)" in page.text
    assert "Aucun acheteur connu de ce territoire" in page.text
    north = client.get("/territoire", params={"territory": "departement:59"}, headers={"Accept": "text/html"}).text
    assert "<title>Qui aide dans le Nord – Vivier</title>" in north
    refused = client.get("/territoire", params={"territory": "Saint-Denis"}, headers={"Accept": "text/html"})
    assert refused.status_code == 422


@pytest.mark.slow
def test_without_contracts_nothing_is_said_of_who_owes_one(
    tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon
) -> None:
    engine = EmbeddedStore(tmp_path_factory.mktemp("none"))
    publish(engine, pages_suppliers(lexicon), lexicon)
    with TestClient(create_app(engine, lexicon, today=today)) as alone:
        assert alone.get("/v1/support").json()["spaser"] is None
        assert "ne contient pas de marchés" in alone.get("/territoire").text
    engine.close()


def test_an_article_is_cited_with_its_initials_in_capitals(client: TestClient) -> None:
    page = client.get("/clausier?trade=nettoyage-locaux", headers={"Accept": "text/html"}).text
    assert "Réservation commune aux EA et ESAT et aux structures" in page
