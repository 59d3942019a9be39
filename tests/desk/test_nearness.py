"""Kilometres to the nearest structure, against all distances tried one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivier.desk.facts.nearness import nearness
from vivier.territory.gazetteer import load_gazetteer


def _mainland() -> st.SearchStrategy[str]:
    communes = load_gazetteer().communes
    whole = zip(communes.codes, communes.is_arrondissement.tolist(), strict=True)
    return st.sampled_from([code for code, part in whole if not part and not code.startswith(("2A", "2B", "97", "98"))])


MAINLAND = st.deferred(_mainland)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(
    st.lists(MAINLAND, min_size=1, max_size=40),
    st.lists(MAINLAND, min_size=1, max_size=8),
)
def test_the_nearest_seat_is_that_of_all_the_distances(seats: list[str], homes: list[str]) -> None:
    communes = load_gazetteer().communes
    found = nearness(seats, load_gazetteer())
    rows = [communes.index[code] for code in seats]
    for home in homes:
        at = communes.index[home]
        if communes.has_point[at] and communes.has_point[rows].any():
            every = communes.distances_km(communes.lon[at], communes.lat[at])[rows]
            assert found.km[at] == pytest.approx(float(np.nanmin(every)), abs=2e-3)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.lists(MAINLAND, max_size=20), MAINLAND)
def test_a_structure_more_brings_nobody_further(seats: list[str], more: str) -> None:
    before, after = nearness(seats, load_gazetteer()), nearness([*seats, more], load_gazetteer())
    known = ~np.isnan(before.km)
    assert (after.km[known] <= before.km[known] + 2e-3).all()


def test_the_sea_is_not_crossed_and_nobody_sits_nowhere() -> None:
    found = nearness(["06088", None, "99999"], load_gazetteer())
    assert found.of("departement:06")[0] is not None
    assert found.of("departement:2B")[0] is None and found.of("region:04")[1] is None
    assert nearness([], load_gazetteer()).of("FR") == (None, None)


def test_people_count_not_communes() -> None:
    """Lyon holds most of the Rhône: its people are near a seat in Lyon, its communes are further on average."""
    found, rows = nearness(["69123"], load_gazetteer()), load_gazetteer().leaves("departement:69")
    mean, least = found.of("departement:69")
    assert mean is not None and mean < float(np.nanmean(found.km[rows])) / 1.5
    assert least == 0
