"""A field is lost when far fewer records have it: from four records compared, ten missed, and half of its share."""

from __future__ import annotations

import pytest

from vivier.runs.drops import KEPT_SHARE, LEAST_SHARE, fallen, least_share, lost


@pytest.mark.parametrize(
    ("was", "before", "after", "least"),
    [
        (LEAST_SHARE - 0.001, 1_000, 1_000, 0.0),
        (KEPT_SHARE, 10, 10, 0.25),
        (1.0, 4, 4, 0.5),
        (LEAST_SHARE, 10, 10, 0.0),
    ],
)
def test_a_share_under_which_a_field_is_lost(was: float, before: int, after: int, least: float) -> None:
    assert least_share(was, before, after) == least


def test_a_rare_field_is_lost_below_three_standard_deviations() -> None:
    assert least_share(0.1, 300, 300) == pytest.approx(0.1 - 3 * (0.1 * 0.9 * 2 / 300) ** 0.5)
    assert 0 < least_share(LEAST_SHARE, 10_000, 10_000) < LEAST_SHARE / 2 + 1e-9


@pytest.mark.parametrize(
    ("before", "kept_before", "after", "kept_after", "found"),
    [
        (4, 4, 0, 4, 1),
        (3, 3, 0, 4, 0),
        (4, 4, 0, 3, 0),
        (4, 4, 2, 4, 0),
        (100, 100, 50, 100, 0),
        (100, 100, 49, 100, 1),
        (40, 100, 0, 25, 1),
        (40, 100, 0, 24, 0),
        (40, 100, 1, 25, 0),
    ],
)
def test_a_field_is_lost_when_enough_records_miss_it(
    before: int, kept_before: int, after: int, kept_after: int, found: int
) -> None:
    assert len(lost({"mail": before}, kept_before, {"mail": after}, kept_after)) == found


def test_a_field_that_fell_by_half_is_named_with_both_shares() -> None:
    (text,) = fallen({"mail": 0.8, "rare": 0.01, "half": 0.4}, {"mail": 0.39, "half": 0.2})
    assert text.replace("\u00a0", " ") == "mail : 80 % → 39 % des lignes"
    assert lost({"prix.huge": 100}, 100, {}, 100) == []
