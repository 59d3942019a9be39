"""Kilometres to the nearest structure, against all distances tried one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivier.desk.facts.nearness import nearness
from vivier.territory.gazetteer import load_gazetteer

GAZETTEER = load_gazetteer()
MAINLAND = tuple(
    code
    for code, arrondissement in zip(
        GAZETTEER.communes.codes, GAZETTEER.communes.is_arrondissement.tolist(), strict=True
    )
    if not arrondissement and not code.startswith(("2A", "2B", "97", "98"))
)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.sampled_from(MAINLAND), min_size=1, max_size=40),
    st.lists(st.sampled_from(MAINLAND), min_size=1, max_size=8),
)
def test_the_nearest_seat_is_that_of_all_the_distances(seats: list[str], homes: list[str]) -> None:
    communes = GAZETTEER.communes
    found = nearness(seats, GAZETTEER)
    rows = [communes.index[code] for code in seats]
    for home in homes:
        at = communes.index[home]
        if communes.has_point[at] and communes.has_point[rows].any():
            every = communes.distances_km(communes.lon[at], communes.lat[at])[rows]
            assert found.km[at] == pytest.approx(float(np.nanmin(every)), abs=2e-3)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(MAINLAND), max_size=20), st.sampled_from(MAINLAND))
def test_a_structure_more_brings_nobody_further(seats: list[str], more: str) -> None:
    before, after = nearness(seats, GAZETTEER), nearness([*seats, more], GAZETTEER)
    known = ~np.isnan(before.km)
    assert (after.km[known] <= before.km[known] + 2e-3).all()


def test_the_sea_is_not_crossed_and_nobody_sits_nowhere() -> None:
    found = nearness(["06088", None, "99999"], GAZETTEER)
    assert found.mean("departement:06") is not None
    assert found.mean("departement:2B") is None and found.least("region:04") is None
    assert nearness([], GAZETTEER).mean("FR") is None


def test_people_count_not_communes() -> None:
    """Lyon holds most of the Rhône: its people are near a seat in Lyon, its communes are further on average."""
    found, rows = nearness(["69123"], GAZETTEER), GAZETTEER.leaves("departement:69")
    mean = found.mean("departement:69")
    assert mean is not None and mean < float(np.nanmean(found.km[rows])) / 1.5
    assert found.least("departement:69") == 0
