"""What a process of the product costs: ``python -m benchmarks command``, ``memory``.

**command**: ``vivier search`` as a command: a process that loads what it needs, answers and ends.

**memory**: the memory that a server has of its own before and after thousands of different answers: what it remembers is bounded.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
from functools import partial
from itertools import product
from pathlib import Path

from benchmarks.corpus import indexed
from benchmarks.kinds import KINDS, TRADES
from benchmarks.report import Report, processor, spent
from benchmarks.server import Server, serving
from vivier.lexicon import load_lexicon

RUNS = 10
WORDS = ("nettoyage", "de", "bureaux")
WARM_UP, STEP, ANSWERS = 20, 500, 2_000


def command(folder: Path, count: int, report: Report) -> None:
    """Median seconds of wall clock and of processor, after a run that is not counted."""
    home = indexed(folder, count).home
    runs = [_seconds(home) for _ in range(1 + RUNS)][1:]
    wall, busy = (statistics.median(each) for each in zip(*runs, strict=True))
    report.add(command=f"vivier search {' '.join(WORDS)}", **{"wall s": f"{wall:.2f}", "CPU s": f"{busy:.2f}"})


def _seconds(home: Path) -> tuple[float, float]:
    """Seconds of wall clock and of processor of one command."""
    words = [sys.executable, "-c", "from vivier.cli import main; main()", "search", *WORDS]
    before = processor(resource.RUSAGE_CHILDREN)
    own = os.environ | {"VIVIER_HOME": str(home)}
    done = spent(partial(subprocess.run, words, env=own, check=True, capture_output=True, timeout=60))
    return done.clock, processor(resource.RUSAGE_CHILDREN) - before


def memory(folder: Path, count: int, report: Report) -> None:
    """One row after each ``STEP`` answers, the first after ``WARM_UP``; one answer in five is a page for people."""
    settings = indexed(folder, count)
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
    processes = server.processes()
    anonymous = max(private(process.pid) for process in processes)
    resident = max(process.memory_info().rss for process in processes) / 1e6
    report.add(answers=str(answers), **{"anonymous MB": f"{anonymous:.0f}", "resident MB": f"{resident:.0f}"})


def private(pid: int) -> float:
    """Megabytes of anonymous memory of a process (Linux)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Anonymous:")) * 1024 / 1e6
