"""The figures of docs/performance.md: ``python -m benchmarks`` (``make bench``), or one of them by name.

Machines are noisy: what is compared is measured call by call in turn, in one run, and given as a ratio.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import (
    build,
    bulk,
    command,
    contract_search,
    contracts,
    depth,
    desk,
    exports,
    imports,
    kinds,
    large,
    ledger,
    load,
    mail,
    memory,
    merge,
    pages,
    reverse,
    search,
    size,
    steps,
)
from benchmarks.report import Report

BENCHES: dict[str, Callable[[Path, int, Report], None]] = {
    "build": build.embedded,
    "merge": merge.gathered,
    "search": search.embedded,
    "kinds": kinds.embedded,
    "command": command.embedded,
    "pages": pages.embedded,
    "load": load.embedded,
    "memory": memory.embedded,
    "depth": depth.embedded,
    "desk": desk.embedded,
    "ledger": ledger.embedded,
    "mail": mail.embedded,
    "opensearch": search.opensearch,
    "bulk": bulk.opensearch,
    "exports": exports.embedded,
    "imports": imports.shared_lists,
    "finess": large.large_document,
    "contracts": contracts.readers,
    "size": size.computed,
    "steps": steps.contracts,
    "reverse": reverse.embedded,
    "reverse-opensearch": reverse.opensearch,
    "contracts-opensearch": contract_search.opensearch,
}
OF_CONTRACTS = ("depth",)
"""Benches that make ``--contracts`` contracts (``report.contracts``)."""


def main() -> int:
    """Run the benches asked for (all by default) and print their tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("bench", nargs="*", help=f"{', '.join(BENCHES)} (default: all)")
    parser.add_argument("--suppliers", type=int, default=20_000, help="size of the generated corpus")
    parser.add_argument("--contracts", type=int, default=200_000, help="contracts generated for depth")
    options = parser.parse_args()
    if unknown := set(options.bench) - set(BENCHES):
        parser.error(f"unknown bench: {', '.join(sorted(unknown))} (known: {', '.join(BENCHES)})")
    with tempfile.TemporaryDirectory(prefix="vivier-bench-") as folder:
        for name in options.bench or BENCHES:
            report = Report(name, options.suppliers, options.contracts if name in OF_CONTRACTS else None)
            BENCHES[name](Path(folder), options.suppliers, report)
            report.print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
