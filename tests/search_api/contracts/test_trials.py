"""A contract whose object is a trial's is shown with its flag, and is no lead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.search_api.contracts.conftest import asked_of, left_out
from tests.search_api.contracts.corpus import ROUBAIX, clause_of
from tests.search_api.pages.html import Page
from vivier.lexicon import Lexicon
from vivier.model import Organisation

pytestmark = pytest.mark.slow

FIRM = (Organisation(siren="732829320", siret="73282932000074", name="Entreprise d'essai"),)
ASKED = "kind=ETTI&territory=FR"
TRIAL = ("object_trial",)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    """Two contracts about to end and two that run on, one of each a trial."""
    made = [
        clause_of("cfin", "Entretien des cimetières", 24, FIRM),
        clause_of("cfinessai", "envoi pour Json test", 24, FIRM, quality=TRIAL),
        clause_of("clong", "Peinture des écoles", 36, FIRM),
        clause_of("clongessai", "Objet de la consultation", 36, FIRM, quality=TRIAL),
    ]
    with asked_of(tmp_path_factory.mktemp("trials"), made, lexicon) as client:
        yield client


@pytest.mark.parametrize(
    ("kinds", "ids", "trials"),
    [
        ("", {"cfin", "clong"}, 2),
        ("&lead=expiring_contract", {"cfin"}, 1),
        ("&lead=clause_holder", {"clong"}, 1),
    ],
)
def test_a_trial_is_no_lead_and_is_counted_beside_once(
    client: TestClient, kinds: str, ids: set[str], trials: int
) -> None:
    body = client.get(f"/v1/leads?{ASKED}{kinds}").json()
    assert {one["id"] for one in body["results"]} == ids
    assert body["total"] == len(ids)
    assert left_out(body)["trial"] == trials


def test_the_page_of_leads_says_how_many_are_not_proposed(client: TestClient) -> None:
    response = client.get(f"/pistes?{ASKED}", headers={"Accept": "text/html"})
    said = Page(str(response.url), response.text).text
    assert "2 marchés ne sont pas proposés : leur objet est celui d'un essai ou d'un exemple" in said


def test_contracts_show_it_with_its_flag(client: TestClient) -> None:
    listed = {one["id"]: one["reasons"] for one in client.get("/v1/contracts").json()["results"]}
    flagged = {id_ for id_, reasons in listed.items() if any(one["code"] == "trial" for one in reasons)}
    assert flagged == {"cfinessai", "clongessai"}
    sheet = client.get("/marches/cfinessai", headers={"Accept": "text/html"}).text
    assert "essai d'une plateforme ou exemple d'un format" in Page("http://testserver/", sheet).text


def test_the_sheet_of_the_buyer_shows_it_with_its_flag(client: TestClient) -> None:
    sheet = client.get(f"/acheteurs/{ROUBAIX}", headers={"Accept": "text/html"})
    said = Page(str(sheet.url), sheet.text).text
    assert "envoi pour Json test" in said
    assert "son objet est celui d'un essai ou d'un exemple" in said
