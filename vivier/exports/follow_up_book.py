"""Writes the follow-up of insertion hours as a workbook: hours done are typed, what remains is computed by the sheet itself. Texts that
users gave are never formulas."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Final

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell  # type: ignore[import-untyped]

from vivier.exports.book import Book
from vivier.text.guard import safe

_FIRST: Final = 7
"""Row of the first month, counted from 0."""
_OWED: Final = "$B$4"
"""The cell where the hours due stand."""


def follow_up_workbook(body: Mapping[str, Any]) -> bytes:
    file = io.BytesIO()
    book = Book(file)
    styles = {
        "bold": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
        "typed": book.add_format({"bg_color": "#FFF9E5", "border": 1, "num_format": "#,##0"}),
        "made": book.add_format({"num_format": "#,##0", "border": 1}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    _hours(book.add_worksheet("Heures"), body, styles)
    _shares(book.add_worksheet("Publics et voies"), body, styles)
    book.close()
    return file.getvalue()


def _hours(sheet: Any, body: Mapping[str, Any], styles: Mapping[str, Any]) -> None:
    """Hours done, month by month and company by company; total, sum so far, hours left."""
    companies, months = body["companies"], body["months"]
    n, last = len(companies), _FIRST + len(months) - 1
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, n + 3, 18)
    sheet.write_string(0, 0, "Suivi des heures d'insertion", styles["bold"])
    for row, (title, text) in enumerate((("Objet", body["object"]), ("Référence", body["reference"])), 1):
        sheet.write_string(row, 0, title)
        sheet.write_string(row, 1, safe(text) if text else "à compléter")
    sheet.write_string(3, 0, "Heures dues")
    if body["hours"] is None:
        sheet.write_blank(3, 1, None, styles["typed"])
    else:
        sheet.write_number(3, 1, body["hours"], styles["typed"])
    sheet.write_string(4, 0, body["notice"])
    heads = ["Mois", *(safe(name) for name in companies), "Total du mois", "Fait depuis le début", "Reste à faire"]
    sheet.write_row(_FIRST - 1, 0, heads, styles["bold"])
    for row, month in enumerate(months, _FIRST):
        sheet.write_string(row, 0, month)
        for column in range(1, n + 1):
            sheet.write_blank(row, column, None, styles["typed"])
        done = f"SUM({xl_rowcol_to_cell(row, 1)}:{xl_rowcol_to_cell(row, n)})"
        so_far = f"SUM({xl_rowcol_to_cell(_FIRST, n + 1, row_abs=True)}:{xl_rowcol_to_cell(row, n + 1)})"
        sheet.write_formula(row, n + 1, f"={done}", styles["made"], 0)
        sheet.write_formula(row, n + 2, f"={so_far}", styles["made"], 0)
        left = f'=IF({_OWED}="","",MAX(0,{_OWED}-{xl_rowcol_to_cell(row, n + 2)}))'
        sheet.write_formula(row, n + 3, left, styles["made"], "" if body["hours"] is None else body["hours"])
    sheet.write_string(last + 1, 0, "Total", styles["bold"])
    for column in range(1, n + 2):
        name = xl_col_to_name(column)
        sheet.write_formula(last + 1, column, f"=SUM({name}{_FIRST + 1}:{name}{last + 1})", styles["made"], 0)
    sheet.data_validation(
        _FIRST,
        1,
        last,
        n,
        {
            "validate": "decimal",
            "criteria": ">=",
            "value": 0,
            "error_title": "Heures",
            "error_message": "Écrivez un nombre d'heures, positif ou nul. Laissez vide ce qui n'est pas connu.",
        },
    )
    sheet.freeze_panes(_FIRST, 1)
    sheet.repeat_rows(_FIRST - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _shares(sheet: Any, body: Mapping[str, Any], styles: Mapping[str, Any]) -> None:
    """Hours by public and by way, a column a quarter: numbers, never names."""
    quarters = (len(body["months"]) + 2) // 3
    sheet.set_column(0, 0, 46)
    sheet.write_string(0, 0, "Heures par public éligible et par voie, chaque trimestre, sans nom", styles["bold"])
    sheet.write_row(1, 0, ["", *(f"Trimestre {rank}" for rank in range(1, quarters + 1)), "Total"], styles["bold"])
    row = 2
    for title, names in (("Publics éligibles", body["publics"]), ("Voies", body["ways"])):
        sheet.write_string(row, 0, title, styles["bold"])
        for name in names:
            row += 1
            sheet.write_string(row, 0, name, styles["wrap"])
            for column in range(1, quarters + 1):
                sheet.write_blank(row, column, None, styles["typed"])
            ends = f"{xl_rowcol_to_cell(row, 1)}:{xl_rowcol_to_cell(row, quarters)}"
            sheet.write_formula(row, quarters + 1, f"=SUM({ends})", styles["made"], 0)
        row += 2
