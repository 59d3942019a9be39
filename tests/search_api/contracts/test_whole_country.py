"""Who serves the whole country is concerned by what has no known place either: most private buyers have no seat in their number."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.search_api.contracts.conftest import asked_of
from tests.search_api.contracts.corpus import clause_of
from vivier.lexicon import Lexicon
from vivier.model import Organisation

FIRM = Organisation(siren="732829320", siret="73282932000074", name="Entreprise d'essai")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    """One contract at Roubaix, one whose place nobody told, one of a buyer whose number is wrong."""
    placed = clause_of("cplace", "Peinture des écoles", 24, (FIRM,))
    nowhere = clause_of("csanslieu", "Peinture des crèches", 24, (FIRM,))
    unknown = nowhere.model_copy(
        update={"key": "cnumero", "buyer": Organisation(raw_id="63590003402052", id_type="SIRET")}
    )
    made = [placed, *(one.model_copy(update={"place": None, "buyer_seat": None}) for one in (nowhere, unknown))]
    with asked_of(tmp_path_factory.mktemp("whole-country"), made, lexicon) as client:
        yield client


@pytest.mark.slow
def test_leads_of_the_whole_country_hold_those_without_a_place_last(client: TestClient) -> None:
    results = client.get("/v1/leads?kind=EI&territory=FR").json()["results"]
    assert results[0]["id"] == "cplace" and {one["id"] for one in results[1:]} == {"csanslieu", "cnumero"}
    assert results[0]["score"]["points"] > results[1]["score"]["points"]


@pytest.mark.slow
def test_leads_of_a_departement_do_not(client: TestClient) -> None:
    found = client.get("/v1/leads?kind=EI&territory=departement:59").json()["results"]
    assert [one["id"] for one in found] == ["cplace"]


def test_buyers_of_the_whole_country_are_counted_on_all_their_contracts(client: TestClient) -> None:
    counted = {one["siren"]: one["contracts"] for one in client.get("/v1/buyers?territory=FR").json()["results"]}
    assert counted == {"215905126": 2, "63590003402052": 1}


def test_a_buyer_whose_number_is_wrong_has_no_sheet_to_link(client: TestClient) -> None:
    page = client.get("/acheteurs?territory=FR", headers={"Accept": "text/html"}).text
    assert 'href="/acheteurs/215905126' in page and 'href="/acheteurs/63590003402052' not in page
    assert "numéro invalide\N{NO-BREAK SPACE}: pas de fiche" in page
