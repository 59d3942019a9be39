"""A buyer that is among the holders of its own contract: in-house or an error of the source, never a holder to call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.search_api.contracts.conftest import asked_of, left_out
from tests.search_api.contracts.corpus import ROUBAIX, clause_of
from tests.search_api.pages.html import Page
from vivier.lexicon import Lexicon
from vivier.model import Organisation

ITSELF = Organisation(siren=ROUBAIX, siret=f"{ROUBAIX}00011", name="Ville d'essai")
FIRM = Organisation(siren="732829320", siret="73282932000074", name="Entreprise d'essai")
ASKED = "kind=ETTI&territory=FR"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    """Four running social clauses: of a firm, of the buyer itself, of both, and one of the buyer that ends soon."""
    made = [
        clause_of("cfirme", "Peinture des écoles", 36, (FIRM,)),
        clause_of("cregie", "Peinture des crèches", 36, (ITSELF,), quality=("buyer_is_holder",)),
        clause_of("cgroupe", "Peinture des halles", 36, (ITSELF, FIRM), quality=("buyer_is_holder",)),
        clause_of("cbientot", "Entretien des cimetières", 24, (ITSELF,), quality=("buyer_is_holder",)),
    ]
    with asked_of(tmp_path_factory.mktemp("own-holder"), made, lexicon) as client:
        yield client


@pytest.mark.slow
def test_a_social_clause_held_by_the_buyer_itself_is_no_lead_and_is_counted_beside(client: TestClient) -> None:
    body = client.get(f"/v1/leads?{ASKED}&lead=clause_holder").json()
    assert [one["id"] for one in body["results"]] == ["cfirme"]
    assert left_out(body) == {"own_holder": 2}  # the third is about to end: another kind of lead


@pytest.mark.slow
def test_what_is_proposed_as_about_to_end_is_not_counted_as_left_out(client: TestClient) -> None:
    body = client.get(f"/v1/leads?{ASKED}").json()
    assert [one["lead"] for one in body["results"] if one["id"] == "cbientot"] == ["expiring_contract"]
    assert left_out(body) == {"own_holder": 2}


def test_a_contract_about_to_end_says_that_its_buyer_is_among_its_holders(client: TestClient) -> None:
    (lead,) = client.get(f"/v1/leads?{ASKED}&lead=expiring_contract").json()["results"]
    said = [one for one in lead["reasons"] if one["code"] == "own_holder"]
    assert len(said) == 1 and said[0]["inferred"] and "régie" in said[0]["text"]


def test_the_list_and_the_sheet_say_it_too(client: TestClient) -> None:
    listed = {one["id"]: one["reasons"] for one in client.get("/v1/contracts").json()["results"]}
    told = {id_ for id_, reasons in listed.items() if any(one["code"] == "own_holder" for one in reasons)}
    assert told == {"cregie", "cgroupe", "cbientot"}
    assert "parmi les titulaires déclarés" in client.get("/marches/cregie", headers={"Accept": "text/html"}).text


def test_the_page_says_how_many_are_not_proposed(client: TestClient) -> None:
    response = client.get(f"/pistes?{ASKED}", headers={"Accept": "text/html"})
    assert "2 marchés à clause sociale ne sont pas proposés" in Page(str(response.url), response.text).text


def test_a_social_clause_is_never_told_as_hours_owed(client: TestClient) -> None:
    (lead,) = client.get(f"/v1/leads?{ASKED}&lead=clause_holder").json()["results"]
    said = {one["code"]: one["text"] for one in lead["reasons"]}
    assert "peut avoir besoin" in said["clause_holder"] and "la clause ne dit pas de quoi" in said["clause_holder"]
    assert said["amount"].startswith("montant du marché : ") and "dernière fois" not in said["offers"]
