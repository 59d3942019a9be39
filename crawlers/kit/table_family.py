"""The family of tables that a person brings: CSV, Excel or saved page, whose columns are known under several names."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from crawlers.kit import html_tables, workbook
from crawlers.kit.csv_family import check_twice, whole_rows
from crawlers.kit.files import check_encoding, check_file, open_text, refusing
from crawlers.kit.row import Row, settle
from crawlers.kit.source import Aside, Draft, Intake, Outcome, Skip, WrongFile
from vivier.identity import fold
from vivier.privacy.contacts import scrub

Line = tuple[str, list[str] | Skip | Aside]
"""The place of a row in its file, and its cells."""
HEADER_WITHIN = 20
"""Rows among which the header is looked for: lists often begin with a title, a date, a logo."""
_MARKS = (";", ",", "\t", "|")
_CONTACT = ("MAIL", "COURRIEL", "TEL", "TELEPHONE", "PHONE", "FAX", "CONTACT", "MOBILE", "PORTABLE", "DIRIGEANT")


@dataclass(frozen=True)
class TableFamily:
    """Settings of a table. ``columns`` gives, for each name used by ``convert``, the names files give it.

    Names are compared without case, accents or punctuation. ``required`` columns must be there; one that is in ``recognised_by``
    may have any name, or none: it is then the column whose cells pass the test. Columns of no list are reported by name;
    those that look like a contact are dropped unread.
    """

    convert: Callable[[Row, Intake], Outcome]
    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    recognised_by: Mapping[str, Callable[[str], bool]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    pages: bool = False

    def read(self, files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
        """Every row of every file; raises :class:`ImportRefused` when a file has no table with the required columns."""
        for path in files:
            header, lines = self._table(path, intake)
            for where, cells in lines:
                yield self._draft(where, cells, header, intake)

    def recognises(self, path: Path) -> bool:
        """Never: the names of columns are too common to tell whose list it is."""
        return False

    def _draft(self, where: str, cells: list[str] | Skip | Aside, header: list[str | None], intake: Intake) -> Draft:
        if isinstance(cells, Skip | Aside):
            return Draft(where, cells, dict)
        named = {name: cell for name, cell in zip(header, cells, strict=False) if name is not None}
        outcome = settle(Row(dict(named), where), intake, self.convert)
        return Draft(where, outcome, lambda: {n: scrub(c)[0] for n, c in named.items() if n in self.columns})

    def _table(self, path: Path, intake: Intake) -> tuple[list[str | None], Iterator[Line]]:
        seen: list[str] = []
        for lines in self._grids(path, intake):
            first = list(islice(lines, HEADER_WITHIN))
            at = self._header_at(first)
            if at is not None:
                check_twice(path, [cell for cell in _shown(first[at]) if cell])
                header = self._names(first, at)
                return header, _without(first[at], chain(first[at + 1 :], lines))
            seen.extend(cell for _, cells in first[:1] if isinstance(cells, list) for cell in cells if cell)
        raise WrongFile(self._missing(path, seen))

    def _grids(self, path: Path, intake: Intake) -> Iterator[Iterator[Line]]:
        if path.is_file() and workbook.is_workbook(path):
            for name, rows in workbook.sheets(path):
                yield _numbered(rows, f"{path.name}, feuille « {name} », ligne")
        elif self.pages and path.is_file() and html_tables.is_page(path):
            for name, rows in html_tables.tables(path):
                yield _numbered(rows, f"{path.name}, {name}, ligne")
        else:
            yield from _csv_grids(path, intake)

    def _header_at(self, first: Sequence[Line]) -> int | None:
        """Position of the header: the first row that names every required column, or that is just above the rows whose
        cells pass their tests."""
        for at, (_, cells) in enumerate(first):
            if isinstance(cells, list) and set(self.required) <= set(self._names(first, at)):
                return at
        return None

    def _names(self, first: Sequence[Line], at: int) -> list[str | None]:
        cells = first[at][1]
        names = [self._name(cell) for cell in cells] if isinstance(cells, list) else []
        for name, test in self.recognised_by.items():
            below = [row for _, row in first[at + 1 : at + 6] if isinstance(row, list)]
            column = _column_by_cells(below, test) if name not in names else None
            if column is not None and not test(cells[column] if column < len(cells) else ""):  # type: ignore[index,arg-type]
                names.extend([None] * (column + 1 - len(names)))
                names[column] = name
        # two columns are known under one name: the first is read, the other is reported under its own name
        shown = [*_shown(first[at]), *[""] * len(names)]
        return [
            shown[place] if name is not None and name in names[:place] else name for place, name in enumerate(names)
        ]

    def _name(self, cell: str) -> str | None:
        """The name under which ``convert`` knows a column; its own name when it is in no list; ``None`` when it is not
        to be read."""
        key = fold(cell)
        known = next((name for name, spellings in self.columns.items() if key in map(fold, (name, *spellings))), None)
        dropped = not key or key in map(fold, self.ignored) or any(word in _CONTACT for word in key.split())
        return known if known is not None else None if dropped else " ".join(cell.split())

    def _missing(self, path: Path, seen: Iterable[str]) -> str:
        wanted = [
            " ou ".join(f"« {name} »" for name in (self.columns[column] or (column,))[:3]) for column in self.required
        ]
        found = ", ".join(cell[:40] for cell in list(seen)[:12]) or "aucune"
        return f"« {path.name} » n'a pas les colonnes attendues : {' ; '.join(wanted)}. Trouvées : {found}."


def _shown(line: Line) -> list[str]:
    """The cells of a header without stray spaces, as messages show them."""
    return [" ".join(cell.split()) for cell in line[1]] if isinstance(line[1], list) else []


def _without(header: Line, lines: Iterable[Line]) -> Iterator[Line]:
    """The rows below a header. A repeated header (files joined end to end) is not a row."""
    for where, cells in lines:
        yield where, Skip("header_repeated") if cells == header[1] else cells


def _column_by_cells(rows: Sequence[list[str]], test: Callable[[str], bool]) -> int | None:
    """The column in which most filled cells pass a test."""
    for column in range(max(map(len, rows), default=0)):
        filled = [row[column] for row in rows if column < len(row) and row[column].strip()]
        if filled and sum(map(test, filled)) > len(filled) / 2:
            return column
    return None


def _numbered(rows: Iterable[list[str]], where: str) -> Iterator[Line]:
    for number, cells in enumerate(rows, start=1):
        if any(cell.strip() for cell in cells):
            yield f"{where} {number}", cells


def _csv_grids(path: Path, intake: Intake) -> Iterator[Iterator[Line]]:
    """The file read with each delimiter it may have: the right one is the one that gives the columns."""
    check_file(path)
    encoding = check_encoding(path, "cp1252")
    if encoding == "cp1252":
        intake.issues["encoding_fallback"] += 1
    with open_text(path, encoding) as file:
        start = file.read(20_000)
    for mark in sorted(_MARKS, key=start.count, reverse=True):
        if mark in start or mark == _MARKS[0]:
            yield _csv_lines(path, encoding, mark)


def _csv_lines(path: Path, encoding: str, mark: str) -> Iterator[Line]:
    with refusing(path), open_text(path, encoding) as file:
        width = max((len(row) for row in islice(csv.reader(file, delimiter=mark), HEADER_WITHIN)), default=0)
    # Titles above the header are shorter than the rows: they come out as rows set aside, before the header is found.
    with refusing(path), open_text(path, encoding) as file:
        yield from whole_rows(csv.reader(file, delimiter=mark, strict=True), path, width)
