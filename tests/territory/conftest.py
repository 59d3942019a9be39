"""Zones and the communes that they cover, read once."""

from __future__ import annotations

import pytest

from vivier.territory.covers import Covers
from vivier.territory.gazetteer import load_gazetteer


@pytest.fixture(scope="session")
def covers() -> Covers:
    return Covers(load_gazetteer())
