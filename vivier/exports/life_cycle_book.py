"""Writes a comparison of life-cycle costs as a workbook: costs by part, then how they were computed. Texts are never formulas."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from vivier.desk.method.life_cycle import PARTS, Part
from vivier.exports.book import Book
from vivier.text.guard import safe_cell


def life_cycle_workbook(body: Mapping[str, Any]) -> bytes:
    """The bytes of the workbook. An unknown cost is an empty cell, and its offer has no total."""
    file = io.BytesIO()
    book = Book(file)
    bold, money = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "#,##0.00"})
    sheet = book.add_worksheet("Coût global")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 8, 18)
    sheet.write_row(0, 0, ["Poste, en euros HT", *(safe_cell(offer["name"]) for offer in body["offers"])], bold)
    parts: list[Part] = body["parts"]
    for row, part in enumerate(parts, 1):
        sheet.write_string(row, 0, PARTS[part])
        for column, offer in enumerate(body["offers"], 1):
            if offer["costs"][part] is not None:
                sheet.write_number(row, column, offer["costs"][part], money)
    last = len(parts) + 1
    for row, (title, name) in enumerate(
        (("Total", "total"), ("Au-dessus de la moins chère", "above_lowest"), ("Rang", "rank")), last
    ):
        sheet.write_string(row, 0, title, bold)
        for column, offer in enumerate(body["offers"], 1):
            if offer[name] is None:
                sheet.write_string(row, column, "incomplète" if name == "total" else "")
            else:
                sheet.write_number(row, column, offer[name], money if name != "rank" else None)
    readme = book.add_worksheet("Lisez-moi")
    readme.set_column(0, 0, 34)
    readme.set_column(1, 1, 110)
    lines = [
        ("Durée de comparaison, en années", body["years"]),
        ("Taux d'actualisation par an", body["discount_rate"]),
        ("Prix de la tonne de CO₂, en euros", "non compté" if body["carbon_price"] is None else body["carbon_price"]),
        ("Formule", body["formula"]),
        *(("Conclusion", line) for line in body["summary"]),
        *(
            (f"Article {offer['code']} ({offer['status_fr']})", f"{offer['title']} : {offer['rule']}")
            for offer in body["articles"]
        ),
        *(("Limite", line) for line in body["limits"]),
        ("Méthode", body["meta"]["method_versions"]["life_cycle"]),
    ]
    for row, line in enumerate(lines):
        readme.write_row(row, 0, [safe_cell(cell) for cell in line])
    book.close()
    return file.getvalue()
