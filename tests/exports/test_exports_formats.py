"""Every format holds the whole search: the same suppliers, in the same order, with the same cells."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from tests.exports.conftest import Rows, download, read_csv, read_jsonl, read_xlsx
from vivier.french import typographic
from vivier.model import Capacity
from vivier.search.query import filters
from vivier.suppliers.columns import COLUMNS, columns_of
from vivier.suppliers.query import FIELDS, SupplierQuery
from vivier.suppliers.rows import UNITS
from vivier.text.guard import SEPARATOR, safe_cell

QUERIES = [
    "",
    "territory=departement:35",
    "territory=region:84&coverage=any&sort=distance",
    "territory=FR",
    "near=2.35,48.85&radius_km=200&sort=distance",
    "q=jardins",
    "kind=EI&sort=name",
    "sort=updated",
    "sort=neutral&seed=appel-2026-7",
    "turnover_min=1000",
    "lot_amount=60000&lot_months=12",
    "q=introuvable",
]
NAMES = {header: column.name for column in COLUMNS for header in (column.header, typographic(column.header))}
"""The technical name of each heading, plain as in a CSV and set as in a workbook."""


def listed(client: TestClient, query: str) -> list[dict[str, Any]]:
    """The results of every page of the search."""
    found: list[dict[str, Any]] = []
    for page in range(1, 100):
        body = client.get(f"/v1/suppliers?{query}&per_page=100&page={page}").json()
        found += body["results"]
        if page >= body["pages"]:
            assert len(found) == body["total"]
            return found
    raise AssertionError


@pytest.mark.slow
@pytest.mark.parametrize("query", QUERIES)
def test_every_format_gives_the_pages_of_the_search_end_to_end(client: TestClient, query: str) -> None:
    results = listed(client, query)
    ids = [result["id"] for result in results]
    lines = read_jsonl(download(client, "jsonl", query))
    assert [line["id"] for line in lines] == ids
    assert [line["rank"] for line in lines] == list(range(1, len(ids) + 1))
    assert [line["distance_km"] for line in lines] == [result["distance_km"] for result in results]
    assert [line["reasons"] for line in lines] == [[one["text"] for one in result["reasons"]] for result in results]
    assert [row["Identifiant Vivier"] for row in read_csv(download(client, "csv", query))] == ids
    assert [row["Identifiant Vivier"] for row in read_xlsx(download(client, "xlsx", query))] == ids
    features = client.get(f"/v1/suppliers.geojson?{query}").json()["features"]
    assert [feature["id"] for feature in features] == ids


@pytest.mark.slow
@pytest.mark.parametrize("query", ["territory=departement:35", "sort=name&fields=description,labels"])
def test_the_cells_of_a_table_are_those_of_the_json(client: TestClient, query: str) -> None:
    lines = read_jsonl(download(client, "jsonl", query))
    assert lines
    tables: dict[str, Rows] = {
        "csv": read_csv(download(client, "csv", query)),
        "xlsx": read_xlsx(download(client, "xlsx", query)),
    }
    for extension, rows in tables.items():
        for row, line in zip(rows, lines, strict=True):
            assert [NAMES[header] for header in row] == list(line), extension
            for header, found in row.items():
                value = line[NAMES[header]]
                expected = safe_cell(tuple(value) if isinstance(value, list) else value)
                if extension == "csv":
                    assert found == ("" if expected is None else str(expected)), header
                else:
                    assert found == (typographic(expected) if isinstance(expected, str) else expected), header


def test_csv_is_what_a_french_spreadsheet_opens(client: TestClient) -> None:
    content = download(client, "csv", "kind=EI")
    assert content.startswith(b'\xef\xbb\xbf"Rang";"Identifiant Vivier";"Nom"')
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    line = next(row for row in content.decode("utf-8-sig").split("\r\n")[1:] if re.search(r';"\d{14}";', row))
    assert line.startswith("1;") or re.match(r"\d+;", line)  # numbers are not quoted, texts are


@pytest.mark.slow
def test_sirens_and_codes_are_texts_and_figures_numbers_in_xlsx(client: TestClient) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(download(client, "xlsx", "territory=FR")))["Fournisseurs"]
    types: dict[str, set[str]] = {}
    for column in sheet.iter_cols():
        types[str(column[0].value)] = {cell.data_type for cell in column[1:] if cell.value is not None}
    assert types["SIRET"] == types["SIREN"] == types["Département"] == {"s"}
    assert types["Chiffre d’affaires (€)"] == types["Distance (km)"] == types["Rang"] == {"n"}
    assert {name for name, found in types.items() if found - {"s", "n"}} == set()
    assert sheet.freeze_panes is not None


@pytest.mark.slow
def test_unknown_is_an_empty_cell_and_the_word_only_tells_a_state(client: TestClient) -> None:
    rows = read_csv(download(client, "csv"))
    assert any(row["Chiffre d'affaires (€)"] == "" for row in rows)
    assert any(row["Distance (km)"] == "0" for row in read_csv(download(client, "csv", "territory=departement:35")))
    assert {header for row in rows for header, value in row.items() if value == "inconnu"} == set()
    asked = read_csv(download(client, "csv", "lot_amount=60000&lot_months=12"))
    assert {header for row in asked for header, value in row.items() if value == "inconnue"} == {"Capacité pour le lot"}
    assert {row["Couverture"] for row in rows} == {""}


def test_nothing_found_is_a_header_alone(client: TestClient) -> None:
    query = "q=introuvable"
    assert len(download(client, "csv", query).decode().splitlines()) == 1
    assert download(client, "jsonl", query) == b""
    assert read_xlsx(download(client, "xlsx", query)) == []


def test_fields_choose_the_columns_and_credit_always_comes(client: TestClient) -> None:
    (line, *_) = read_jsonl(download(client, "jsonl", "fields=website&territory=departement:35"))
    assert list(line) == [column.name for column in COLUMNS if column.part in (None, "website")]
    assert {"id", "sources", "query_url", "method_versions", "reasons"} <= line.keys()
    assert [column.name for column in columns_of(())][-2:] == ["query_url", "method_versions"]


def test_every_part_of_fields_has_a_column_and_no_column_another_part() -> None:
    assert {column.part for column in COLUMNS} - {None} == set(FIELDS) - {"sources"}
    assert len({column.name for column in COLUMNS}) == len({column.header for column in COLUMNS}) == len(COLUMNS) == 30


def test_the_written_docs_hold_the_table_of_columns() -> None:
    text = (Path(__file__).parents[2] / "docs" / "generated" / "api-suppliers.md").read_text(encoding="utf8")
    for one in COLUMNS:
        part = "always" if one.part is None else f"`{one.part}`"
        assert f"| `{one.name}` | {one.header} | {part} | {one.meaning} |" in text


def test_every_unit_of_capacity_has_its_words() -> None:
    assert set(UNITS) == set(Capacity.model_fields["unit"].annotation.__args__)  # type: ignore[union-attr]


@pytest.mark.slow
def test_labels_and_kinds_that_hold_are_those_the_filters_find(client: TestClient) -> None:
    lines = {line["id"]: line for line in read_jsonl(download(client, "jsonl"))}
    for name, column in (("label", "valid_labels"), ("kind", "kinds")):
        assert name in filters(SupplierQuery)
        for code in {code for line in lines.values() for code in line[column]}:
            found = {line["id"] for line in read_jsonl(download(client, "jsonl", f"{name}={code}"))}
            assert found == {id_ for id_, line in lines.items() if code in line[column]}, code


def test_an_expired_label_is_shown_as_such_with_its_dates_and_proof(client: TestClient) -> None:
    lines = read_jsonl(download(client, "jsonl"))
    expired = [text for line in lines for text in line["labels"] if "expiré depuis le 31/01/2024" in text]
    assert expired
    assert all("source : Liste d'essai, mise à jour le 01/11/2026, lue le 20/11/2026" in text for text in expired)


def test_every_row_names_its_sources_with_producer_licence_and_dates(client: TestClient) -> None:
    for line in read_jsonl(download(client, "jsonl")):
        assert (
            "Réseau d'essai – Liste d'essai (Licence Ouverte 2.0), mise à jour le 01/11/2026, lue le 20/11/2026"
            in (line["sources"])
        )
        assert SEPARATOR not in line["sources"][0]


def test_the_query_in_the_file_gives_the_same_rows_again(client: TestClient) -> None:
    query = "territory=departement:38&kind=EI,ACI&sort=neutral"
    lines = read_jsonl(download(client, "jsonl", query))
    assert lines
    again = lines[0]["query_url"]
    assert "as_of=2026-11-24" in again
    assert [one["id"] for one in client.get(f"{again}&per_page=100").json()["results"]] == [one["id"] for one in lines]


@pytest.mark.slow
def test_the_lisez_moi_sheet_tells_query_date_columns_and_sources(client: TestClient) -> None:
    query = "territory=departement:38&label=RGE,IMPRIM_VERT&coverage=any&turnover_min=1"
    book = openpyxl.load_workbook(io.BytesIO(download(client, "xlsx", query)))
    rows = [[cell for cell in row if cell is not None] for row in book["Lisez-moi"].iter_rows(values_only=True)]
    told = {row[0]: row[1:] for row in reversed(rows) if len(row) > 1}  # the first of a name is about the search
    assert told["À la date du"] == ["24/11/2026"]
    assert told["Paramètre territory"] == ["departement:38"]
    assert "Paramètre facets" not in told
    assert told["Fournisseurs"] == [book["Fournisseurs"].max_row - 1]
    assert str(told["Adresse qui la refait"][0]).startswith("/v1/suppliers?territory=departement:38")
    assert all(
        [typographic(column.header), column.name, typographic(column.meaning)] in rows for column in columns_of(())
    )
    sentences = [row[0] for row in rows if len(row) == 1] + [row[2] for row in rows if len(row) == 3]
    assert [text for text in map(str, sentences) if typographic(text) != text] == []
    texts = [str(cell) for row in rows for cell in row]
    assert any("Imprim’Vert" in text and "source non connectée" in text for text in texts)
    assert any("faute d’information" in text for text in texts)
    assert told["liste-test"] == [
        "Réseau d’essai",
        "Liste d’essai",
        "Licence Ouverte 2.0",
        "https://example.org/liste-test",
        "2026-11-01",
        "2026-11-20",
    ]
