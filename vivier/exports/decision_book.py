"""Writes the decision on a programme as files: a CSV of its lines, and a workbook with its months and how it was computed."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from vivier.exports.book import Book
from vivier.exports.delimited import spreadsheet_line
from vivier.search.columns import Cell
from vivier.text.guard import safe_cell

HEADERS: Final = (
    "Ligne",
    "Lot",
    "Objet",
    "Montant HT",
    "Durée en mois",
    "Lancement",
    "Levier du programme",
    "Levier de la ligne seule",
    "Pourquoi il change",
    "Heures",
    "Probabilité",
    "Heures attendues",
    "Capacité comptée chez",
)


FAMILIES: Final = (
    *("Famille", "Article", "Lignes", "Dépense par an", "Réemploi dû", "Recyclé dû"),
    *("Réemploi manquant", "Recyclé manquant", "En clair"),
)


def decision_csv(body: Mapping[str, Any]) -> bytes:
    """The lines as a CSV: UTF-8 with BOM, « ; », CRLF, texts guarded against formulas."""
    rows: list[list[Cell]] = [[*HEADERS], *_rows(body)]
    return ("\ufeff" + "".join(map(spreadsheet_line, rows))).encode()


def decision_workbook(body: Mapping[str, Any]) -> bytes:
    """The bytes of the workbook. Hours that are unknown are an empty cell."""
    file = io.BytesIO()
    book = Book(file)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    _sheet(book.add_worksheet("Programme"), [HEADERS, *_rows(body)], (8, 8, 50, 14, 10, 12, 28, 28, 50), bold)
    months = [(row["month"], row["clause"], row["reserved"]) for row in body["months"]]
    heads = ("Mois", "Heures de clauses", "Heures de marchés confiés")
    _sheet(book.add_worksheet("Heures par mois"), [heads, *months], (12, 24, 24), bold)
    _sheet(
        book.add_worksheet("Réemploi et recyclé"),
        [FAMILIES, *_families(body)],
        (40, 30, 14, 16, 14, 14, 14, 14, 90),
        bold,
    )
    _sheet(
        book.add_worksheet("Lisez-moi"),
        [("Vivier : un programme décidé d'ensemble", ""), *_notes(body)],
        (34, 110),
        bold,
    )
    book.close()
    return file.getvalue()


def _rows(body: Mapping[str, Any]) -> Iterator[list[Cell]]:
    for line in body["lines"]:
        yield [
            line["line"],
            line["lot"],
            line["text"],
            line["amount"],
            line["months"],
            line["start"],
            line["lever_fr"],
            line["own_lever_fr"],
            line["why_fr"] or None,
            line["hours"],
            line["probability"],
            line["expected_hours"],
            tuple(supposed["name"] for supposed in line["supposed"]),
        ]


def _families(body: Mapping[str, Any]) -> Iterator[list[Cell]]:
    """The shares that each family owes; a share that nobody read is an empty cell."""
    for family in body["families"]:
        lines = ", ".join(map(str, family["lines"]))
        owed, missing = family["owed"] or (None, None), family["missing"] or (None, None)
        yield [
            family["family"],
            family["article"],
            lines,
            family["annual"],
            *owed,
            *missing,
            " ".join(family["text"]),
        ]


def _notes(body: Mapping[str, Any]) -> Iterator[tuple[str, Cell]]:
    solver, targets = body["solver"], body["targets"]
    yield "Service non officiel", "Aide à la décision, qui ne vaut pas conseil juridique."
    yield "Part visée", targets["share"]
    yield "Heures visées", targets["hours"]
    yield "Enquêtes au plus", targets["rounds"]
    yield "Preuve", solver["text"]
    yield "Borne des heures utiles", solver["bound"]
    yield "Écart à la borne", solver["gap"]
    for sentence in body["summary"]:
        yield "Bilan", sentence
    for line in body["waiting"]:
        yield f"Ligne {line['line']} non comptée", f"{line['text']} : {line['state_fr']}"
    for limit in body["limits"]:
        yield "Limite", limit


def _sheet(sheet: Any, rows: Iterable[Sequence[Cell]], widths: Sequence[int], bold: Any) -> None:
    """Rows of cells under a line of titles; an unknown value is an empty cell."""
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for number, row in enumerate(rows):
        cells = [", ".join(cell) if isinstance(cell, tuple) else cell for cell in row]
        sheet.write_row(number, 0, [safe_cell(cell) for cell in cells], None if number else bold)
    sheet.freeze_panes(1, 0)
