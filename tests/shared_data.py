"""The data given beside the repository, for cross-checks: absent on most machines."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("VIVIER_SHARED_DATA", ROOT.parent / "shared" / "data"))


def shared_data(*parts: str) -> Path:
    """Path of a shared file; skips the test, with the path it looked for, when there is none."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"shared data absent: {path} (set VIVIER_SHARED_DATA)")
    return path
