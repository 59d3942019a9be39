"""The figures of docs/performance.md: ``python -m benchmarks`` (``make bench``), or one of them by name.

Machines are noisy: what is compared is measured call by call in turn, in one run, and given as a ratio.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import build, contracts, depth, desk, exports, imports, large, merge, reverse, search
from benchmarks.report import Report

BENCHES: dict[str, Callable[[Path, int, Report], None]] = {
    "build": build.embedded,
    "merge": merge.gathered,
    "search": search.embedded,
    "depth": depth.embedded,
    "desk": desk.embedded,
    "opensearch": search.opensearch,
    "exports": exports.embedded,
    "imports": imports.shared_lists,
    "finess": large.large_document,
    "contracts": contracts.readers,
    "reverse": reverse.embedded,
    "reverse-opensearch": reverse.opensearch,
}


def main() -> int:
    """Run the benches asked for (all by default) and print their tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("bench", nargs="*", help=f"{', '.join(BENCHES)} (default: all)")
    parser.add_argument("--suppliers", type=int, default=20_000, help="size of the generated corpus")
    options = parser.parse_args()
    if unknown := set(options.bench) - set(BENCHES):
        parser.error(f"unknown bench: {', '.join(sorted(unknown))} (known: {', '.join(BENCHES)})")
    with tempfile.TemporaryDirectory(prefix="vivier-bench-") as folder:
        for name in options.bench or BENCHES:
            report = Report(name, options.suppliers)
            BENCHES[name](Path(folder), options.suppliers, report)
            report.print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
