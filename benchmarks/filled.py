"""How many records of each run have each field, with control limits: ``python -m benchmarks.filled HOME [SOURCE]``.

One line a field of the run in force: its share in every run kept, oldest first, then the least share that the next run of the same size
may have: under it, and under half of it, a live run is refused (``vivier.runs.drops.lost``).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from vivier.errors import VivierError
from vivier.runs.drops import least_share
from vivier.runs.records import RunStatistics, current_run, loaded_sources, read_statistics


def history(records: Path, source: str) -> list[RunStatistics]:
    """The runs of a source that are kept, up to the one in force, oldest first. A run whose statistics cannot be read is left out."""
    last = current_run(records, source).name
    found: list[RunStatistics] = []
    for folder in sorted(path for path in (records / source).iterdir() if path.is_dir() and path.name <= last):
        try:
            found.append(read_statistics(folder))
        except VivierError:
            print(f"  {source}: run {folder.name} cannot be read", file=sys.stderr)
    return found


def lines(runs: list[RunStatistics]) -> Iterator[str]:
    """The share of each field in each run, and the least share of the next one."""
    newest = runs[-1]
    for name, count in sorted(newest.fields.items()):
        share = count / newest.kept
        told = "  ".join(f"{run.fields.get(name, 0) / run.kept:6.1%}" if run.kept else "     –" for run in runs)
        yield f"  {name:28} {told}   least {least_share(min(1.0, share), newest.kept, newest.kept):6.1%}"


def main() -> int:
    """Prints every source of a home, or one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("source", nargs="?")
    options = parser.parse_args()
    records = options.home / "records"
    for source in [options.source] if options.source else loaded_sources(records):
        runs = history(records, source)
        if runs and runs[-1].kept:
            print(f"{source}: {runs[-1].kept} records, {len(runs)} runs")
            print("\n".join(lines(runs)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
