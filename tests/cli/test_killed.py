"""A few rounds of ``python -m benchmarks kills``: verbs killed in their work leave a whole home, and are ended by being typed again."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.house.walk import ROOT

pytestmark = pytest.mark.long
VERBS = ("import", "backup", "review accept", "oppose")


def test_verbs_killed_in_their_work_leave_a_whole_home() -> None:
    command = [sys.executable, "-m", "benchmarks", "kills", "--rounds", "2", *VERBS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("| 2 |") >= len(VERBS), done.stdout
