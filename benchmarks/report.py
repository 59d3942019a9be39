"""Tables of figures, in Markdown, ready for docs/performance.md."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def quantile(times: Sequence[float], q: float) -> float:
    """The ``q`` quantile (0–1) of a list of times."""
    return sorted(times)[min(len(times) - 1, int(q * len(times)))]


def milliseconds(times: Sequence[float]) -> tuple[str, str]:
    """Median and 95th percentile of times in seconds, written in ms."""
    return f"{statistics.median(times) * 1e3:.2f}", f"{quantile(times, 0.95) * 1e3:.2f}"


class Report:
    """One table, its columns given by the first row."""

    def __init__(self, name: str, suppliers: int, contracts: int | None = None, command: str | None = None) -> None:
        """``command``: the module that gives the table, when it is not ``benchmarks`` with its name."""
        self.name = name
        self.command = command or f"benchmarks {name}"
        self.suppliers, self.contracts = suppliers, contracts
        self.rows: list[dict[str, str]] = []

    def add(self, **cells: str) -> None:
        """Add a row of named cells."""
        self.rows.append(cells)

    def print(self) -> None:
        """Print the table with the command that gives it."""
        contracts = "" if self.contracts is None else f" --contracts {self.contracts}"
        print(f"\n### {self.name} — `python -m {self.command} --suppliers {self.suppliers}{contracts}`\n")
        if not self.rows:
            print("(not measured here)")
            return
        columns = list(dict.fromkeys(column for row in self.rows for column in row))
        print("| " + " | ".join(columns) + " |\n|" + "---|" * len(columns))
        for row in self.rows:
            print("| " + " | ".join(row.get(column, "") for column in columns) + " |", flush=True)
