"""``python -m indexer.demo --report``: how the fictitious suppliers are spread."""

from __future__ import annotations

import argparse
import sys

from indexer.demo import COUNT, SEED, TODAY, demo_records
from indexer.demo.report import Report


def main() -> int:
    """Print the report, or the records as JSON lines without ``--report``."""
    parser = argparse.ArgumentParser(
        prog="python -m indexer.demo", description="Fournisseurs fictifs de démonstration."
    )
    parser.add_argument("--report", action="store_true", help="dire la répartition au lieu d'écrire les fournisseurs")
    parser.add_argument("--count", type=int, default=COUNT, help=f"nombre de fournisseurs ({COUNT})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"graine du tirage ({SEED})")
    chosen = parser.parse_args()
    if chosen.count < 0:
        parser.error("--count : un nombre positif ou nul")
    records = demo_records(chosen.count, chosen.seed)
    lines = Report(records, TODAY).lines() if chosen.report else (r.model_dump_json(exclude_none=True) for r in records)
    for line in lines:
        sys.stdout.write(f"{line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
