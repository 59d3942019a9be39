"""Measures the memory that a server has of its own before and after thousands of different answers: what it remembers is bounded."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import psutil

from benchmarks.corpus import published, records, settings_for
from benchmarks.kinds import KINDS, TRADES
from benchmarks.report import Report
from benchmarks.server import Server, serving
from vivier.lexicon import load_lexicon

WARM_UP, STEP, ANSWERS = 20, 500, 2_000


def embedded(folder: Path, count: int, report: Report) -> None:
    """One row after each ``STEP`` answers, the first after ``WARM_UP``; one answer in five is a page for people."""
    settings = settings_for(folder)
    records(settings, count)
    published(settings)
    departements = sorted(load_lexicon().gazetteer.names["departement"])
    asked = [
        {"trade": trade, "territory": f"departement:{code}", **({"kind": kind} if kind else {})}
        for kind, trade, code in product(("", *KINDS), TRADES, departements)
    ]
    with serving(settings) as server:
        for at, parameters in enumerate(asked[: ANSWERS + WARM_UP]):
            if at >= WARM_UP and (at - WARM_UP) % STEP == 0:
                row(report, at - WARM_UP, server)
            server.get("/v1/suppliers" if at % 5 else "/fournisseurs", parameters)
        row(report, ANSWERS, server)


def row(report: Report, answers: int, server: Server) -> None:
    """One line: what no other process could share, and all that is resident."""
    processes = [psutil.Process(server.process.pid), *psutil.Process(server.process.pid).children(recursive=True)]
    anonymous = max(private(process.pid) for process in processes)
    resident = max(process.memory_info().rss for process in processes) / 1e6
    report.add(answers=str(answers), **{"anonymous MB": f"{anonymous:.0f}", "resident MB": f"{resident:.0f}"})


def private(pid: int) -> float:
    """Megabytes of anonymous memory of a process (Linux)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Anonymous:")) * 1024 / 1e6
