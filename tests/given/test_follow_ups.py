"""Follow-ups of insertion hours: told by link month by month, kept by lot, buyer and basin, exported, imported; an empty month is unknown."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from httpx import Response
from sqlalchemy import select

from tests.given.conftest import House
from vivier.desk.tell.follow_up import FollowUpAsked, follow_up_body
from vivier.errors import InvalidRequest
from vivier.exports.follow_up_book import follow_up_workbook
from vivier.given.follow_up_read import ReadBook, read_follow_ups
from vivier.given.follow_ups import DAYS, FollowUps
from vivier.given.tables import FOLLOW_UPS, FOLLOWED_COMPANIES, FOLLOWED_HOURS, FOLLOWED_LOTS, FOLLOWED_SHARES

LOT = {
    "object": "Nettoyage des locaux",
    "reference": "2026-14",
    "buyer": "Ville de Rennes",
    "place": "Rennes",
    "hours": "253",
    "months": "12",
    "start": "2026-09-15",
    "company": "Alpha Propreté",
}
"""Its months begin in September; the house believes that it is 24 November 2026."""


def opened(house: House, **more: str) -> str:
    """The address of a follow-up of one lot."""
    sent = house.client.post("/suivi-heures", data={**LOT, **more}, follow_redirects=False)
    assert sent.status_code == 303, sent.text
    return sent.headers["location"]


def page(house: House, address: str) -> str:
    return house.client.get(address).text.replace("\xa0", " ").replace("\u202f", " ").replace("’", "'")


def link(house: House, address: str, rank: int = 0) -> str:
    return re.findall(r'href="(/r/[0-9a-f]{40})"', page(house, address))[rank]


def told(house: House, where: str, hours: Mapping[str, str]) -> Response:
    return house.client.post(
        where, data={f"mois-{month}": text for month, text in hours.items()}, follow_redirects=False
    )


def rows(house: House, address: str) -> list[dict[str, str]]:
    text = house.client.get(address + "/heures.csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


@pytest.mark.slow
def test_a_company_tells_its_hours_by_its_link_and_an_empty_month_is_unknown(house: House) -> None:
    address = opened(house)
    mine = link(house, address)
    assert told(house, mine, {"2026-09": "20,5", "2026-10": "", "2026-11": "0"}).status_code == 303
    by_month = {row["Mois"]: row for row in rows(house, address)}
    assert len(by_month) == 12
    assert (by_month["2026-09"]["Heures"], by_month["2026-09"]["État"]) == ("20,5", "dit")
    assert (by_month["2026-10"]["Heures"], by_month["2026-10"]["État"]) == ("", "inconnu")
    assert (by_month["2026-11"]["Heures"], by_month["2026-11"]["État"]) == ("0", "dit")
    assert (by_month["2026-12"]["Heures"], by_month["2026-12"]["État"]) == ("", "à venir")
    assert by_month["2026-09"]["Par"] == "dit par l'entreprise"
    shown = page(house, address)
    assert "20,5 heures dites sur 253 heures dues : reste 232,5 heures au plus." in shown
    assert "1 mois passé sans réponse : ses heures sont inconnues." in shown


@pytest.mark.slow
def test_the_months_of_several_companies_are_counted_by_company(house: House) -> None:
    address = house.client.post(
        "/suivi-heures", data={**LOT, "company": ["Alpha", "Bêta"]}, follow_redirects=False
    ).headers["location"]
    assert "4 mois passés sans réponse, chaque entreprise comptée : leurs heures" in page(house, address)
    told(house, link(house, address), {"2026-09": "20"})
    assert "3 mois passés sans réponse, chaque entreprise comptée : leurs heures" in page(house, address)


@pytest.mark.slow
def test_a_month_is_corrected_and_withdrawn_by_the_company(house: House) -> None:
    address = opened(house)
    mine = link(house, address)
    told(house, mine, {"2026-09": "20", "2026-10": "30"})
    assert 'value="30"' in house.client.get(mine).text
    told(house, mine, {"2026-09": "25", "2026-10": ""})
    hours = [row["Heures"] for row in rows(house, address)]
    assert hours[:3] == ["25", "", ""]


@pytest.mark.slow
def test_a_facilitator_notes_what_comes_by_telephone_but_never_replaces_what_a_company_told(house: House) -> None:
    address = opened(house)
    note = {"action": "note", "who": "1/1", "month": "2026-09", "hours": "12"}
    assert house.client.post(address, data=note, follow_redirects=False).status_code == 303
    assert rows(house, address)[0]["Par"] == "noté par le facilitateur"
    told(house, link(house, address), {"2026-09": "20"})
    refused = house.client.post(address, data=note)
    assert refused.status_code == 422 and "elle seule le corrige" in refused.text.replace("\xa0", " ")
    assert rows(house, address)[0]["Heures"] == "20"


def test_hours_that_are_no_number_are_refused_and_nothing_is_kept(house: House) -> None:
    address = opened(house)
    for hours, words in (
        ("beaucoup", "n'est pas un nombre d'heures"),
        ("-3", "n'est pas un nombre d'heures"),
        ("99 999", "eptembre 2026 attend de 0 à 20 000 heures, pour une entreprise et un lot."),
    ):
        refused = told(house, link(house, address), {"2026-09": hours, "2026-10": "10"})
        assert refused.status_code == 422, hours
        assert words in refused.text.replace("\xa0", " ").replace("\u202f", " ").replace("’", "'")
        assert [row["Heures"] for row in rows(house, address)] == [""] * 12


def test_a_month_that_has_not_begun_cannot_be_noted(house: House) -> None:
    address = opened(house)
    note = {"action": "note", "who": "1/1", "month": "2026-12", "hours": "12"}
    refused = house.client.post(address, data=note)
    assert refused.status_code == 422 and "pas commencé" in refused.text


def test_hours_are_summed_by_buyer_and_basin_and_a_sum_without_a_month_told_is_unknown(house: House) -> None:
    address = opened(house)
    second = {**LOT, "action": "lot", "place": "35", "company": "Bêta"}
    third = {**LOT, "action": "lot", "buyer": "Brest métropole", "place": "29", "company": "Gamma"}
    for lot in (second, third):
        assert house.client.post(address, data=lot, follow_redirects=False).status_code == 303
    told(house, link(house, address), {"2026-09": "20"})
    told(house, link(house, address, 1), {"2026-09": "5"})
    book = openpyxl.load_workbook(io.BytesIO(house.client.get(address + "/heures.xlsx").content))
    buyers = [tuple(cell.value for cell in row) for row in book["Par acheteur"].iter_rows(min_row=2)]
    assert buyers == [("Ville de Rennes", 2, 506, 25, 2), ("Brest métropole", 1, 253, None, 2)]
    basins = [row[0].value for row in book["Par bassin"].iter_rows(min_row=2)]
    assert basins == ["Rennes", "Ille-et-Vilaine", "Finistère"]


def test_a_lot_is_withdrawn_with_its_links_and_a_follow_up_with_everything(house: House) -> None:
    address = opened(house)
    mine = link(house, address)
    told(house, mine, {"2026-09": "20"})
    house.client.post(address, data={"action": "withdraw", "lot": "1"})
    assert house.client.get(mine).status_code == 404 and "Aucun lot encore" in page(house, address)
    house.client.post(address, data={**LOT, "action": "lot"})
    assert link(house, address) != mine and house.client.get(mine).status_code == 404
    mine = link(house, address)
    house.client.post(address, data={"action": "delete"})
    assert house.client.get(address).status_code == 410 and house.client.get(mine).status_code == 404
    kept(house, nothing=True)


def kept(house: House, *, nothing: bool) -> None:
    with house.rounds.database.transaction() as connection:
        for table in (FOLLOWED_LOTS, FOLLOWED_COMPANIES, FOLLOWED_HOURS, FOLLOWED_SHARES):
            assert (connection.execute(select(table)).first() is None) == nothing, table.name


def test_a_follow_up_is_erased_a_year_after_its_last_month(house: House) -> None:
    address = opened(house)
    follow_ups = FollowUps(house.rounds.database)
    end = follow_ups.read(address.rpartition("/")[2], house.clock()).kept_until
    assert (end - date(2027, 9, 1)).days == DAYS
    house.clock.day = end
    assert house.client.get(address).status_code == 200 and follow_ups.purge(house.clock()) == 0
    house.clock.later(1)
    assert house.client.get(address).status_code == 410
    assert follow_ups.purge(house.clock(), dry_run=True) == 1 == follow_ups.purge(house.clock())
    kept(house, nothing=True)


def test_the_database_holds_neither_the_address_nor_a_link(house: House) -> None:
    address = opened(house)
    mine = link(house, address)
    with house.rounds.database.transaction() as connection:
        found = [str(row) for table in (FOLLOW_UPS, FOLLOWED_COMPANIES) for row in connection.execute(select(table))]
    assert found and not any(secret.rpartition("/")[2] in row for secret in (address, mine) for row in found)


@pytest.mark.parametrize("field", ["object", "reference", "buyer", "company"])
def test_a_person_is_never_kept(refusing: House, field: str) -> None:
    named = {**LOT, field: "Mme Martin, 06 12 34 56 78"}
    sent = refusing.client.post("/suivi-heures", data=named, follow_redirects=False)
    assert sent.status_code == 422 and "ne nommez personne" in sent.text.replace("\xa0", " ")
    kept(refusing, nothing=True)


def filled_book(cells: Mapping[str, object], shares: Mapping[str, object], **asked: Any) -> bytes:
    """The workbook that the desk hands out, with cells filled by whoever received it."""
    book = openpyxl.load_workbook(io.BytesIO(follow_up_workbook(follow_up_body(FollowUpAsked(**asked)))))
    for sheet, written in (("Heures", cells), ("Publics et voies", shares)):
        for place, value in written.items():
            book[sheet][place] = value
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


ASKED: dict[str, Any] = {
    "object": "=Espaces verts",
    "reference": "M-7",
    "hours": 120,
    "months": 4,
    "start": date(2026, 8, 20),
    "company": ("Alpha", "Bêta"),
}


def test_the_workbook_of_the_desk_is_read_back_with_its_empty_months_unknown() -> None:
    content = filled_book({"B8": 12.5, "C9": "8,5", "B10": 0}, {"B4": 10, "C13": 7}, **ASKED)
    (read,) = read_follow_ups(content, None)
    august, september, october = (date(2026, month, 1) for month in (8, 9, 10))
    assert read == ReadBook(
        *("=Espaces verts", "M-7", 120, august, 4, ("Alpha", "Bêta")),
        reported={(1, august): 12.5, (2, september): 8.5, (1, october): 0},
        shares={(1, "long"): 10, (2, "hired"): 7},
    )


def test_a_workbook_of_ranked_months_needs_its_first_month() -> None:
    content = filled_book({"B9": 4}, {}, months=3)
    with pytest.raises(InvalidRequest) as refused:
        read_follow_ups(content, None)
    assert [error.field for error in refused.value.errors] == ["start"]
    (read,) = read_follow_ups(content, date(2026, 1, 20))
    assert read.reported == {(1, date(2026, 2, 1)): 4} and read.companies == ("Titulaire",) and read.hours is None


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"B8": "une dizaine"}, "B8"),
        ({"C9": -4}, "C9"),
        ({"A9": "décembre 2026"}, "décembre 2026"),
        ({"B4": "beaucoup"}, "Heures dues"),
        ({"A7": "Semaine"}, "classeur de suivi"),
        ({"C7": "Alpha"}, "entreprises"),
    ],
)
def test_a_workbook_that_cannot_be_read_whole_is_refused_by_its_place(cells: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_follow_ups(filled_book(cells, {}, **ASKED), None)
    assert words in refused.value.errors[0].message


@pytest.mark.slow
def test_the_workbook_is_imported_by_the_page_and_its_company_goes_on_by_link(house: House) -> None:
    sent = house.client.post("/suivi-heures", follow_redirects=False)
    address = sent.headers["location"]
    content = filled_book({"B8": 12.5, "C9": 8}, {"B4": 10}, **ASKED)
    form = {"action": "import", "buyer": "Ville de Rennes", "place": "35"}
    sent = house.client.post(address, data=form, files={"file": ("suivi.xlsx", content)}, follow_redirects=False)
    assert sent.status_code == 303, sent.text
    assert "20,5 heures dites sur 120 heures dues" in page(house, address)
    told(house, link(house, address, 1), {"2026-08": "3", "2026-09": "8", "2026-10": "", "2026-11": ""})
    assert {(row["Entreprise"], row["Mois"]): row["Heures"] for row in rows(house, address) if row["Heures"]} == {
        ("Alpha", "2026-08"): "12,5",
        ("Bêta", "2026-08"): "3",
        ("Bêta", "2026-09"): "8",
    }
    refused = house.client.post(address, data=form)
    assert refused.status_code == 422 and "Choisissez le classeur" in refused.text


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
def test_the_table_of_a_follow_up_is_imported_back_with_every_lot(house: House, extension: str) -> None:
    address = house.client.post("/suivi-heures", follow_redirects=False).headers["location"]
    form = {"action": "import", "buyer": "Ville de Rennes", "place": "35"}
    book = filled_book({"B8": 12.5, "C9": 0}, {"B4": 10}, **ASKED)
    for sent in (
        house.client.post(address, data=form, files={"file": ("suivi.xlsx", book)}, follow_redirects=False),
        house.client.post(address, data={**LOT, "action": "lot", "place": "", "hours": ""}, follow_redirects=False),
    ):
        assert sent.status_code == 303, sent.text
    content = house.client.get(f"{address}/heures.{extension}").content
    other = house.client.post("/suivi-heures", follow_redirects=False).headers["location"]
    sent = house.client.post(
        other, data={"action": "import"}, files={"file": (f"suivi.{extension}", content)}, follow_redirects=False
    )
    assert sent.status_code == 303, sent.text
    assert rows(house, other) == rows(house, address) and len(rows(house, other)) == 8 + 12
    assert ("Par public et par voie" in page(house, other)) == (extension == "xlsx")


@pytest.mark.slow
def test_a_file_imported_again_replaces_its_lots_and_keeps_what_companies_told(house: House) -> None:
    address = house.client.post("/suivi-heures", follow_redirects=False).headers["location"]
    form = {"action": "import", "buyer": "Ville de Rennes", "place": "35"}

    def imported(cells: dict[str, object]) -> str:
        file = {"file": ("suivi.xlsx", filled_book(cells, {}, **ASKED))}
        return page(
            house, house.client.post(address, data=form, files=file, follow_redirects=False).headers["location"]
        )

    assert "Fichier lu : 1 lot ajouté." in imported({"B8": 12.5, "C9": 8})
    told(house, link(house, address, 1), {"2026-09": "9"})
    links = [link(house, address, rank) for rank in (0, 1)]
    assert "Fichier lu : 1 lot remplacé." in imported({"B8": 14, "C9": 8})
    assert [link(house, address, rank) for rank in (0, 1)] == links
    assert "1 lot suivi." in page(house, address)
    assert {(row["Entreprise"], row["Mois"]): row["Heures"] for row in rows(house, address) if row["Heures"]} == {
        ("Alpha", "2026-08"): "14",
        ("Bêta", "2026-09"): "9",
    }


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("1;;Tonte;;;Alpha;2026-09;douze", "H2"),
        ("1;;Tonte;;;Alpha;septembre;12", "septembre"),
        ("1;;Tonte;;;Alpha;2026-09;12\n1;;Tonte;;;Alpha;2026-11;12", "sans en sauter"),
        ("1;;Tonte;;;Alpha;2026-09;12\n1;;Tonte;;;Alpha;2026-09;13", "sans en sauter"),
        ("", "aucun lot"),
    ],
)
def test_a_table_that_cannot_be_read_whole_is_refused_by_its_place(line: str, words: str) -> None:
    content = f"Lot;Référence;Objet;Acheteur;Bassin;Entreprise;Mois;Heures\n{line}"
    with pytest.raises(InvalidRequest) as refused:
        read_follow_ups(content.encode(), None)
    assert words in refused.value.errors[0].message


def test_a_follow_up_is_opened_from_the_table_of_the_desk(house: House, tmp_path: Path) -> None:
    shown = house.client.get("/suivi-heures", params={"object": "Tonte", "hours": "80", "start": "2026-10-01"}).text
    form = shown.partition('<form action="/suivi-heures" method="post"')[2].partition("</form>")[0]
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert fields == {"object": "Tonte", "hours": "80", "start": "2026-10-01"}
    address = house.client.post("/suivi-heures", data=fields, follow_redirects=False).headers["location"]
    assert "Tonte" in page(house, address) and len(rows(house, address)) == 12
