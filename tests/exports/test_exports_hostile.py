"""Texts of others do nothing: no formula, no control character, no link but to the web, in any format."""

from __future__ import annotations

import io
import sys
import unicodedata
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from tests.exports.conftest import HOSTILE, download, read_csv, read_jsonl, read_xlsx
from vivier.exports.files import LONGEST_CELL, is_web_address
from vivier.text.guard import safe, safe_cell

QUERY = "fields=name,networks,website,description&sort=name"


def starts_a_formula(text: str) -> bool:
    """Read otherwise than the guard does: the first thing seen, in its compatibility form."""
    seen = [one for one in text if not one.isspace() and unicodedata.category(one)[0] not in "CZM"]
    return bool(seen) and unicodedata.normalize("NFKC", seen[0])[:1] in tuple("=+-@−")


def assert_inert(text: str) -> None:
    assert not starts_a_formula(text), ascii(text)
    assert not any(unicodedata.category(one) in ("Cc", "Cs") for one in text), ascii(text)
    assert not any(one in text for one in "\u202e\ufffe\uffff\u2028"), ascii(text)


@pytest.mark.slow
@pytest.mark.parametrize("read", [("csv", read_csv), ("xlsx", read_xlsx)], ids=lambda read: read[0])
def test_no_cell_begins_a_formula_or_holds_a_control_character(hostile: TestClient, read: Any) -> None:
    extension, reader = read
    rows = reader(download(hostile, extension, QUERY))
    assert len(rows) == len(HOSTILE)
    for row in rows:
        for cell in row.values():
            if isinstance(cell, str):
                assert_inert(cell)


@pytest.mark.parametrize("text", HOSTILE[:18], ids=ascii)
def test_a_text_that_could_be_a_formula_begins_with_an_apostrophe(text: str) -> None:
    assert safe(text).startswith("'")
    assert safe_cell(text) == safe(text)


def test_names_that_only_look_odd_are_left_as_they_are(hostile: TestClient) -> None:
    names = {row["Nom"] for row in read_csv(download(hostile, "csv", QUERY))}
    plain = {
        'Nom ; avec « ; » et "guillemets"',
        'Fin"',
        "Séparateur | de valeurs",
        "<script>alert(1)</script>",
        "x" * 300,
    }
    assert plain | {"Œuvre 𝒜 日本語 العربية ✅", "e\u0301te\u0301", "'"} <= names
    assert {"Deux lignes", "Nul et cloche[31m", "jardin"} <= names


def test_json_keeps_the_texts_as_published(hostile: TestClient) -> None:
    assert {line["name"] for line in read_jsonl(download(hostile, "jsonl", QUERY))} == set(HOSTILE)
    features = hostile.get("/v1/suppliers.geojson?fields=name").json()["features"]
    assert {feature["properties"]["name"]["value"] for feature in features} == set(HOSTILE)


@pytest.mark.slow
def test_xlsx_cells_are_texts_and_links_go_to_the_web_alone(hostile: TestClient) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(download(hostile, "xlsx", QUERY)))["Fournisseurs"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    links = [cell for cell in cells if cell.hyperlink is not None]
    assert len(links) == (len(HOSTILE) + 1) // 2
    assert all(str(cell.hyperlink.target).startswith("https://") for cell in links)
    assert any(str(cell.value).startswith("javascript:") for cell in cells)


@pytest.mark.slow
def test_a_text_longer_than_a_cell_of_excel_says_it_is_cut(hostile: TestClient) -> None:
    rows = read_xlsx(download(hostile, "xlsx", QUERY))
    longest = max((row["Présentation"] for row in rows), key=len)
    assert len(longest) == LONGEST_CELL
    assert longest.endswith("(texte coupé\xa0: limite d’Excel)")
    assert all(
        len(row["Présentation"]) > 10_000
        for row in read_csv(download(hostile, "csv", QUERY))
        if row["Nom"][:3] == "xxx"
    )


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("https://example.org/a?b=1#c", True),
        ("http://example.org", True),
        ("HTTPS://EXAMPLE.ORG", True),
        ("javascript:alert(1)", False),
        ("ftp://example.org", False),
        ("file:///etc/passwd", False),
        ("https:", False),
        ("https://banque.example@example.org", False),
        ("https://example.org/ a", False),
        ("https://exаmple.org", False),
        ("//example.org", False),
        ("https://[::1", False),
        ("https://example.org/" + "a" * 3_000, False),
    ],
)
def test_a_web_address_is_http_with_a_host_in_plain_sight(text: str, accepted: bool) -> None:
    assert is_web_address(text) is accepted


@pytest.mark.slow
@given(st.text(max_size=60))
def test_any_text_is_made_inert_once_and_for_all(text: str) -> None:
    made = safe(text)
    assert_inert(made)
    assert safe(made) == made
    assert safe_cell(text) == made


@pytest.mark.slow
def test_no_letter_or_digit_is_an_operator_in_disguise() -> None:
    """What the guard lets through at once."""
    every = map(chr, range(sys.maxunicode + 1))
    assert [one for one in every if one.isalnum() and starts_a_formula(one)] == []


def test_numbers_stay_numbers() -> None:
    assert [safe_cell(cell) for cell in (-1.5, -2, 4.0, 0, None, ())] == [-1.5, -2, 4, 0, None, None]
