"""The table of what is judged before each release has a row for each limit, with what it counts and who judged."""

from __future__ import annotations

import csv

from tests.house.walk import ROOT


def test_the_rows_of_the_page_are_those_of_the_limits() -> None:
    with (ROOT / "benchmarks" / "judged.csv").open(encoding="utf8", newline="") as file:
        limits = [
            (row["home"], row["measure"], f"{row['bound']} {row['limit']}", row["about"], row["judge"])
            for row in csv.DictReader(file)
        ]
    lines = (ROOT / "docs" / "judged.md").read_text(encoding="utf8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][2:]
    assert sorted((home, what, limit, *said) for home, what, _, limit, *said in cells) == sorted(limits)
    assert all(all(limit) for limit in limits)
