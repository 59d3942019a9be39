"""The simple case of a list: CSV, one row a supplier, headers in French or English."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from crawlers.kit import Aside, Intake, Skip, WrongFile
from crawlers.kit.csv_family import check_twice, clean_header, missing_columns, whole_rows
from crawlers.kit.files import check_encoding, open_text, refusing
from vivier.lists.columns import COLUMNS, CONTACTS, canonical, nested, simple


def _delimiter(first_line: str) -> str:
    return max(",;\t", key=first_line.count)


def csv_rows(path: Path, intake: Intake) -> Iterator[tuple[str, dict[str, object] | Skip | Aside]]:
    """The place of each row in the file, and its fields, named as in a JSON line."""
    encoding = check_encoding(path, "cp1252")
    if encoding == "cp1252":
        intake.issues["encoding_fallback"] += 1
    with refusing(path), open_text(path, encoding) as lines:
        first = lines.readline()
        reader = csv.reader(_again(first, lines), delimiter=_delimiter(first), strict=True)
        named = next(reader, [])
        header = _header(path, clean_header(named), intake)
        for where, cells in whole_rows(reader, path, len(header), named):
            if isinstance(cells, Skip | Aside):
                yield where, cells
            else:
                yield where, nested({name: cell.strip() for name, cell in zip(header, cells, strict=True) if name})


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _header(path: Path, written: list[str], intake: Intake) -> list[str]:
    names = canonical()
    header = [names.get(simple(name), "") for name in written]
    if "name" not in header:
        raise WrongFile(
            missing_columns(path, ["name (ou nom, raison_sociale)"], written, ("name", *list(COLUMNS)[:22]))
        )
    check_twice(path, [name for name in header if name])
    intake.unknown.update(
        name for name, column in zip(written, header, strict=True) if not column and simple(name) not in CONTACTS
    )
    return header
