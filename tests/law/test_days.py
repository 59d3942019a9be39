"""A row written today of what changes later leaves today as it is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from mappings import ROOT

ROWS = """
eu_other,Seuil inventé,300000,,,€ HT,unverified,invention,2028-01-01,
eu_works,Seuil inventé,9000000,,,€ HT,unverified,invention,2028-01-01,
ess_months,Durée inventée,60,,,mois,unverified,invention,2028-01-01,
"""
READ = """
from datetime import date
from vivier.desk.method.reservable import applicability
from vivier.law.rules import Consultation, threshold
for day in (date(2027, 12, 31), date(2028, 1, 1)):
    supplies, works = (threshold("eu", Consultation(day, category=of, buyer="other")) for of in ("fournitures", "travaux"))
    print(supplies, works, applicability("L2113-15", ("85311000",), 48, "other", day).state)
"""


def test_a_threshold_and_a_longest_time_are_those_of_the_day_of_the_launch(tmp_path: Path) -> None:
    tables = tmp_path / "mappings" / "tables"
    tables.mkdir(parents=True)
    for path in (*ROOT.glob("*.py"), *ROOT.glob("tables/*")):
        (tmp_path / "mappings" / path.relative_to(ROOT)).symlink_to(path)
    (tables / "parameters.csv").unlink()
    shutil.copy(ROOT / "tables" / "parameters.csv", tables)
    with (tables / "parameters.csv").open("a", encoding="utf-8") as stream:
        stream.write(ROWS.lstrip())
    done = subprocess.run(
        [sys.executable, "-c", READ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT.parent)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == ["216000.0 5404000.0 no", "300000.0 9000000.0 yes"], done.stderr
