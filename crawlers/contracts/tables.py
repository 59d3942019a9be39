"""Reads tables of contracts, CSV or Parquet, one row at a time: the cells of the wanted columns, in the order wanted."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

from crawlers.contracts.keys import stem
from crawlers.contracts.notices.documents import first_object, json_records
from crawlers.contracts.pieces import SIGN, Damaged, as_windows
from crawlers.kit.csv_family import check_twice, clean_header, missing_columns, whole_rows
from crawlers.kit.files import open_plain, refusing
from crawlers.kit.parquet import batches, is_parquet, open_parquet
from crawlers.kit.source import Aside, Intake, Skip, WrongFile
from vivier.errors import ImportRefused

Cells = tuple[Any, ...]
Row = tuple[str, Cells | Skip | Aside]
"""The place of a row in its file, and its cells or why it has none."""

_WINNER: Final = re.compile(r"titulaire|attributaire|concessionnaire", re.IGNORECASE)
_MARKS = (",", ";", "|", "\t")
_MARK = "\ufeff"  # also in the middle, where files were joined end to end


@dataclass(frozen=True)
class Table:
    """``wanted``: for each column, the names it may have. A ``required`` column must be in the file; an ``ignored`` one
    is known and not read.

    Names are compared without case, marks, accents or plurals (``acheteur.id``, ``Acheteur_id``).
    """

    wanted: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    ignored: tuple[str, ...] = ()

    def places(self, header: Sequence[str]) -> list[int]:
        """The position of each wanted column; ``len(header)`` for a column that is not in the header."""
        found = {stem(name): position for position, name in reversed(list(enumerate(header)))}
        return [
            next((found[stem(n)] for n in names if stem(n) in found), len(header)) for names in self.wanted.values()
        ]

    def missing(self, header: Sequence[str]) -> list[str]:
        """The required columns that are not in the header."""
        places = dict(zip(self.wanted, self.places(header), strict=True))
        return [self.wanted[field][0] for field in self.required if places[field] == len(header)]

    def unknown(self, header: Sequence[str]) -> list[str]:
        """The columns of the header that are in no list."""
        known = {stem(name) for names in self.wanted.values() for name in names} | {stem(n) for n in self.ignored}
        return [name for name in header if name and stem(name) not in known]

    def check(self, path: Path, header: list[str], intake: Intake) -> list[int]:
        """The positions of the wanted columns. A file that lacks a required column is refused; the message names it."""
        missing = self.missing(header)
        if missing:
            raise WrongFile(missing_columns(path, missing, header, [self.wanted[field][0] for field in self.required]))
        self._check_winner(path, header)
        check_twice(path, [name.strip(_MARK) for name in header])
        intake.unknown.update(self.unknown(header))
        return self.places(header)

    def _check_winner(self, path: Path, header: Sequence[str]) -> None:
        """Refuses a file that names winners in columns that are not read: contracts without holders would pass for whole."""
        places = dict(zip(self.wanted, self.places(header), strict=True))
        read = any(place < len(header) for field, place in places.items() if field.startswith("holder_"))
        named = [name for name in self.unknown(header) if _WINNER.search(name)]
        if named and not read:
            raise WrongFile(f"« {path.name} » : les titulaires sont dans « {named[0]} », que cette source ne lit pas.")


def rows_of(path: Path, table: Table, intake: Intake) -> Iterator[Row]:
    """The wanted cells of every row of a CSV (gzip or not) or Parquet file."""
    read = _parquet_rows if is_parquet(path) else _json_rows if is_json(path) else _csv_rows
    return read(path, table, intake)


def is_json(path: Path) -> bool:
    """Whether a file begins like JSON: a table may come as objects, one a row."""
    with refusing(path), open_plain(path) as file:
        return file.read(4096).removeprefix(codecs.BOM_UTF8).lstrip()[:1] in (b"{", b"[")


def fits(path: Path, table: Table) -> bool:
    """Whether the header of a file, or its first object, has the required columns."""
    try:
        return not table.missing(open_parquet(path).schema_arrow.names if is_parquet(path) else _header(path))
    except (ImportRefused, csv.Error):
        return False


def _header(path: Path) -> list[str]:
    if is_json(path):
        return list(first_object(path))
    with refusing(path), _lines(path) as lines:
        first = lines.readline()
        return clean_header(next(csv.reader([first], delimiter=_mark(first)), []))


def _mark(first: str) -> str:
    return max(_MARKS, key=first.count)


def _lines(path: Path) -> io.TextIOWrapper:
    codecs.register_error("vivier.cp1252", as_windows)
    return io.TextIOWrapper(open_plain(path), encoding="utf-8-sig", errors="vivier.cp1252", newline="")


def _csv_rows(path: Path, table: Table, intake: Intake) -> Iterator[Row]:
    with refusing(path), _lines(path) as lines:
        first = lines.readline()
        text = _Text(first, lines)
        reader = csv.reader(text, delimiter=_mark(first), strict=True)
        header = clean_header(next(reader, []))
        chosen = itemgetter(*table.check(path, header, intake))
        name, number = path.name, 0
        for where, cells in whole_rows(reader, path, len(header), header):
            if isinstance(cells, Skip | Aside):
                yield where, cells
            else:
                number += 1
                cells.append("")
                yield f"{name}#{number}", chosen(cells)
    if text.odd:
        intake.issues["encoding_fallback"] += 1


class _Text:
    """The lines of a CSV, and whether some of their bytes were not UTF-8."""

    def __init__(self, first: str, rest: Iterator[str]) -> None:
        self.odd = False
        self._first, self._rest = first, rest

    def __iter__(self) -> Iterator[str]:
        yield self._plain(self._first)
        for line in self._rest:
            yield line if SIGN not in line and not line.startswith(_MARK) else self._plain(line)

    def _plain(self, line: str) -> str:
        self.odd = self.odd or SIGN in line
        return line.replace(SIGN, "").removeprefix(_MARK)


def _json_rows(path: Path, table: Table, intake: Intake) -> Iterator[Row]:
    """The wanted values of every object. An object may have columns that the first one lacks."""
    header: list[str] = []
    places: list[int] = []
    for number, record in enumerate(json_records(path, intake, ()), start=1):
        where = f"{path.name}#{number}"
        if isinstance(record, Damaged):
            yield where, Aside(record.reason, record.detail)
            continue
        if list(record) != header:
            header = list(record)
            places = table.places(header) if places else table.check(path, header, intake)
            intake.unknown.update(table.unknown(header))
        yield where, tuple(_plain(record[header[place]]) if place < len(header) else None for place in places)


def _plain(value: object) -> object:
    """A value that can be compared and remembered: a list as a tuple, an object as its text."""
    if isinstance(value, list):
        return tuple(map(_plain, value))
    return str(value) if isinstance(value, dict) else value


def _parquet_rows(path: Path, table: Table, intake: Intake) -> Iterator[Row]:
    header = open_parquet(path).schema_arrow.names
    places = table.check(path, header, intake)
    columns = [header[place] for place in dict.fromkeys(places) if place < len(header)]
    order = [columns.index(header[place]) if place < len(header) else len(columns) for place in places]
    name, number = path.name, 0
    for batch in batches(path, columns):
        values = [_values(batch.column(column)) for column in columns]
        values.append([None] * len(batch))
        for cells in zip(*(values[place] for place in order), strict=True):
            number += 1
            yield f"{name}#{number}", cells


def _values(column: Any) -> list[Any]:
    """The values of a column; lists become tuples, which can be compared and remembered."""
    values: list[Any] = column.to_pylist()
    return (
        [tuple(value) if isinstance(value, list) else value for value in values] if column.type.num_fields else values
    )
