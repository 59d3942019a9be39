"""Circles on the sphere: what they compute is finite, and numpy has nothing to say of it."""

from __future__ import annotations

import numpy as np
import pytest

from vivier.territory import load_gazetteer
from vivier.territory.discs import Circle, Discs

KILOMETRES = (0.1, 1.0, 5.0, 30.0, 100.0, 200.0)


@pytest.fixture(scope="module")
def discs() -> Discs:
    return Discs(load_gazetteer().communes)


def test_no_operation_on_a_circle_is_invalid(discs: Discs) -> None:
    """By BLAS one circle in some thousands was told invalid: it multiplied what lies beyond the end of an array."""
    communes = load_gazetteer().communes
    rows = np.flatnonzero(communes.has_point & (communes.block.values >= 0))[::29]
    with np.errstate(all="raise", under="ignore"):
        for place, row in enumerate(rows.tolist()):
            circle = Circle(float(communes.lon[row]), float(communes.lat[row]), KILOMETRES[place % len(KILOMETRES)])
            inside, ring = discs.split(circle, int(communes.block.values[row]))
            assert row in inside
            assert discs.within(circle)[row]
            if len(ring):
                areas = discs.areas([circle], [ring])
                assert np.isfinite(areas).all() and (areas <= discs.area[ring] + 0.01).all()
