"""Rows of one number that name other holders: no amount is shown beside a holder who never had it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from crawlers.run import import_files
from indexer.contracts.publish import publish_contracts
from search_api.app import create_app
from tests.contracts.conftest import TODAY
from vivier.contracts.doubts import doubt_text
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.settings import Settings

BUYER, OTHER = "21440215800015", "21590512600011"
PAVER, MASON, ROOFER = "10000021500010", "10000022300014", "10000011600010"
COLUMNS = "uid id acheteur_id titulaire_id titulaire_typeIdentifiant montant dateNotification dureeMois modification_id donneesActuelles codeCPV"
ROWS = {
    # all that one buyer bought
    "ALONE": ((PAVER, 50000, "2026-07-04", "", ""), (MASON, 90000, "2026-07-18", "", "")),
    # three contracts under one number: nothing says which amount is whose
    "SHARED": ((PAVER, 479000, "2026-07-04", "", ""), (MASON, 802302, "2026-07-04", "", ""), (ROOFER, 298935, "2026-07-18", "", "")),
    # one amount, whoever holds it
    "AGREED": ((PAVER, 60000, "2026-07-04", "", ""), (MASON, 60000, "2026-07-20", "", "")),
    # an amendment gives the contract to another company, with more to do
    "AMENDED": ((PAVER, 100000, "2026-01-10", "0", "false"), (MASON, 120000, "2026-06-01", "1", "true")),
    # an amendment that is not followed: the former amount was that of the former holder
    "DOUBTED": ((PAVER, 100000, "2026-01-10", "0", "false"), (MASON, 3000, "2026-06-01", "1", "true")),
    # the rows of one version name one holder each
    "GROUPED": ((PAVER, 90000, "2026-02-01", "0", "true"), (MASON, 90000, "2026-02-01", "0", "true")),
    # two lots of one number, one of them amended: each row is in force
    "LOTS": ((PAVER, 100000, "2026-01-10", "0", "false"), (PAVER, 110000, "2026-06-01", "1", "true"), (MASON, 70000, "2026-01-10", "0", "true")),
}  # fmt: skip


def write(path: Path) -> Path:
    """The rows as the consolidated table has them, those of a number apart from one another."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(COLUMNS.split())
        for place in range(max(map(len, ROWS.values()))):
            for number, rows in ROWS.items():
                for holder, amount, day, version, current in rows[place : place + 1]:
                    buyer = OTHER if number == "ALONE" else BUYER
                    cells = (number, buyer, holder, "SIRET", amount, day, 12, version, current, "45210000")
                    writer.writerow((f"{buyer}{number}", *cells))
    return path


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(home=tmp_path_factory.mktemp("numbers"))
    import_files("decp_tabular", [write(settings.home / "rows.csv")], settings)
    lexicon, engine = load_lexicon(), open_engine(settings)
    publish_contracts(engine, settings, lexicon)
    with TestClient(create_app(engine, lexicon, today=lambda: TODAY)) as client:
        yield client
    engine.close()


@pytest.fixture(scope="module")
def shown(client: TestClient) -> dict[str, dict[str, Any]]:
    return {one["number"]: one for one in client.get("/v1/contracts").json()["results"]}


def values(one: dict[str, Any]) -> tuple[object, ...]:
    return one.get("amount"), one.get("notified"), [holder["siret"] for holder in one["holders"]]


@pytest.mark.slow
def test_rows_that_name_others_at_other_amounts_leave_the_amount_unknown(shown: dict[str, dict[str, Any]]) -> None:
    assert values(shown["SHARED"]) == (None, "2026-07-18", [ROOFER])
    assert "initial_amount" not in shown["SHARED"] and "rows_disagree" in shown["SHARED"]["quality"]


def test_an_amount_that_every_row_declares_is_shown_with_the_doubt(shown: dict[str, dict[str, Any]]) -> None:
    assert values(shown["AGREED"]) == (60000.0, "2026-07-20", [MASON])
    assert "rows_disagree" in shown["AGREED"]["quality"]


def test_an_amendment_gives_the_amount_and_the_holder_of_today(shown: dict[str, dict[str, Any]]) -> None:
    assert values(shown["AMENDED"]) == (120000.0, "2026-01-10", [MASON])
    assert shown["AMENDED"]["initial_amount"] == 100000.0 and "rows_disagree" not in shown["AMENDED"]["quality"]


def test_the_former_amount_is_not_shown_with_the_new_holder(shown: dict[str, dict[str, Any]]) -> None:
    assert values(shown["DOUBTED"]) == (None, "2026-01-10", [MASON])
    assert {"modif_amount_suspect", "rows_disagree"} <= set(shown["DOUBTED"]["quality"])


def test_rows_of_one_version_add_their_holders_up(shown: dict[str, dict[str, Any]]) -> None:
    assert values(shown["GROUPED"]) == (90000.0, "2026-02-01", [PAVER, MASON])
    assert "rows_disagree" not in shown["GROUPED"]["quality"]


def test_an_amended_lot_does_not_take_the_amount_of_its_sister(shown: dict[str, dict[str, Any]]) -> None:
    assert values(shown["LOTS"])[0] is None and "rows_disagree" in shown["LOTS"]["quality"]


def test_the_list_the_sheet_and_the_file_say_why_the_amount_is_unknown(
    client: TestClient, shown: dict[str, dict[str, Any]]
) -> None:
    why = "montant non retenu : d'autres titulaires sont déclarés sous ce numéro, à d'autres montants"
    assert why in [reason["text"] for reason in shown["SHARED"]["reasons"]]
    listed = client.get("/marches", headers={"Accept": "text/html"}).text
    assert listed.count(why.replace("'", "&#39;")) == 4
    sheet = client.get(f"/marches/{shown['SHARED']['id']}", headers={"Accept": "text/html"}).text
    assert doubt_text("rows_disagree").replace("'", "&#39;") in sheet
    text = client.get("/v1/contracts.csv").content.decode("utf-8-sig")
    rows = {row["Numéro"]: row for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=";")}
    assert rows["SHARED"]["Montant (€ HT)"] == "" and why in rows["SHARED"]["Raisons"]
    assert doubt_text("rows_disagree") in rows["SHARED"]["À vérifier"]


def test_sums_count_what_they_rest_on(client: TestClient) -> None:
    whole = client.get("/v1/indicators?by=year").json()["total"]["social"]["amounts"]
    assert (whole["all"], whole["contracts_with_amount"]) == (270000.0, 3)


def test_the_volume_of_a_buyer_whose_amounts_are_all_withheld_is_unknown_not_zero(client: TestClient) -> None:
    alone, whole = sorted(client.get("/v1/buyers?sort=volume").json()["results"], key=lambda one: one["contracts"])
    assert (alone["siren"], alone["volume_eur_year"], alone["contracts_with_amount"]) == (OTHER[:9], None, 0)
    assert alone["factors"]["volume"] == 0.5  # neither for nor against
    assert (whole["contracts"], whole["contracts_with_amount"]) == (6, 3) and whole["volume_eur_year"] > 0
    page = client.get("/acheteurs?sort=volume", headers={"Accept": "text/html"}).text
    assert "<dt>Volume</dt><dd>inconnu</dd>" in page and "3 montants connus sur 6" in page
    text = client.get("/v1/buyers.csv?sort=volume").content.decode("utf-8-sig")
    rows = {row["SIREN de l'acheteur"]: row for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=";")}
    assert rows[OTHER[:9]]["Volume (€ HT par an)"] == "" and rows[OTHER[:9]]["Marchés au montant connu"] == "0"
