"""The CSV family: the header is checked by name, each row is consumed field by field, and the fields left are reported."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from crawlers.kit.files import LINE_LIMIT, check_encoding, check_file, open_text, refusing
from crawlers.kit.frame import Frame, FramedReader
from crawlers.kit.row import Row, settle, show
from crawlers.kit.source import Aside, Draft, Intake, Outcome, Skip, WrongFile
from vivier.errors import ImportRefused
from vivier.runs.drift import likely_renames

Public = Callable[[], dict[str, object]]
_QUOTING: Mapping[bool, Literal[0, 3]] = {True: csv.QUOTE_MINIMAL, False: csv.QUOTE_NONE}


@dataclass(frozen=True, kw_only=True)
class CsvTable:
    """Layout of a CSV file. Columns are named once: used (``required``, ``optional``), ``ignored``, or ``contact``.

    Contact columns are never read further than the reader, but those of ``reach``, of which only what is an organisation's is kept. ``fallback`` is the encoding tried when the file is not UTF-8.
    ``quoted=False``: a quotation mark is a character like another. ``frame``: lines around the table, see :class:`Frame`.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    reach: tuple[str, ...] = ()
    delimiter: str = ","
    fallback: str | None = None
    quoted: bool = True
    frame: Frame | None = None

    def recognises(self, path: Path) -> bool:
        """Whether the first line (the second in a frame) holds every required column."""
        try:
            check_file(path)
            with refusing(path), open_text(path, "utf-8-sig") as lines:
                framed_well = self.frame is None or self.frame.fits(lines.readline(LINE_LIMIT))
                return framed_well and self._fits(lines.readline(LINE_LIMIT), self.delimiter)
        except ImportRefused:
            return False

    def rows(self, path: Path, intake: Intake) -> Iterator[tuple[str, Row | Skip | Aside, Public]]:
        """Every row of a file: its place in the file, its fields (none is consumed yet), and how to show it."""
        intake.declared.update((*self.required, *self.optional, *self.ignored, *self.contact))
        check_file(path)
        encoding = check_encoding(path, self.fallback)
        if encoding == self.fallback:
            intake.issues["encoding_fallback"] += 1
        with refusing(path), open_text(path, encoding) as lines:
            if self.frame is not None:
                self.frame.open(path, lines.readline(), intake)
            yield from self._rows(path, self._reader(path, lines, self._delimiter(path, encoding), intake), intake)

    def _reader(self, path: Path, lines: Iterator[str], delimiter: str, intake: Intake) -> Any:
        reader = csv.reader(lines, delimiter=delimiter, quoting=_QUOTING[self.quoted], strict=True)
        return reader if self.frame is None else FramedReader(reader, self.frame, path, delimiter, intake)

    def _rows(self, path: Path, reader: Any, intake: Intake) -> Iterator[tuple[str, Row | Skip | Aside, Public]]:
        named: list[str] = next(reader, [])
        header = self.check_header(path, named)
        intake.columns.update(header)
        unread = {*self.contact, *self.ignored} - {*self.reach}
        dropped = [name for name in header if name in unread]
        known = frozenset((*self.required, *self.optional, *self.ignored))
        for where, cells in whole_rows(reader, path, len(header), named):
            if isinstance(cells, Skip | Aside):
                yield where, cells, dict
            else:
                row = Row(dict(zip(header, cells, strict=True)), where)
                row.ignore(dropped)
                yield where, row, lambda cells=cells: show(header, cells, known)  # type: ignore[misc]

    def _fits(self, first: str, delimiter: str) -> bool:
        header = next(csv.reader([first], delimiter=delimiter), [])
        return set(self.required) <= {" ".join(name.split()) for name in header}

    def _delimiter(self, path: Path, encoding: str) -> str:
        # A spreadsheet uses the delimiter of its country: the right one is the one that gives every expected column.
        if self.frame is not None or not self.quoted:
            return self.delimiter
        with open_text(path, encoding) as lines:
            first = lines.readline()
        return next((mark for mark in (self.delimiter, ";", ",", "\t") if self._fits(first, mark)), self.delimiter)

    def check_header(self, path: Path, cells: list[str]) -> list[str]:
        """The column names. Refuses a missing or doubled column: the message names what was expected and what was found."""
        header = clean_header(cells)
        missing = [name for name in self.required if name not in header]
        if missing:
            raise WrongFile(missing_columns(path, missing, header, self.required))
        check_twice(path, header)
        return header


@dataclass(frozen=True, kw_only=True)
class CsvFamily(CsvTable):
    """Settings of a CSV source: its layout, and what one row becomes."""

    convert: Callable[[Row, Intake], Outcome]

    def read(self, files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
        """Every row of every file; raises :class:`ImportRefused` when a file has not this layout."""
        for path in files:
            for where, found, public in self.rows(path, intake):
                outcome = settle(found, intake, self.convert) if isinstance(found, Row) else found
                yield Draft(where, outcome, public)


def clean_header(cells: list[str]) -> list[str]:
    """Column names without stray spaces; empty ones at the end are left out."""
    header = [" ".join(cell.split()) for cell in cells]
    while header and not header[-1]:
        header.pop()
    return header


def check_twice(path: Path, header: list[str]) -> None:
    """Refuses a column named twice: nothing says which of the two is meant."""
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise ImportRefused(f"« {path.name} » : colonne en double : {', '.join(twice)}. Gardez-en une seule.")


def missing_columns(path: Path, missing: Sequence[str], header: list[str], required: Sequence[str]) -> str:
    """The French sentence that says which columns are missing, which look renamed, and what was expected."""
    near = likely_renames(missing, (name for name in header if name not in required))
    renamed = [f"« {found} » serait-elle « {name} » ?" for name, (found, _) in near.items()]
    found = ", ".join(name[:40] for name in header[:12]) or "aucune"
    parts = [
        f"« {path.name} » n'a pas les colonnes attendues. Absentes : {', '.join(missing)}.",
        *(["Renommées ? " + " ".join(renamed)] if renamed else []),
        f"Attendues : {', '.join(required)}. Trouvées : {found}{'…' if len(header) > 12 else ''}.",
    ]
    return " ".join(parts)


def whole_rows(
    reader: Any, path: Path, width: int | Callable[[str], int], header: list[str] | None = None
) -> Iterator[tuple[str, list[str] | Skip | Aside]]:
    """Rows of exactly ``width`` cells; what is not one is set aside with its lines, an unclosed quote refuses the file.

    In a file of several kinds of rows, ``width`` gives the number of cells for the first cell of a row. The ``header``
    again, as when files were put end to end, is skipped by name.
    """
    while True:
        first = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _broken(path, first, reader.line_num, error)
            continue
        where = f"{path.name}, ligne {first}"
        if cells == header:
            yield where, Skip("header_repeated")
        elif any(cells):
            yield where, _fit(cells, width if isinstance(width, int) else width(cells[0]), reader.line_num - first + 1)
        elif cells:
            yield where, Skip("blank_row")


def _broken(path: Path, first: int, last: int, error: csv.Error) -> tuple[str, Aside]:
    if "unexpected end of data" in str(error):
        raise ImportRefused(
            f"« {path.name} » : le guillemet ouvert vers la ligne {first} n'est jamais refermé ; fichier coupé ou abîmé."
        ) from error
    detail = f"guillemets mal placés, lignes {first} à {last}" if last > first else "guillemets mal placés"
    return f"{path.name}, ligne {first}", Aside("csv_malformed", detail, rows=max(1, last - first + 1))


def _fit(cells: list[str], width: int, lines: int) -> list[str] | Aside:
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if len(cells) == width:
        return cells
    detail = f"{len(cells)} cellules au lieu de {width} : séparateur ou guillemet de trop, ou ligne coupée"
    return Aside("cells_count", detail, rows=lines)
