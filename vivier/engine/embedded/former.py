"""The generation in service, read by the build of the next one: a document whose record is the same, made by the same code and tables, is not
made again. Its columns are copied from those of its row, and its words from what was kept beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from vivier.engine.embedded.bits import Rows
from vivier.engine.embedded.columns import Table
from vivier.engine.embedded.container import Container, mapped
from vivier.engine.embedded.encode import TablePart
from vivier.engine.embedded.sums import SUMS, damaged
from vivier.search.formats import FORMAT

MADE_BY: Final = "made_by"
"""What ``generation.json`` tells of the code and tables that made the documents."""
ANALYSED: Final = "analysed.jsonl"
"""The words of each document, and what its maker counts of it."""

BETWEEN: Final = b"\t"
"""What parts the two in a line: JSON writes it otherwise within a text."""


class _Lines:
    """The lines of a file, by row."""

    def __init__(self, path: Path, starts: npt.NDArray[np.int64]) -> None:
        self._bytes, self._starts = mapped(path), starts

    def __getitem__(self, row: int) -> bytes:
        return self._bytes[self._starts[row] : self._starts[row + 1]]


class Former:
    """A generation whose documents may be used again. Raises ``OSError`` or ``ValueError`` when it cannot be read."""

    def __init__(self, folder: Path, nested: Sequence[str]) -> None:
        columns = Container(folder / "columns")
        self.documents = Table(columns, "documents")
        self.nested = {path: Table(columns, f"nested/{path}") for path in nested}
        self.records = _Lines(folder / "records.jsonl", columns.array("offsets"))
        self.analysed = _Lines(folder / ANALYSED, columns.array("analysed"))
        self._ids = self.documents.keyword("id")
        self._ids.values.place_of("")  # what it prepares is shared by the processes forked later

    def row_of(self, id_: str, record: bytes) -> int | None:
        """The row of a document with that id and that very record, ``None`` when there is none."""
        place = self._ids.values.place_of(id_)
        if place is None:
            return None
        row = int(self._ids.rows[self._ids.ptr[place]])
        return row if self.records[row] == record + b"\n" else None

    def words_of(self, row: int) -> dict[str, list[str]]:
        """The analysed texts of a row."""
        words: dict[str, list[str]] = orjson.loads(self.analysed[row].partition(BETWEEN)[0])
        return words

    def outline_of(self, row: int) -> Any:
        """What its maker counts of a row."""
        return orjson.loads(self.analysed[row].partition(BETWEEN)[2])


def former_of(root: Path, nested: Sequence[str], made_by: str) -> Former | None:
    """The generation in service; ``None`` when there is none, when other code or tables made it, or when anything in it is damaged."""
    try:
        folder = root / (root / "live").read_text(encoding="utf8").strip()
        described = orjson.loads((folder / "generation.json").read_bytes())
        if (described["format"], described[MADE_BY]) != (FORMAT, made_by) or not (folder / SUMS).is_file():
            return None
        return None if any(damaged(folder)) else Former(folder, nested)
    except (OSError, ValueError, KeyError, TypeError):
        return None


@dataclass(frozen=True, slots=True)
class Mixed:
    """How new rows of a table go among rows of a former one. ``parents``: the document of each row; ``new``: places of the new rows;
    ``places``: those of ``rows`` of the former table."""

    former: Table
    parents: Rows
    new: Rows
    places: Rows
    rows: Rows

    def column(self, new: npt.NDArray[Any], former: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The numbers of all rows, from those of the new ones and those of the former table."""
        found = np.empty(len(self.parents), new.dtype)
        found[self.new], found[self.places] = new, former[self.rows]
        return found


def mixed(former: Former, part: TablePart, path: str | None, given: Rows) -> Mixed:
    """The rows of a part of the documents, or of a nested ``path``, among former ones. ``given``: the former row of each document, -1 for
    one of the part."""
    fresh = given < 0
    again = given[~fresh].astype(np.intp)
    table = former.documents if path is None else former.nested[path]
    rows, of = (again, np.arange(len(again))) if path is None else table.entries_of(again)
    sizes = np.empty(len(given), np.intp)
    sizes[fresh] = np.bincount(part.parents, minlength=len(given) - len(again))
    sizes[~fresh] = np.bincount(of, minlength=len(again))
    parents = np.repeat(np.arange(len(given), dtype=np.int32), sizes)
    new = fresh[parents]
    return Mixed(table, parents, _places(new), _places(~new), rows.astype(np.int32))


def _places(mask: npt.NDArray[np.bool_]) -> Rows:
    return np.flatnonzero(mask).astype(np.int32)
