"""Circles on the sphere: what they compute is finite, and numpy has nothing to say of it."""

from __future__ import annotations

import numpy as np
import pytest

from vivier.territory import load_gazetteer
from vivier.territory.discs import Circle, Discs, project
from vivier.territory.seats import Seats

KILOMETRES = (0.1, 1.0, 5.0, 30.0, 100.0, 200.0)


@pytest.fixture(scope="module")
def discs() -> Discs:
    return Discs(load_gazetteer().communes)


@pytest.mark.slow
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


@pytest.mark.slow
def test_the_nearest_commune_and_the_plane_round_a_point_are_told_without_a_warning(discs: Discs) -> None:
    """Four anchors are unknown: nearness to them is not, and numpy need not say so."""
    gazetteer = load_gazetteer()
    communes, seats = gazetteer.communes, Seats(gazetteer, discs)
    with np.errstate(all="raise", under="ignore"):
        for row in np.flatnonzero(communes.has_point)[::97].tolist():
            lon, lat = float(communes.lon[row]), float(communes.lat[row])
            nearest = seats.nearest(lon, lat)
            assert (communes.lon[nearest], communes.lat[nearest]) == pytest.approx((lon, lat), abs=1e-9)
            around = np.array([(lon + 0.1 * step, lat) for step in range(row % 7 + 1)])
            assert np.isfinite(project(around, lon, lat)).all()
