"""Workbooks are laid out to be filled in and printed: titles stay in sight, cells to fill in are marked, sums add what stands above."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from tests.search_api.pages.html import plain
from vivier.desk.read.headings import TITLES
from vivier.exports.book import tables_book
from vivier.exports.files import is_web_address
from vivier.exports.follow_up_book import follow_up_workbook
from vivier.exports.life_cycle_book import life_cycle_workbook
from vivier.exports.merge_files import merge_xlsx
from vivier.exports.programme_model import model_workbook

FOLLOW_UP: dict[str, Any] = {
    "companies": ["Éclat", "Serre"],
    "months": ["janvier", "février", "mars", "avril"],
    "object": "Nettoyage",
    "reference": None,
    "hours": 700,
    "notice": "Sans nom.",
    "publics": ["DELD", "RSA"],
    "ways": ["Embauche directe"],
}
COSTS: dict[str, Any] = {
    "parts": ["acquisition", "use"],
    "offers": [
        {"name": "A", "costs": {"acquisition": 10, "use": 2.5}, "total": 12.5, "above_lowest": 0, "rank": 1},
        {"name": "B", "costs": {"acquisition": 9, "use": None}, "total": None, "above_lowest": None, "rank": None},
    ],
    "years": 8,
    "discount_rate": 0.04,
    "carbon_price": 150,
    "formula": "somme",
    "summary": ["A coûte le moins."],
    "articles": [],
    "limits": [],
    "meta": {"method_versions": {"life_cycle": "1"}},
}


def seen(content: bytes) -> str:
    """The sheets of a workbook as text: title, what stays in sight, widths of columns, rows. ``*``: bold; ``_``: to fill in; ``[…]``: with a frame and
    no decimals; ``€``: with two decimals. What a formula shows before anything is filled in follows it."""
    shown = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    lines: list[str] = []
    for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
        widths = " ".join(f"{one.min}-{one.max}:{one.width:.0f}" for one in sheet.column_dimensions.values())
        lines.append(f"# {sheet.title}, {sheet.freeze_panes}, {widths}".rstrip())
        for row in sheet.iter_rows():
            cells = (_seen(cell, shown[sheet.title][cell.coordinate].value) for cell in row)
            lines.append(" | ".join(cells).rstrip(" |"))
    return plain("\n".join(lines))


def _seen(cell: Any, shown: Any) -> str:
    text = "" if cell.value is None else str(cell.value) if cell.value == shown else f"{cell.value} → {shown}"
    text = f"_{text}" if cell.fill.fgColor.rgb == "FFFFF9E5" else text
    text = f"[{text}]" if cell.border.left.style and cell.number_format == "#,##0" else text
    text = f"{text} €" if cell.number_format == "#,##0.00" else text
    return f"*{text}" if cell.font.b else text


HOURS = """# Heures, B8, 1-1:27 2-6:19
*Suivi des heures d'insertion
Objet | Nettoyage
Référence | à compléter
Heures dues | [_700]
Sans nom.

*Mois | *Éclat | *Serre | *Total du mois | *Fait depuis le début | *Reste à faire
janvier | [_] | [_] | [=SUM(B8:C8) → 0] | [=SUM(D$8:D8) → 0] | [=IF($B$4="","",MAX(0,$B$4-E8)) → 700]
février | [_] | [_] | [=SUM(B9:C9) → 0] | [=SUM(D$8:D9) → 0] | [=IF($B$4="","",MAX(0,$B$4-E9)) → 700]
mars | [_] | [_] | [=SUM(B10:C10) → 0] | [=SUM(D$8:D10) → 0] | [=IF($B$4="","",MAX(0,$B$4-E10)) → 700]
avril | [_] | [_] | [=SUM(B11:C11) → 0] | [=SUM(D$8:D11) → 0] | [=IF($B$4="","",MAX(0,$B$4-E11)) → 700]
*Total | [=SUM(B8:B11) → 0] | [=SUM(C8:C11) → 0] | [=SUM(D8:D11) → 0]
# Publics et voies, None, 1-1:47
*Heures par public éligible et par voie, chaque trimestre, sans nom
* | *Trimestre 1 | *Trimestre 2 | *Total
*Publics éligibles
DELD | [_] | [_] | [=SUM(B4:C4) → 0]
RSA | [_] | [_] | [=SUM(B5:C5) → 0]

*Voies
Embauche directe | [_] | [_] | [=SUM(B8:C8) → 0]"""


def test_hours_are_typed_month_by_month_and_added_by_the_sheet() -> None:
    content = follow_up_workbook(FOLLOW_UP)
    assert seen(content) == HOURS
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Heures"]
    (rule,) = sheet.data_validations.dataValidation
    assert (str(rule.sqref), rule.type, rule.operator, rule.formula1) == (
        "B8:C11",
        "decimal",
        "greaterThanOrEqual",
        "0",
    )
    printed = sheet.page_setup
    assert (sheet.print_title_rows, printed.orientation, printed.paperSize) == ("$7:$7", "landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and (printed.fitToWidth or 1, printed.fitToHeight) == (1, 0)
    unknown = seen(follow_up_workbook({**FOLLOW_UP, "hours": None})).replace("[_] ", "[_700] ").splitlines()
    assert unknown[4] == "Heures dues | [_]" and unknown[8].endswith("$B$4-E8)) → None]")


COSTS_SEEN = """# Coût global, None, 1-1:35 2-9:19
*Poste, en euros HT | *A | *B
acquisition | 10 € | 9 €
utilisation | 2.5 €
*Total | 12.5 € | incomplète
*Au-dessus de la moins chère | 0 €
*Rang | 1
# Lisez-moi, None, 1-1:35 2-2:111
Durée de comparaison, en années | 8
Taux d'actualisation par an | 0.04
Prix de la tonne de CO₂, en euros | 150
Formule | somme
Conclusion | A coûte le moins.
Méthode | 1"""


def test_costs_of_offers_are_side_by_side_and_an_unknown_cost_has_no_total() -> None:
    assert seen(life_cycle_workbook(COSTS)) == COSTS_SEEN
    assert "Prix de la tonne de CO₂, en euros | non compté\n" in seen(
        life_cycle_workbook({**COSTS, "carbon_price": None})
    )


def test_a_message_to_merge_keeps_its_titles_and_the_name_of_the_structure_in_sight() -> None:
    opened, titles, *lines = seen(merge_xlsx([["Éclat", None, "a\n=b"]])).splitlines()
    assert opened == "# Publipostage, B2, 1-11:25" and lines == ["Éclat |  | a", "=b"]
    assert all(title.startswith("*") for title in titles.split(" | "))


def test_the_model_of_a_programme_is_wide_where_one_writes_much() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(model_workbook())).active
    assert sheet is not None and sheet["A1"].font.i and not sheet["A2"].font.i
    wide = {cell.value for cell in sheet[2] if sheet.column_dimensions[cell.column_letter].width == 34}
    assert wide == {TITLES[name] for name in ("text", "place", "amount", "consultation")}
    assert {sheet.column_dimensions[cell.column_letter].width for cell in sheet[2]} == {18, 34}
    assert all(cell.font.b and cell.alignment.wrap_text and cell.fill.fgColor.rgb == "00DCE9E4" for cell in sheet[2])


def test_columns_of_a_table_are_as_wide_as_what_they_hold_and_titles_are_bold_and_in_sight() -> None:
    tables = [("Un", [("a" * 9, "b"), ("=1", ("c" * 20, "d" * 90))]), ("Deux", [("e",)])]
    found = seen(tables_book(tables, frozen=1)).replace("c" * 20, "c").replace("d" * 90, "d").replace("a" * 9, "a")
    assert found == "# Un, B2, 1-1:10 2-2:51\n*a | *b\n'=1 | c, d\n# Deux, B2, 1-1:2\n*e"
    assert seen(tables_book(tables)).startswith("# Un, A2, 1-1:10")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://exemple.example/a", True),
        ("http://exemple.example", True),
        ("ftp://exemple.example", False),
        ("https:///a", False),
        ("https://u@exemple.example", False),
        ("https://exemple.example/é", False),
        ("https://exemple.example/a b", False),
        ("https://[a", False),
        ("https://exemple.example/".ljust(2_079, "a"), True),
        ("https://exemple.example/".ljust(2_080, "a"), False),
    ],
)
def test_a_link_is_a_plain_web_address(text: str, is_one: bool) -> None:
    assert is_web_address(text) is is_one
