"""Data of the house: reference tables and index mappings. Code here only reads them."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parent
TABLES = ROOT / "tables"
BUILT = ROOT / "built"
"""Tables made from others by ``python -m scripts.build_needs``, which take seconds to make and hundredths of a second to read."""


def table_path(name: str) -> Path:
    """Path of a table by bare name (``communes``) or file name (``contours_epci.npz``).

    Raises ``FileNotFoundError`` naming the table when neither it nor its ``.csv`` / ``.csv.gz`` form exists.
    """
    for candidate in (name, f"{name}.csv", f"{name}.csv.gz"):
        path = TABLES / candidate
        if path.is_file():
            return path
    raise FileNotFoundError(f"no table named {name!r} under mappings/tables")


def read_table(name: str) -> Iterator[dict[str, str]]:
    """Rows of a CSV table (gzipped or not), every value as text, an absent value as an empty string."""
    return read_csv(table_path(name))


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    """Rows of a UTF-8 CSV file, gzipped when its name ends in ``.gz``. Raises ``ValueError``, with the file and the
    line, on a row too short or long."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        header = next(rows)
        for row in filter(None, rows):
            if len(row) != len(header):
                wanted = f"{len(row)} cells, {len(header)} wanted: a cell with a comma stands between quotation marks"
                raise ValueError(f"{path.name}, line {rows.line_num}: {wanted}")
            yield dict(zip(header, row, strict=True))


def read_columns(name: str) -> dict[str, list[str]]:
    """A CSV table turned on its side: one list of texts a column, all of the same length.

    Three times faster than :func:`read_table` on the 35,014 communes. Raises ``ValueError`` on a row too short or long.
    """
    path = table_path(name)
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    return {column: list(values) for column, values in zip(header, zip(*rows, strict=True), strict=True)}


def digest_of(*paths: Path) -> str:
    """The digest of the bytes of several files, in their order."""
    found = hashlib.sha256()
    for path in paths:
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def built_path(name: str) -> Path:
    """Path of a table made from others."""
    return BUILT / f"{name}.json.gz"


def read_built(name: str, digest: str) -> dict[str, Any] | None:
    """A table made from others whose ``digest`` (:func:`digest_of`) was this one; ``None`` when it is absent or was made from others."""
    try:
        made = orjson.loads(gzip.decompress(built_path(name).read_bytes()))
    except FileNotFoundError:
        return None
    return made["table"] if made["digest"] == digest else None


def load_json(name: str) -> Any:
    """A JSON file of ``mappings/``, by name with or without its suffix."""
    path = ROOT / (name if name.endswith(".json") else f"{name}.json")
    return json.loads(path.read_text(encoding="utf-8"))


def read_lines(name: str) -> Iterator[str]:
    """Lines of a text file of ``mappings/`` (``judged/queries.jsonl``), empty ones left out."""
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield line
