"""Writes the hours that companies told as a facilitator's follow-up table: one row a month and a company, sums by lot, buyer and basin. A month that nobody
reported is an empty cell."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from vivier.exports.book import Book
from vivier.exports.delimited import spreadsheet_line
from vivier.search.columns import Cell
from vivier.text.guard import safe_cell

HEADERS: Final = (
    *("Lot", "Référence", "Objet", "Acheteur", "Bassin", "Entreprise", "Mois", "Heures", "État", "Dit le", "Par"),
    "Heures dues",
)
_SUMS: Final = ("Lots", "Heures dues", "Heures dites", "Mois passés inconnus")
_LOTS: Final = (
    *("Lot", "Référence", "Objet", "Acheteur", "Bassin", "Heures dues", "Heures dites", "Reste au plus"),
    "Mois passés inconnus",
)
_NOTES: Final = (
    "Un mois vide est inconnu, jamais zéro. Une somme ne compte que les mois dits.",
    "« Mois passés inconnus » : mois terminés qu'une entreprise n'a pas dits, chaque entreprise comptée.",
    "« Reste au plus » : heures dues moins heures dites ; les mois inconnus peuvent en contenir d'autres.",
    "Aucune personne n'est dans ce tableau : les justificatifs nominatifs ne vont qu'au facilitateur.",
)


def hours_told_csv(body: Mapping[str, Any]) -> bytes:
    """One row a month, a company and a lot: UTF-8 with BOM, « ; », CRLF, texts guarded against formulas."""
    rows: list[Sequence[Cell]] = [HEADERS, *_months(body)]
    return ("\ufeff" + "".join(map(spreadsheet_line, rows))).encode()


def hours_told_workbook(body: Mapping[str, Any]) -> bytes:
    """The bytes of the workbook: months, lots, buyers, basins, publics and ways, notes."""
    file = io.BytesIO()
    book = Book(file)
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    _sheet(book.add_worksheet("Mois par mois"), [HEADERS, *_months(body)], bold)
    _sheet(book.add_worksheet("Par lot"), [_LOTS, *_lots(body)], bold)
    for title, name, rows in (("Par acheteur", "Acheteur", "buyers"), ("Par bassin", "Bassin", "basins")):
        sums = ((row["name"], row["lots"], row["due"], row["done"], row["unknown"]) for row in body[rows])
        _sheet(book.add_worksheet(title), [(name, *_SUMS), *sums], bold)
    shares = [
        (lot["lot"], share["quarter"], share["what_fr"], share["hours"])
        for lot in body["lots"]
        for share in lot["shares"]
    ]
    _sheet(book.add_worksheet("Publics et voies"), [("Lot", "Trimestre", "Public ou voie", "Heures"), *shares], bold)
    _sheet(
        book.add_worksheet("Lisez-moi"),
        [("Vivier : suivi des heures d'insertion",), *((note,) for note in _NOTES)],
        bold,
    )
    book.close()
    return file.getvalue()


def _months(body: Mapping[str, Any]) -> Iterator[Sequence[Cell]]:
    for lot in body["lots"]:
        for company in lot["companies"]:
            for month in company["months"]:
                state = "à venir" if not month["begun"] else "inconnu" if month["hours"] is None else "dit"
                names = (lot["lot"], lot["reference"], lot["object"], lot["buyer"], lot["basin"], company["name"])
                yield (*names, month["month"], month["hours"], state, month["given_on"], month["by_fr"], lot["due"])


def _lots(body: Mapping[str, Any]) -> Iterator[Sequence[Cell]]:
    names = ("lot", "reference", "object", "buyer", "basin", "due", "done", "left", "unknown")
    for lot in body["lots"]:
        yield [lot[name] for name in names]


def _sheet(sheet: Any, rows: Iterable[Sequence[Cell]], bold: Any) -> None:
    sheet.set_column(0, len(HEADERS) - 1, 18)
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, [safe_cell(cell) for cell in row], None if number else bold)
    sheet.freeze_panes(1, 0)
