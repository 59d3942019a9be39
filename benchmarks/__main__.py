"""``python -m benchmarks NAME``: a measure of the house, by name; ``--help`` after a name gives its options.

Without a name (``make bench``): every table of docs/performance.md. Machines are noisy: what is compared is measured call by call in turn,
in one run, and given as a ratio.
"""

from __future__ import annotations

import inspect
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from pkgutil import resolve_name
from typing import Final

import typer

from benchmarks.report import Report
from tests.opensearch_node.jars import NodeUnavailableError

TABLES: Final = {
    "build": "build:embedded",
    "merge": "build:gathered",
    "search": "search:embedded",
    "kinds": "kinds:embedded",
    "command": "processes:command",
    "pages": "pages:embedded",
    "load": "load:embedded",
    "memory": "processes:memory",
    "depth": "desk:depth",
    "desk": "desk:desk",
    "ledger": "ledger:embedded",
    "mail": "mail:embedded",
    "opensearch": "search:opensearch",
    "bulk": "bulk:opensearch",
    "exports": "exports:embedded",
    "imports": "imports:imports",
    "finess": "imports:finess",
    "size": "size:computed",
    "reverse": "reverse:embedded",
    "contracts-opensearch": "search:contracts",
}
"""Benches that fill a table on a generated corpus. Each is given a folder, how many suppliers to make, and its report."""
OF_CONTRACTS: Final = ("depth",)
"""Those that make ``--contracts`` contracts (``report.contracts``)."""
FIGURES: Final[dict[str, str]] = {
    "needs": "needs:needs",
    "needs_judged": "needs:judged",
    "needs_mistyped": "needs:mistyped",
    "needs_roles": "roles:roles",
    "fit_needs": "fit_needs:weights",
    "fit_need_words": "fit_needs:words",
    "rungs": "rungs:rungs",
    "presentations": "rungs:texts",
    "identity": "identity:identity",
    "belief": "belief:belief",
    "belief_judged": "belief_judged:judged",
    "belief_calls": "belief_judged:counted",
    "belief_lots": "lots:belief_lots",
    "levers": "lots:levers",
    "real_lots": "lots:real_lots",
    "judged_lots": "lots:judged_lots",
    "real_needs": "real_needs:real_needs",
    "stream_leads": "stream:stream_leads",
    "stream_questions": "stream:stream_questions",
    "won_before": "stream:won_before",
    "faults": "faults:faults",
    "fuzz": "fuzz:fuzz",
    "soak": "load:soak",
    "stream_speed": "mail:stream_speed",
    "kills": "kills.rounds:kills",
    "outside": "outside:main",
    "drifts": "drifts:main",
    "values": "values:main",
    "declared": "declared:declared",
    "named": "named:named",
    "green": "green:green",
    "relevance": "relevance:relevance",
    "distances": "distances:distances",
}
"""Benches that print lines; their parameters are their options."""


def main() -> None:
    """Runs the bench named, or every table."""
    name, *words = sys.argv[1:] or [""]
    if name in TABLES:
        run, about = _filled(name), resolve_name(f"benchmarks.{TABLES[name]}")
    elif name in FIGURES:
        about = resolve_name(f"benchmarks.{FIGURES[name]}")
        run = _printed(about)
    elif name.startswith("-") or not name:
        run, about, words = _every, main, sys.argv[1:]
    else:
        sys.exit(f"unknown bench: {name} (known: {', '.join((*TABLES, *FIGURES))})")
    command = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    command.command(help=inspect.getdoc(sys.modules[about.__module__]))(run)
    command(words, prog_name=f"python -m benchmarks {name}".rstrip())


def _every(suppliers: int = 20_000, contracts: int = 200_000) -> None:
    for name in TABLES:
        _filled(name)(suppliers, contracts)


def _filled(name: str) -> Callable[[int, int], None]:
    """The command of a table."""

    def command(suppliers: int = 20_000, contracts: int = 200_000) -> None:
        bench: Callable[[Path, int, Report], None] = resolve_name(f"benchmarks.{TABLES[name]}")
        report = Report(name, suppliers, contracts if name in OF_CONTRACTS else None)
        with tempfile.TemporaryDirectory(prefix="vivier-bench-") as folder:
            try:
                bench(Path(folder), suppliers, report)
            except NodeUnavailableError as reason:
                report.add(case=f"not measured: {reason}")
        for line in report.lines():
            print(line, flush=True)

    return command


def _printed(bench: Callable[..., Iterator[str]]) -> Callable[..., None]:
    """The command of a bench that prints its lines as they come."""

    @wraps(bench)
    def command(*arguments: object, **options: object) -> None:
        try:
            for line in bench(*arguments, **options):
                print(line, flush=True)
        except NodeUnavailableError as reason:
            print(f"not measured: {reason}")

    return command


if __name__ == "__main__":
    main()
