"""Leads of a structure that publishes no trade, and the buyers worth a call: what is shown, what is left out, and why. All fictitious."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import icalendar
import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.search_api.conftest import publish
from tests.search_api.contracts.conftest import left_out, serve_contracts, today
from tests.search_api.contracts.corpus import VERTOU, contract_of
from tests.search_api.pages.corpus import fact, gardens
from tests.search_api.pages.html import Page
from vivier.engine.embedded.store import EmbeddedStore
from vivier.lexicon import Lexicon
from vivier.model import Agreement, Contract, Organisation, Supplier
from vivier.model.supplier import Capacity

PRINTING: dict[str, Any] = {"cpv": "79810000", "consultation": "kimpression", "amount": 30_000.0}
NAMELESS = "213500515"


def silent(id_: str, name: str, lexicon: Lexicon, kind: str = "ESAT") -> Supplier:
    """A structure of Roubaix that publishes neither a trade nor a turnover: 40 places. Its brand lets think of printing and cleaning."""
    return Supplier(
        id=id_,
        name=fact(name),
        brand=fact("Imprim et Net"),
        agreements=(fact(Agreement(kind=kind)),),
        address=gardens(lexicon).address,
        capacities=(fact(Capacity(value=40, unit="places")),),
    )


def made() -> list[Contract]:
    """Three lots of printing, and what should not be proposed beside them."""
    return [
        *(contract_of(f"cimprime{n}", f"Impression du journal, lot {n}", lot=n, **PRINTING) for n in (1, 2, 3)),
        contract_of("cgeante", "Impression de tous les imprimés", cpv="79810000", amount=4_000_000.0),
        contract_of("cblanc", "Nettoyage des écoles", cpv="90911200", buyer=NAMELESS, place="commune:59512"),
        contract_of("cbatie", "Construction de 28 logements, lot serrurerie", cpv="44316500", category="fournitures"),
        contract_of("cloin", "Impression du bulletin", cpv="79810000", buyer=VERTOU),
        contract_of("cvoirie", "Assistance juridique", cpv="79110000"),
    ]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[TestClient]:
    engine = EmbeddedStore(tmp_path_factory.mktemp("morning"))
    homonyms = [silent(f"soleil-{n}", "Atelier du Soleil", lexicon, kind) for n, kind in enumerate(("ESAT", "ACI"))]
    publish(engine, [silent("silencieux", "Les Ateliers Muets", lexicon), *homonyms], lexicon)
    nameless = [one.model_copy(update={"buyer": Organisation(siren=NAMELESS)}) for one in made() if one.key == "cblanc"]
    serve_contracts(engine, [one for one in made() if one.key != "cblanc"] + nameless, lexicon)
    with TestClient(create_app(engine, lexicon, today=today)) as client:
        yield client
    engine.close()


def leads(client: TestClient, **asked: str) -> dict[str, Any]:
    response = client.get("/v1/leads", params={"supplier": "silencieux", "also": "supposed", **asked})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


def test_a_structure_without_a_trade_gets_what_its_kind_commonly_does_and_is_told_so(client: TestClient) -> None:
    body = leads(client)
    assert {one["id"] for one in body["results"]} == {"cimprime1", "cblanc"}
    assert body["profile"]["trades"] == [] and "impression" in {
        trade["code"] for trade in body["profile"]["supposed_trades"]
    }
    for one in body["results"]:
        (sector,) = [reason for reason in one["reasons"] if reason["code"] == "sector"]
        assert sector["inferred"] and sector["text"].startswith("métier supposé")


def test_the_lots_of_a_consultation_are_one_lead(client: TestClient) -> None:
    body = leads(client)
    (lead,) = [one for one in body["results"] if one["lots"]]
    assert {lead["id"], *(lot["id"] for lot in lead["lots"])} == {"cimprime1", "cimprime2", "cimprime3"}
    assert body["total"] == len(body["results"]) == 2


def test_pages_of_one_lead_are_the_whole_list(client: TestClient) -> None:
    whole = [one["id"] for one in leads(client)["results"]]
    assert [leads(client, per_page="1", page=str(n))["results"][0]["id"] for n in (1, 2)] == whole


@pytest.mark.slow
def test_what_is_left_out_is_counted_and_comes_back_when_asked(client: TestClient) -> None:
    body = leads(client)
    assert left_out(body) == {"too_large": 1}
    back = leads(client, also="supposed,too_large")
    assert "cgeante" in {one["id"] for one in back["results"]} and left_out(back) == {}
    page = Page(
        "/pistes", client.get("/pistes?supplier=silencieux&also=supposed", headers={"Accept": "text/html"}).text
    )
    assert "lot n'est pas proposé" in page.text.replace("\u00a0", " ") and any(
        "also=" in link and "too_large" in link for link in page.links()
    )


def test_a_trade_supposed_weakly_is_asked_first_and_what_waits_for_the_answer_is_counted(client: TestClient) -> None:
    asked = client.get("/v1/leads?supplier=silencieux").json()
    assert left_out(asked)["supposed"] and "cimprime1" not in {one["id"] for one in asked["results"]}
    page = Page("/pistes", client.get("/pistes?supplier=silencieux", headers={"Accept": "text/html"}).text)
    assert "votre réponse" in page.text and any("also=supposed" in link for link in page.links())


def test_the_count_of_a_kind_of_lead_is_the_count_behind_it(client: TestClient) -> None:
    for kind, told in leads(client)["totals"].items():
        assert leads(client, lead=kind)["total"] == told["count"]


def test_a_supplier_is_found_by_its_name(client: TestClient) -> None:
    assert leads(client, supplier="ateliers muets")["profile"]["supplier"] == "silencieux"


def test_homonyms_are_told_apart_and_never_chosen(client: TestClient) -> None:
    response = client.get("/v1/leads?supplier=atelier+du+soleil")
    (error,) = response.json()["errors"]
    assert response.status_code == 422 and error["field"] == "supplier"
    assert "2 structures de ce nom" in error["message"]
    assert "ESAT" in error["message"] and "ACI" in error["message"] and "soleil-0" in error["message"]
    assert {choice["value"] for choice in error["choices"]} == {"soleil-0", "soleil-1"}


def test_the_page_offers_homonyms_as_links(client: TestClient) -> None:
    page = Page("/pistes", client.get("/pistes?supplier=atelier+du+soleil", headers={"Accept": "text/html"}).text)
    assert {link for link in page.links() if "soleil-" in link} == {
        "/pistes?supplier=soleil-0",
        "/pistes?supplier=soleil-1",
    }


def test_a_number_of_a_supplier_stays_whole_in_the_form(client: TestClient) -> None:
    asked = client.get("/pistes?supplier=73282932000074&turnover=-1", headers={"Accept": "text/html"})
    field = Page("/pistes", asked.text).one("input", id="champ-supplier")
    assert field.attributes["value"] == "73282932000074" and "inputmode" not in field.attributes


def test_only_what_fits_the_profile_is_ticked(client: TestClient) -> None:
    (lead,) = [one for one in leads(client)["results"] if one["lots"]]
    assert {reason["code"] for reason in lead["reasons"] if reason["fits"] and not reason["inferred"]} == {"distance"}
    page = Page(
        "/pistes", client.get("/pistes?supplier=silencieux&also=supposed", headers={"Accept": "text/html"}).text
    )
    assert "Ces métiers sont une supposition" in page.text and "#champ-trade" in page.links()
    assert any("montant précédent" in item.text for item in page.all("li", class_="fact"))


def test_an_empty_calendar_says_why(client: TestClient) -> None:
    url = "/v1/feeds/leads.ics?supplier=silencieux&lead=clause_holder"
    (event,) = icalendar.Calendar.from_ical(client.get(url).content).walk("VEVENT")
    assert str(event["summary"]) == "Aucune échéance à venir" and event.decoded("dtstart") == today()
    assert "Rien ne répond" in str(event["description"])


def test_a_calendar_has_the_day_that_matters_of_each_opportunity_once(client: TestClient) -> None:
    content = client.get("/v1/feeds/leads.ics?supplier=silencieux&also=supposed").content
    events = [str(event["uid"]) for event in icalendar.Calendar.from_ical(content).walk("VEVENT")]
    assert len([uid for uid in events if "-agir-" not in uid]) == leads(client)["total"]
    assert len(events) == len(set(events))


def test_nothing_near_proposes_to_look_farther(client: TestClient) -> None:
    body = leads(client, lead="clause_holder")
    assert body["total"] == 0 and isinstance(body["meta"]["relaxations"], list)
    farther = leads(client, near="-1.48,47.17", radius_km="20")
    assert [one["id"] for one in farther["results"]] == ["cloin"]


def test_buyers_to_call_buy_the_supposed_trades_nearby_and_the_nameless_come_last(client: TestClient) -> None:
    body = client.get("/v1/buyers?supplier=silencieux&sort=call").json()
    assert [one["siren"] for one in body["results"]] == ["215905126", NAMELESS]
    first = body["results"][0]
    assert first["contracts"] == 4 and first["next_end"] == "2027-06-01"
    assert first["inclusive_bought"] == [] and first["contact"] is None  # no notice is loaded


def test_the_page_of_leads_leads_to_the_buyers(client: TestClient) -> None:
    page = Page(
        "/pistes", client.get("/pistes?supplier=silencieux&also=supposed", headers={"Accept": "text/html"}).text
    )
    assert "/acheteurs?supplier=silencieux&sort=call" in page.links()
    shown = client.get("/acheteurs?supplier=silencieux&sort=call", headers={"Accept": "text/html"})
    assert (
        "Aucun avis connu ne publie son contact" in shown.text
        and "au plus tard le 1er\N{NO-BREAK SPACE}juin 2027" in shown.text
    )
