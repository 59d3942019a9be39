"""Holders worth a call: the hours they owe and who facilitates there; what they subcontract, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.search_api.contracts.conftest import asked_of
from tests.search_api.contracts.corpus import SOURCE, clause_of
from tests.search_api.pages.html import Page
from vivier.lexicon import Lexicon
from vivier.model import Organisation, ProvisionEvidence
from vivier.model.contract import InclusiveHolder, Subcontract

FIRM = Organisation(siren="732829320", siret="73282932000074", name="Entreprise d'essai")
HEIR = Organisation(siren="552100554", siret="55210055400021", name="Sous-traitant d'essai")
UNNAMED = Organisation(raw_id="OTIS")
MONTPELLIER, PARIS = "commune:34172", "commune:75056"


def stated(hours: int) -> ProvisionEvidence:
    return ProvisionEvidence.model_validate(
        {
            "provision": "clause",
            "signal": "words",
            "excerpt": f"au moins {hours} heures d'insertion",
            "provenance": SOURCE,
            "confidence": 0.9,
        }
    )


def moved(key: str, text: str, months: int, holder: Organisation = FIRM, **values: Any) -> Any:
    return clause_of(key, text, months, (holder,)).model_copy(update=values)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    acts = (
        Subcontract(subcontractor=HEIR, amount=21_800.0, notified=date(2026, 7, 1)),
        Subcontract(subcontractor=HEIR, amount=1.0, notified=date(2026, 8, 1)),
        Subcontract(subcontractor=UNNAMED, amount=5.0),
    )
    known = InclusiveHolder(
        siren=FIRM.siren or "", supplier_id="x", name="X", kinds=("EI",), match="siret", confidence=0.9
    )
    made = [
        moved("cestime", "Tonte des pelouses", 36, amount=900_000.0, techniques=()),
        moved("cdeclare", "Tonte des stades", 36, place=MONTPELLIER, evidence=(stated(3_000),)),
        moved("cinconnu", "Tonte des talus", 36, place=PARIS, amount=None, subcontracts=acts),
        moved("cinclusif", "Tonte des parcs", 36, inclusive=(known,)),
        moved("cfini", "Tonte ancienne", 6),
    ]
    with asked_of(tmp_path_factory.mktemp("to-call"), made, lexicon) as client:
        yield client


def asked(client: TestClient, query: str) -> Any:
    response = client.get(f"/v1/holders-to-call?{query}")
    assert response.status_code == 200, response.text
    return response.json()


def test_the_most_hours_left_come_first_and_unknown_ones_last(client: TestClient) -> None:
    found = asked(client, "kind=ETTI&territory=FR")
    assert [row["id"] for row in found["results"]] == ["cdeclare", "cestime", "cinconnu"]
    assert found["totals"] == {"clause": 3, "subcontract": 1} and found["lends"]


def test_hours_declared_and_estimated_are_told_apart(client: TestClient) -> None:
    declared, estimated, unknown = asked(client, "kind=ETTI&territory=FR")["results"]
    assert (declared["hours"]["basis"], declared["hours"]["low"], declared["hours"]["high"]) == (
        "declared",
        3_000,
        3_000,
    )
    # 18 of 37 months touched are behind on the day: June 2025 to June 2028, from November 2026 on
    assert declared["hours"]["left_high"] == round(3_000 * 20 / 37)
    assert estimated["hours"]["basis"] == "estimated" and 0 < estimated["hours"]["low"] < estimated["hours"]["high"]
    assert unknown["hours"] is None and unknown["hours_fr"].startswith("Heures inconnues")


def test_who_facilitates_where_the_contract_is_performed_is_named(client: TestClient) -> None:
    rows = {row["id"]: row for row in asked(client, "kind=ETTI&territory=FR")["results"]}
    named = {id_: [entry["code"] for entry in row["facilitators"]] for id_, row in rows.items()}
    assert named["cdeclare"] == ["clausesociale34"] and rows["cdeclare"]["local"]
    assert "epec" in named["cinconnu"] and rows["cinconnu"]["local"]
    assert named["cestime"] == ["ave"] and not rows["cestime"]["local"]


def test_a_holder_is_called_at_three_moments(client: TestClient) -> None:
    calls = asked(client, "kind=ETTI&territory=FR")["results"][0]["calls"]
    assert (calls["starts"], calls["middle"][:7], calls["last"]) == ("2025-06-01", "2026-12", "2028-03-01")


def test_who_could_be_a_partner_gets_the_clauses_of_its_trade(client: TestClient) -> None:
    query = "kind=ESAT&territory=FR&trade="
    assert asked(client, query + "entretien-espaces-verts")["total"] == 3
    assert asked(client, query + "blanchisserie")["total"] == 0


def test_a_subcontract_is_shown_to_the_trade_with_its_organisations_alone(client: TestClient) -> None:
    query = "work=subcontract&kind=ESAT&territory=FR&trade="
    (row,) = asked(client, query + "entretien-espaces-verts")["results"]
    act, _ = row["acts"]
    assert (row["id"], act["siren"], act["amount"], act["notified"]) == ("cinconnu", HEIR.siren, 21_800.0, "2026-07-01")
    assert asked(client, query + "blanchisserie")["total"] == 0


def test_the_page_of_leads_leads_to_it(client: TestClient) -> None:
    response = client.get("/pistes?kind=ETTI&territory=FR", headers={"Accept": "text/html"})
    (link,) = [one.attributes["href"] for one in Page("/", response.text).all("a") if "Titulaires" in one.text]
    assert "Titulaires à appeler pour sous-traiter" in response.text
    page = client.get(link, headers={"Accept": "text/html"})
    text = Page(link, page.text).text
    assert page.status_code == 200
    assert "3 000 heures déclarées" in text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Clauses sociales de l'Hérault" in text.replace("’", "'") and "Vous prêtez du personnel" in text


def test_the_page_says_who_subcontracts_to_whom(client: TestClient) -> None:
    response = client.get("/titulaires-a-appeler?work=subcontract&territory=FR", headers={"Accept": "text/html"})
    text = Page("/", response.text).text.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Sous-traitant d" in text and "OTIS" not in text
    assert "2 actes, 21 800 € HT, le dernier le 1er août 2026" in text


def test_nobody_in_particular_is_refused(client: TestClient) -> None:
    assert client.get("/v1/holders-to-call").status_code == 422


@pytest.mark.parametrize("path", ["/titulaires-a-appeler?kind=ETTI", "/pistes?kind=ETTI", "/marches?amount_min=1"])
def test_what_a_page_keeps_joins_the_query_that_a_link_has(client: TestClient, path: str) -> None:
    url = f"{path}&territory=FR&as_of=2026-11-01&pour=territory:FR"
    response = client.get(url, headers={"Accept": "text/html"})
    assert response.status_code == 200
    links = Page(url, response.text).links()
    assert any(link.startswith("/marches?holder=") and "&pour=" in link for link in links)
    assert [link for link in links if link.count("?") > 1] == []


def test_the_form_gives_its_choices_in_french(client: TestClient) -> None:
    shown = client.get("/titulaires-a-appeler?kind=ETTI&territory=FR", headers={"Accept": "text/html"})
    text = Page("/", shown.text).text
    refused = client.get("/titulaires-a-appeler?territory=FR&work=rien", headers={"Accept": "text/html"})
    wrong = Page("/", refused.text).text
    for words in (text, wrong):
        assert "subcontract" not in words and "Déclarent sous-traiter" in words and "Pourquoi les appeler" in words
    assert refused.status_code == 422 and "« Ont une clause sociale en cours »" in wrong.replace("\u00a0", " ")


@pytest.mark.parametrize("given, mine", [("kind=ESAT", False), ("kind=ESAT&trade=entretien-espaces-verts", True)])
@pytest.mark.parametrize("work", ["clause", "subcontract"])
def test_the_page_says_your_trades_only_where_one_is_given(
    client: TestClient, given: str, mine: bool, work: str
) -> None:
    url = f"/titulaires-a-appeler?{given}&territory=FR&work={work}"
    text = Page(url, client.get(url, headers={"Accept": "text/html"}).text).text
    assert "3 marchés" in text.replace("\u00a0", " ") or "1 marché" in text.replace("\u00a0", " ")
    assert ("dans vos métiers" in text) == mine


@pytest.mark.parametrize(("place", "absent"), [("departement:34", False), ("departement:59", True)])
def test_the_page_says_that_nobody_facilitates_only_where_nobody_is_known(
    client: TestClient, place: str, absent: bool
) -> None:
    url = f"/titulaires-a-appeler?kind=ETTI&territory={place}"
    text = Page(url, client.get(url, headers={"Accept": "text/html"}).text).text
    assert ("aucun facilitateur recensé pour ce lieu" in text) is absent
    assert "dont le titulaire est à appeler" in text
