"""The CSV family: header checked by name, rows consumed field by field, what is left reported."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawlers.kit.files import check_encoding, check_file, open_text, refusing
from crawlers.kit.row import Row, settle, show
from crawlers.kit.source import Aside, Draft, Intake, Outcome, Skip, WrongFile
from vivier.drift import likely_renames
from vivier.errors import ImportRefused


@dataclass(frozen=True)
class CsvFamily:
    """Settings of a CSV source. Columns are named once: used (``required``, ``optional``), ``ignored``, or ``contact``.

    Contact columns are never read further than the reader. ``fallback`` is the encoding tried when the file is not UTF-8.
    """

    convert: Callable[[Row, Intake], Outcome]
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()
    delimiter: str = ","
    fallback: str | None = None

    def read(self, files: Sequence[Path], intake: Intake) -> Iterator[Draft]:
        """Every row of every file; raises :class:`ImportRefused` when a file has not this layout."""
        intake.declared.update((*self.required, *self.optional, *self.ignored, *self.contact))
        for path in files:
            check_file(path)
            encoding = check_encoding(path, self.fallback)
            if encoding == self.fallback:
                intake.issues["encoding_fallback"] += 1
            yield from self._read_one(path, encoding, intake)

    def recognises(self, path: Path) -> bool:
        """Whether the first line holds every required column."""
        try:
            check_file(path)
            with open_text(path, "utf-8-sig") as lines:
                return self._fits(lines.readline(), self.delimiter)
        except (ImportRefused, UnicodeDecodeError, csv.Error):
            return False

    def _fits(self, first: str, delimiter: str) -> bool:
        header = next(csv.reader([first], delimiter=delimiter), [])
        return set(self.required) <= {" ".join(name.split()) for name in header}

    def _delimiter(self, path: Path, encoding: str) -> str:
        # A spreadsheet saves with its own country's mark: the one that shows every expected column is the right one.
        with open_text(path, encoding) as lines:
            first = lines.readline()
        return next((mark for mark in (self.delimiter, ";", ",", "\t") if self._fits(first, mark)), self.delimiter)

    def _read_one(self, path: Path, encoding: str, intake: Intake) -> Iterator[Draft]:
        with refusing(path), open_text(path, encoding) as lines:
            reader = csv.reader(lines, delimiter=self._delimiter(path, encoding), strict=True)
            header = self.check_header(path, next(reader, []))
            intake.columns.update(header)
            dropped = [name for name in header if name in self.contact or name in self.ignored]
            known = frozenset((*self.required, *self.optional, *self.ignored))
            for where, cells in whole_rows(reader, path, len(header)):
                if isinstance(cells, Skip | Aside):
                    yield Draft(where, cells, dict)
                    continue
                row = Row(dict(zip(header, cells, strict=True)), where)
                row.ignore(dropped)
                outcome = settle(row, intake, self.convert)
                yield Draft(where, outcome, lambda cells=cells: show(header, cells, known))  # type: ignore[misc]

    def check_header(self, path: Path, cells: list[str]) -> list[str]:
        """The column names; refuses a missing or doubled one, naming what was expected and what was found."""
        header = clean_header(cells)
        missing = [name for name in self.required if name not in header]
        if missing:
            raise WrongFile(missing_columns(path, missing, header, self.required))
        check_twice(path, header)
        return header


def clean_header(cells: list[str]) -> list[str]:
    """Column names without stray spaces; empty ones at the end are left out."""
    header = [" ".join(cell.split()) for cell in cells]
    while header and not header[-1]:
        header.pop()
    return header


def check_twice(path: Path, header: list[str]) -> None:
    """Refuse a column named twice: nothing says which one is meant."""
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


def whole_rows(reader: Any, path: Path, width: int) -> Iterator[tuple[str, list[str] | Skip | Aside]]:
    """Rows of exactly ``width`` cells; what is not one is set aside with its lines, an unclosed quote refuses the file."""
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
        if any(cells):
            yield where, _fit(cells, width, reader.line_num - first + 1)
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
