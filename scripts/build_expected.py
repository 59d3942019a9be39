"""Writes the expected result of the sample of a source: ``python -m scripts.build_expected ID…``.

``expected.jsonl`` and the counts of ``checks.json`` are those of a real import of the sample. Read the difference before you
commit it: the tests require it from then on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from crawlers.registry import source_of
from crawlers.scaffold.write import CHECKS, EXPECTED, checks_text, expected_of
from vivier.errors import VivierError

ROOT = Path(__file__).resolve().parents[1]


def built(source_id: str, folder: Path) -> dict[str, str]:
    """The two files of a fixture folder, by name. Members written by hand in ``checks.json`` are preserved.

    Raises ``NotFound`` for an unknown source, ``ImportRefused`` when its sample is refused.
    """
    found = expected_of(source_of(source_id), sorted(folder.glob("sample*")))
    checks = folder / CHECKS
    former = json.loads(checks.read_text(encoding="utf8")) if checks.is_file() else {}
    return {EXPECTED: found.records.decode(), CHECKS: checks_text({**former, **found.counts()})}


def doubts(lines: str) -> str:
    """How many records there are, and how many have each doubt: a date of the sample left « INVENTE » is one."""
    records = [json.loads(line) for line in lines.splitlines()]
    doubts = Counter(issue for record in records for issue in record.get("issues", ()))
    return ", ".join((f"records {len(records)}", *(f"{issue} {count}" for issue, count in sorted(doubts.items()))))


def main() -> int:
    """Runs the command line; returns 0 when files are written, 1 when a source is unknown or its sample refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ids", nargs="+", metavar="ID")
    try:
        for source_id in parser.parse_args().ids:
            folder = ROOT / "tests" / "fixtures" / "sources" / source_id
            files = built(source_id, folder)
            for name, text in files.items():
                (folder / name).write_text(text, encoding="utf8")
            print(f"{source_id}: {doubts(files[EXPECTED])}")
    except VivierError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
