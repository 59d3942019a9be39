"""When too much has disappeared, at the bounds of each rule."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivier.runs.drops import drops, fallen, least_share, lost, swollen, too_many_aside


def test_a_figure_falls_by_more_than_its_limit_once_it_is_large_enough() -> None:
    assert drops({"kind:EI": 20}, {"kind:EI": 16}) == [] and drops({"kind:EI": 19}, {}) == []
    assert drops({"kind:EI": 20}, {"kind:EI": 15}) == ["type EI : 20 → 15"]
    assert drops({"rows": 20}, {}) == ["lignes gardées : 20 → 0"] and drops({"x": 100}, {"x": 50}, 0.5) == []


def test_a_field_falls_under_half_of_its_share() -> None:
    assert fallen({"a": 0.02}, {"a": 0.01}) == [] and fallen({"a": 0.019}, {}) == []
    assert len(fallen({"a": 0.02}, {})) == len(fallen({"a": 1.0}, {"a": 0.49})) == 1


@pytest.mark.parametrize(
    ("before", "kept", "after", "now", "is_lost"),
    [
        (100, 100, 50, 100, False),
        (100, 100, 49, 100, True),
        (100, 100, 0, 3, False),
        (4, 4, 0, 4, True),
        (300, 200, 99, 200, True),
        (300, 200, 100, 200, False),
        (200, 1_000, 0, 50, True),
        (200, 1_000, 0, 49, False),
        (1, 100, 0, 100, False),
    ],
)
def test_a_field_is_lost_when_chance_does_not_tell_it(
    before: int, kept: int, after: int, now: int, is_lost: bool
) -> None:
    found = lost({"a": before, "a.huge": 100}, kept, {"a": after}, now)
    assert [text.partition(" ")[0] for text in found] == (["a"] if is_lost else [])


def test_the_share_under_which_a_field_is_lost_is_half_or_the_control_limit() -> None:
    assert least_share(0.019, 100, 100) == 0.0 and least_share(0.5, 100, 100) == 0.25
    assert least_share(0.4, 10_000, 10_000) == 0.2
    limit = 0.1 - 3 * math.sqrt(0.1 * 0.9 * (1 / 200 + 1 / 600))
    assert 0 < limit < 0.05 and least_share(0.1, 200, 600) == pytest.approx(limit)
    assert least_share(0.1, 10, 10) == 0.0


@pytest.mark.parametrize(
    ("before", "after", "is_swollen"), [(0.24, 0.5, True), (0.25, 0.5, False), (0.0, 0.49, False), (0.0, 1.0, True)]
)
def test_another_unit_is_told(before: float, after: float, is_swollen: bool) -> None:
    found = swollen({"a.huge": before, "b": 0.0}, {"a.huge": after, "b": 1.0})
    assert [text.partition(" ")[0] for text in found] == (["a"] if is_swollen else [])


@pytest.mark.parametrize(
    ("aside", "seen", "too_many"),
    [(0, 0, False), (10, 20, False), (11, 20, True), (10, 19, True), (20, 100, False), (21, 100, True), (1, 1, True)],
)
def test_rows_set_aside_are_too_many_in_share_and_in_number(aside: int, seen: int, too_many: bool) -> None:
    assert too_many_aside(aside, seen, 0.2) is too_many


@pytest.mark.slow
@given(st.integers(4, 400), st.integers(4, 400), st.data())
def test_the_least_share_is_the_one_under_which_a_run_is_refused(before: int, after: int, data: st.DataObject) -> None:
    had, has = data.draw(st.integers(0, before)), data.draw(st.integers(0, after))
    refused = bool(lost({"cpv": had}, before, {"cpv": has}, after))
    if refused:
        assert has / after < least_share(had / before, before, after)
    elif had / before >= 0.5:
        assert has / after >= least_share(had / before, before, after)
