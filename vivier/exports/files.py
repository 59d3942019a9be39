"""Gives an export as pieces of a file, and writes the file, which is whole or absent."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Protocol
from urllib.parse import urlsplit

from vivier.errors import FieldError, InvalidRequest
from vivier.exports.book import Book
from vivier.exports.document import Table, prepare
from vivier.exports.tables import csv_chunks, jsonl_chunks
from vivier.lexicon import Lexicon
from vivier.names import readable_name
from vivier.search.columns import Cell
from vivier.search.snapshot import Snapshot
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.whole import MAX_ROWS
from vivier.text.guard import safe, safe_cell

README = "Lisez-moi"
Line = tuple[bool, tuple[Cell, ...]]
"""Whether the line is a title, and its cells."""

_READING = (
    "Une cellule vide veut dire « inconnu » ou « non demandé », jamais zéro.",
    "SIREN, SIRET, codes de commune et de département sont du texte. Plusieurs valeurs d'une cellule sont séparées par « | ».",
    "Réutilisation : citez le producteur et la date de mise à jour de chaque source, selon sa licence.",
    "Un texte qui pourrait être lu comme une formule est précédé d'une apostrophe.",
)


def readme_rows(document: Table) -> Iterator[Line]:
    """The lines of the sheet. The sources are those of the rows read so far."""
    yield (
        True,
        (f"Vivier : {document.things.lower()} trouvé{'es' if document.things == 'Opportunités' else 's'}",),
    )
    yield False, ("Service non officiel.",)
    yield False, ()
    yield from _search(document)
    yield False, ()
    for text in (*document.remarks, *_READING):
        yield False, (text,)
    yield False, ()
    yield True, ("Colonne", "Nom technique", "Sens")
    for column in document.columns:
        yield False, (column.header, column.name, column.meaning)
    yield False, ()
    yield from _sources(document)


def _search(document: Table) -> Iterator[Line]:
    yield True, ("Recherche",)
    for title, value in document.parameters:
        yield False, (title, value)


def _sources(document: Table) -> Iterator[Line]:
    yield True, ("Sources", "Producteur", "Jeu de données", "Licence", "Page", "Mise à jour", "Lecture")
    for source in document.sources.listed():
        dates = (source["updated_at"] and source["updated_at"][:10], source["fetched_at"] and source["fetched_at"][:10])
        yield (
            False,
            (source["source_id"], source["producer"], source["dataset"], source["licence"], source["url"], *dates),
        )


LONGEST_CELL = 32_767
"""Most characters that Excel keeps in a cell."""
_CUT = " […] (texte coupé : limite d'Excel)"
_LONGEST_LINK = 2_079
_MOST_LINKS = 60_000
_BYTES = 1 << 16
NAMES = frozenset(("name", "brand", "town", "buyer", "holders"))
"""Columns of names, which a workbook gives in readable capitals; CSV and JSON keep what the register wrote."""


def write_xlsx(document: Table, file: IO[bytes]) -> None:
    """Writes the workbook: the rows, then « Lisez-moi ». ``ExportIncomplete`` is raised before the file is a valid workbook."""
    workbook = Book(file, constant_memory=True)
    made = datetime.combine(document.as_of, datetime.min.time())
    workbook.set_properties(
        {"title": f"Vivier – {document.things.lower()}", "created": made}
    )  # the same query gives the same bytes
    bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    _write_rows(document, workbook.add_worksheet(document.things), bold)
    _write_readme(document, workbook.add_worksheet(README), bold)
    workbook.close()


def read_back(file: IO[bytes]) -> Iterator[bytes]:
    """A written file from its beginning, piece by piece."""
    file.seek(0)
    while piece := file.read(_BYTES):
        yield piece


def _write_rows(document: Table, sheet: Any, bold: Any) -> None:
    sheet.freeze_panes(1, 3)
    for place, column in enumerate(document.columns):
        sheet.set_column(place, place, min(max(len(column.header) + 2, 12), 40))
        sheet.write_string(0, place, safe(column.header), bold)
    links = {place for place, column in enumerate(document.columns) if column.link}
    names = {place for place, column in enumerate(document.columns) if column.name in NAMES}
    last = len(document.columns) - 1
    number = 0
    for number, row in enumerate(document.rows(), 1):
        for place, cell in enumerate(row):
            shown = safe_cell(_readable(cell) if place in names else cell)
            _write(sheet, number, place, shown, link=place in links and number <= _MOST_LINKS)
    sheet.autofilter(0, 0, number, last)


def _readable(cell: Cell) -> Cell:
    """The name, or the names, of a cell in readable capitals."""
    if isinstance(cell, tuple):
        return tuple(map(readable_name, cell))
    return readable_name(cell) if isinstance(cell, str) else cell


def _write(sheet: Any, row: int, place: int, cell: str | int | float | None, *, link: bool = False) -> None:
    if cell is None:
        return
    if not isinstance(cell, str):
        sheet.write_number(row, place, cell)
    elif link and is_web_address(cell):
        sheet.write_url(row, place, cell, string=cell)
    else:
        sheet.write_string(row, place, cell if len(cell) <= LONGEST_CELL else cell[: LONGEST_CELL - len(_CUT)] + _CUT)


def is_web_address(text: str) -> bool:
    """Whether a text may become a link: http or https, a host, and nothing that could mislead a reader."""
    if len(text) > _LONGEST_LINK or not text.isascii() or any(sign in text for sign in " \"'<>\\^`{|}"):
        return False
    try:
        address = urlsplit(text)
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.hostname) and address.username is None


def _write_readme(document: Table, sheet: Any, bold: Any) -> None:
    for place, width in enumerate((34, 34, 90, 30, 40, 20, 20)):
        sheet.set_column(place, place, width)
    for number, (title, cells) in enumerate(readme_rows(document)):
        for place, cell in enumerate(cells):
            value: Any = safe_cell(cell)
            if title and isinstance(value, str):
                sheet.write_string(number, place, value, bold)
            else:
                _write(sheet, number, place, value)


FORMATS = ("csv", "xlsx", "jsonl", "geojson")


class GeoJson(Protocol):
    """Type of the function that gives the GeoJSON of a search: the number of matches, and the file piece by piece. The room of
    suppliers' pages defines it."""

    def __call__(
        self, query: SupplierQuery, snapshot: Snapshot, lexicon: Lexicon, today: date, *, limit: int | None
    ) -> tuple[int, Iterator[bytes]]: ...


def save(
    path: Path,
    extension: str,
    query: SupplierQuery,
    snapshot: Snapshot,
    lexicon: Lexicon,
    today: date,
    geojson: GeoJson,
) -> int:
    """Writes a whole search to a file; returns the number of suppliers. Raises the errors of
    :func:`vivier.suppliers.whole.whole`."""
    if extension not in FORMATS:
        message = f"Format inconnu « {extension[:80]} ». Formats admis : {', '.join(FORMATS)}."
        raise InvalidRequest((FieldError("format", "unknown_value", message, FORMATS),))
    if extension == "geojson":
        total, pieces = geojson(query, snapshot, lexicon, today, limit=MAX_ROWS)
    else:
        document = prepare(query, snapshot, lexicon, today)
        total, pieces = document.found.total, pieces_of(document, extension)
    write_file(path, pieces)
    return total


def pieces_of(document: Table, extension: str) -> Iterator[bytes]:
    """The file of a table format, piece by piece. A workbook is written whole to the disk before its first piece."""
    if extension == "csv":
        return csv_chunks(document)
    if extension == "jsonl":
        return jsonl_chunks(document)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it has no name, so it disappears with its last reader, even if it was not sent whole
    write_xlsx(document, file)
    return read_back(file)


def write_file(path: Path, pieces: Iterable[bytes]) -> None:
    """Writes beside ``path``, then replaces it once complete: an interrupted export leaves the former file as it was."""
    if path.exists() and not path.is_file():  # a pipe, a terminal
        with path.open("wb") as stream:
            stream.writelines(pieces)
        return
    beside = path.with_name(f".{path.name}.partial")
    try:
        with beside.open("wb") as file:
            file.writelines(pieces)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
