"""Tables of the ASP: a line before the header gives the subject and the day, a line at the end gives the number of rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from crawlers.kit.source import Intake, WrongFile
from vivier.errors import ImportRefused


@dataclass(frozen=True)
class Frame:
    """``opening`` and ``closing`` are patterns of the first and last line, with the groups ``day`` and ``rows``.

    ``mark`` begins the first cell of the last line and of no other; ``day`` is the format of the day (``strptime``). A
    file without its last line was cut and is refused. A wrong count refuses it too, unless ``exact`` is false (a known
    producer miscounts): the count is then an issue (``rows_announced``).
    """

    opening: str
    closing: str
    mark: str
    day: str
    exact: bool = True

    def fits(self, first: str) -> bool:
        """Whether a line is the first one of such a table."""
        return re.match(self.opening, first) is not None

    def open(self, path: Path, first: str, intake: Intake) -> None:
        """Read the first line: its day becomes the date of the file."""
        found = re.match(self.opening, first)
        if found is None:
            raise WrongFile(f"« {path.name} » : la première ligne devrait avoir la forme « {self.opening} ».")
        day = self._day(found["day"])
        if day is None:
            intake.issues["date_invalid"] += 1
        elif intake.updated_at is None or day > intake.updated_at:
            intake.updated_at = day

    def _day(self, written: str) -> date | None:
        try:
            return datetime.strptime(written, self.day).date()
        except ValueError:
            return None


class FramedReader:
    """A CSV reader that ends with the last line of a frame, and checks the count that line announces."""

    def __init__(self, reader: Any, frame: Frame, path: Path, delimiter: str, intake: Intake) -> None:
        self._reader, self._frame, self._path, self._delimiter, self._intake = reader, frame, path, delimiter, intake
        self._rows = -1  # the header is no row

    @property
    def line_num(self) -> int:
        """Lines read so far, the one before the header included."""
        return int(self._reader.line_num) + 1

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        try:
            cells: list[str] = next(self._reader)
        except StopIteration:
            raise ImportRefused(
                f"« {self._path.name} » n'a pas sa dernière ligne (« {self._frame.mark}… ») : fichier coupé, "
                "demandez-le de nouveau."
            ) from None
        if cells and cells[0].startswith(self._frame.mark):
            self._check(self._delimiter.join(cells))
            raise StopIteration
        self._rows += any(cells)
        return cells

    def _check(self, last: str) -> None:
        found = re.match(self._frame.closing, last)
        announced = int(found["rows"]) if found else None
        if announced == self._rows:
            return
        if self._frame.exact:
            raise ImportRefused(
                f"« {self._path.name} » : la dernière ligne annonce {announced} lignes, {self._rows} ont été lues ; "
                "fichier incomplet ou modifié."
            )
        self._intake.issues["rows_announced"] += 1
