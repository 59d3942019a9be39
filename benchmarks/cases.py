"""Cases that a reader judged (``tests/relevance``), and the tables in which their figures are given."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
RELEVANCE: Final = ROOT / "tests" / "relevance"
Case = dict[str, Any]


def cases(name: str, half: str | None = None) -> list[Case]:
    """The cases of ``NAME.jsonl``, else the rows of ``NAME.csv``: all of them, or those of a half (members ``half`` or ``split``)."""
    path = RELEVANCE / f"{name}.jsonl"
    if path.exists():
        rows: list[Case] = [json.loads(line) for line in path.read_text(encoding="utf8").splitlines()]
    else:
        with path.with_suffix(".csv").open(encoding="utf8", newline="") as file:
            rows = list(csv.DictReader(file))
    return [row for row in rows if half is None or half in (row.get("half"), row.get("split"))]


def codes(cell: str) -> frozenset[str]:
    """The codes of a cell, between bars."""
    return frozenset(filter(None, cell.split("|")))


@dataclass(frozen=True)
class Score:
    """What was found and is right, found and is wrong, missed; ``doubtful``: missed, and listed for a person."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    doubtful: int = 0

    @property
    def precision(self) -> float:
        """Share of what is found that is right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """Share of what is right that is found."""
        return self.right / max(1, self.right + self.missed)
