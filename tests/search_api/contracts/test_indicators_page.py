"""The page of indicators: what each share counts and covers, the rule said, the same drawn, nothing compared unduly."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from tests.search_api.contracts.conftest import Open
from tests.search_api.contracts.corpus import VERTOU
from tests.search_api.pages.html import Page

PAGE = "/indicateurs"


def cells(page: Page, place: int = 0) -> list[list[str]]:
    table = page.all("table")[place]
    return [[cell.text for cell in (*row.all("th"), *row.all("td"))] for row in table.one("tbody").all("tr")]


def test_the_drawing_comes_before_its_table(open_page: Open) -> None:
    source = open_page(PAGE).source
    assert source.index('<svg class="bars"') < source.index("<table")


def test_a_row_counts_yes_no_and_unknown_apart_and_they_add_up(open_page: Open) -> None:
    for row in cells(open_page(PAGE)):
        n, yes, no, unknown = (int(re.sub(r"\D", "", cell)) for cell in row[1:5])
        assert yes + no + unknown == n


def test_a_row_has_its_coverage_interval_bounds_and_amount(open_page: Open) -> None:
    row = cells(open_page(PAGE))[-2]
    assert "%" in row[5] and re.search(r"% à .*%", row[6]) and " à " in row[7] and "€ HT" in row[8]


def test_the_rule_of_what_is_not_conclusive_is_said_and_applied(open_page: Open) -> None:
    page = open_page(PAGE)
    assert "moins de 5 marchés renseignés" in page.text
    few = next(row for row in cells(page) if int(row[1]) < 5)
    assert "non concluant" in few[6] and "cible" not in few[6]


def test_a_break_of_series_is_said_and_the_whole_is_compared_with_nothing(open_page: Open) -> None:
    page = open_page(f"{PAGE}?as_of=2026-11-24")
    years = [row[0] for row in cells(page)[:-1]]
    if years[0] < "2026" <= years[-1]:
        assert "considération environnementale est obligatoire" in page.text
        assert "séries mêlées" in cells(page)[-1][6]


@pytest.mark.parametrize("by", ["departement", "region", "buyer_category", "division", "category", "kind", "buyer"])
def test_every_grouping_has_rows_and_a_link_to_each_of_them(open_page: Open, by: str) -> None:
    page = open_page(f"{PAGE}?by={by}")
    assert len(cells(page)) >= 2
    link = page.one("tbody").one("a").attributes["href"]
    assert link.startswith("/acheteurs/" if by == "buyer" else f"{PAGE}?")
    open_page(link)


def test_the_page_is_asked_for_a_place_in_plain_words(open_page: Open) -> None:
    page = open_page(f"{PAGE}?lieu=Roubaix")
    assert ("territory", "commune:59512") in page.asked


@pytest.mark.slow
def test_a_buyer_leads_to_its_indicators_and_to_the_panel_as_the_start_page_does(open_page: Open) -> None:
    page = open_page(f"/acheteurs/{VERTOU}")
    assert f"{PAGE}?buyer={VERTOU}" in page.links() and PAGE in page.links()
    assert PAGE in open_page("/").links()


def test_a_set_without_any_contract_says_so(open_page: Open) -> None:
    assert "Aucun marché à compter" in open_page(f"{PAGE}?q=zzyzx").text


def test_a_grouping_that_does_not_exist_is_refused_beside_its_field(open_page: Open) -> None:
    assert open_page(f"{PAGE}?by=couleur", 422).one(id="erreur-by").text.startswith("Erreur")


def test_the_file_has_every_group_then_the_whole_and_can_be_asked_again(client: TestClient) -> None:
    told = client.get("/v1/indicators?by=division").json()
    content = client.get("/v1/indicators.csv?by=division").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(content, newline=""), delimiter=";"))
    assert [row["Groupe"] for row in rows] == [*(row["value"] for row in told["rows"]), "total"]
    assert rows[-1]["Marchés"] == str(told["total"]["social"]["n"])
    assert client.get(rows[0]["Recherche"]).json()["total"] == told["total"]
    assert rows[0]["Méthodes"] == told["meta"]["method_versions"]["indicators"]


def test_a_parameter_without_meaning_is_refused(client: TestClient) -> None:
    answer = client.get("/v1/indicators?page=2")
    assert answer.status_code == 422 and "page" in answer.json()["errors"][0]["message"]


def test_reserved_contracts_are_as_many_as_the_list_of_them(client: TestClient) -> None:
    total = client.get("/v1/indicators?by=year").json()["total"]
    for provision in ("reserved", "criterion", "clause"):
        listed = client.get(f"/v1/contracts?provision={provision}&per_page=1").json()["total"]
        assert total[provision] == listed


@pytest.mark.parametrize("by", ["year", "departement", "division", "buyer"])
def test_contracts_that_are_in_no_group_are_told(client: TestClient, by: str) -> None:
    body = client.get("/v1/indicators", params={"by": by}).json()
    missing = body["total"]["social"]["n"] - sum(row["social"]["n"] for row in body["rows"])
    told = [text for text in body["meta"]["notices"] if "sans cette valeur" in text]
    assert [int(re.sub(r"\D", "", text)) for text in told] == ([missing] if missing else [])


def test_a_long_name_leaves_its_place_to_the_figure_of_its_bar(open_page: Open) -> None:
    source = open_page(f"{PAGE}?by=division").source
    bars = re.findall(r'class="bar-label"[^>]*>([^<]*)</text><text class="bar-value"[^>]*>([^<]*)<', source)
    assert any(label.endswith("…") for label, _ in bars)
    assert all(len(unescape(label)) + len(value) <= 58 for label, value in bars)
