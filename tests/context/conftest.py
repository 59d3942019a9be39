"""A house of its own for each test of the contexts."""

from __future__ import annotations

from pathlib import Path

import pytest

from vivier.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")
