"""Suppliers chosen in a list, compared side by side: the choice is in the address, and works without a script."""

from __future__ import annotations

from io import BytesIO

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from tests.search_api.pages.conftest import Open
from tests.search_api.pages.corpus import GARDENS
from tests.search_api.pages.html import Page

SEARCH = "/fournisseurs?need=tonte des pelouses à 40 km de Roubaix"


def choose(page: Page, name: str) -> str:
    """The link that adds a structure to those chosen."""
    return page.link(f"Ajouter à la comparaison : {name}")


@pytest.mark.slow
def test_a_card_is_added_to_the_tray_and_the_address_keeps_it(open_page: Open) -> None:
    page = open_page(SEARCH)
    assert not page.all(class_="tray")
    one = open_page(choose(page, GARDENS))
    assert dict(one.asked)["choix"] == "pages-jardins"
    assert GARDENS in one.one(class_="tray").text
    assert {name for name, _ in one.asked} == {name for name, _ in page.asked} | {"choix"}
    assert not open_page(one.link(f"Retirer de la comparaison : {GARDENS}")).all(class_="tray")


@pytest.mark.slow
def test_the_choice_follows_every_link_and_form_of_the_search(open_page: Open) -> None:
    page = open_page("/fournisseurs?kind=ESAT&kind=EI&per_page=5&choix=pages-jardins")
    forms = [form for form in page.all("form") if "need" not in form.attributes.get("class", "")]
    assert forms and all(form.one("input", name="choix").attributes["value"] == "pages-jardins" for form in forms)
    stays = [url for url in page.one("div", class_="results").links() if url.startswith("/fournisseurs?")]
    assert stays and all("choix=pages-jardins" in url for url in stays)
    sheets = [one.one("h3").one("a").attributes["href"] for one in page.all("li", class_="card")]
    assert all(url.endswith("choix=pages-jardins") for url in sheets)
    assert "1 structure choisie" in open_page(sheets[0]).one(class_="tray").text


def test_no_more_than_five_are_chosen(open_page: Open) -> None:
    ids = [one.attributes["id"][2:] for one in open_page("/fournisseurs").all("li", class_="card")]
    page = open_page(f"/fournisseurs?choix={','.join(ids[:7])}")
    assert "5 structures choisies" in page.one(class_="tray").text
    assert "Ajouter à la comparaison" not in page.text


@pytest.mark.slow
def test_a_sheet_adds_its_structure(open_page: Open) -> None:
    page = open_page("/fournisseurs/pages-jardins")
    added = open_page(page.link("Ajouter à la comparaison"))
    assert added.asked == [("choix", "pages-jardins")]
    assert "Retirer de la comparaison" in added.text


def test_what_decides_stands_side_by_side_with_what_is_unknown(open_page: Open) -> None:
    page = open_page(
        "/comparer?trade=entretien-espaces-verts&near=3.17,50.69&radius_km=40&choix=pages-jardins,pages-blanchisserie"
    )
    tables = page.all("tbody")
    rows = {row.one("th").text: [cell.text for cell in row.all("td")] for table in tables for row in table.all("tr")}
    assert next(iter(rows)) == "Distance de Roubaix"
    assert rows["Distance de Roubaix"][0].startswith("moins de")
    assert rows["Zone d'intervention"][0].replace("\u202f", " ") == "40 km autour du siège"
    assert rows["Type et agrément"][0] == "ESAT : valide jusqu'au 31/12/2027"
    assert "déclaré par le fournisseur" in rows["Métier demandé"][0]
    assert rows["À leur demander"]
    assert len({len(cells) for cells in rows.values()}) == 1


def test_the_distance_of_a_town_comes_first(open_page: Open) -> None:
    page = open_page("/comparer?territory=commune:59512&choix=pages-jardins,pages-blanchisserie")
    assert page.one("tbody").one("th").text == "Distance de Roubaix"


def test_an_id_that_the_index_lacks_is_said(open_page: Open) -> None:
    page = open_page("/comparer?choix=pages-jardins,parti")
    assert "1 structure choisie n'est plus dans l'index" in page.text
    assert "Choisissez-en de deux à cinq" in open_page("/comparer").text


@pytest.mark.slow
@pytest.mark.parametrize("bad", ("near=a", "radius_km=9999", "near=a&inconnu=1"))
def test_a_wrong_search_is_refused_as_in_the_results(open_page: Open, bad: str) -> None:
    assert "à corriger" in open_page(f"/comparer?choix=pages-jardins&{bad}", 422).text


def test_what_the_page_does_not_know_is_left_out_of_its_address(pages_client: TestClient) -> None:
    answer = pages_client.get("/comparer?choix=pages-jardins&inconnu=1", follow_redirects=False)
    known = "/comparer?choix=pages-jardins#adresse-ignoree"
    assert (answer.status_code, answer.headers["location"]) == (303, known)


def test_the_workbook_holds_those_chosen_in_their_order(pages_client: TestClient, open_page: Open) -> None:
    page = open_page("/comparer?choix=pages-jardins,pages-hostile")
    answer = pages_client.get(page.link("Télécharger (XLSX)"))
    assert answer.status_code == 200
    assert "vivier-comparaison-" in answer.headers["Content-Disposition"]
    rows = list(load_workbook(BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ["pages-jardins", "pages-hostile"] and "Groupe" not in rows[0]
    assert pages_client.get("/comparer.xlsx").status_code == 422


def test_a_lot_is_prepared_with_those_chosen(open_page: Open) -> None:
    page = open_page(
        "/comparer?trade=entretien-espaces-verts&territory=commune:59512&lot_amount=40000&choix=pages-jardins"
    )
    lot = open_page(page.link("Étudier un lot avec ces structures"))
    fields = {one.attributes["name"]: one.attributes.get("value", "") for one in lot.all("input")}
    assert (fields["text"], fields["place"]) == ("Entretien des espaces verts", "Roubaix (59, Nord)")
    assert fields["amount"] == "40000"
    assert GARDENS in lot.text
