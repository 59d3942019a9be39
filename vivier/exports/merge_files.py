"""The mail-merge files of a message to several structures: one row each, guarded against formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from vivier.exports.book import Book
from vivier.search.columns import Cell
from vivier.text.guard import plain, safe

HEADINGS: Final = (
    *("Structure", "Commune", "SIRET", "Courriel", "Téléphone", "Site web", "Annuaire des entreprises"),
    *("Comment la joindre", "Lien personnel", "Objet", "Message"),
)


def merge_csv(rows: Iterable[list[Cell]]) -> bytes:
    """UTF-8 with BOM, « ; », CRLF; a message keeps its lines."""
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS)
    writer.writerows([_text(cell) for cell in row] for row in rows)
    return ("\ufeff" + file.getvalue()).encode()


def merge_xlsx(rows: Iterable[list[Cell]]) -> bytes:
    """The same as a workbook of one sheet. Texts are never formulas nor links."""
    file = io.BytesIO()
    book = Book(file)
    sheet = book.add_worksheet("Publipostage")
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(HEADINGS) - 1, 24)
    sheet.write_row(0, 0, HEADINGS, book.add_format({"bold": True}))
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(row):
            sheet.write_string(number, place, _text(cell))
    book.close()
    return file.getvalue()


def _text(cell: Cell) -> str:
    """A cell as a text that no spreadsheet reads as a formula, line by line: only the first could begin one."""
    first, *others = str("" if cell is None else cell).splitlines() or [""]
    return "\n".join((safe(first), *map(plain, others)))
