"""Points, weights and rarity, against their formulas written apart."""

from __future__ import annotations

import math

import pytest

from vivier.search.scoring import POINTS, annual_amount, components, idf, weights_of, word_points


def test_a_rare_word_weighs_more_and_none_weighs_less_than_one() -> None:
    for documents, frequency in ((1, 0), (1, 1), (100, 0), (100, 1), (100, 100)):
        rarity = 1 + math.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))
        assert idf(documents, frequency) == pytest.approx(rarity)
    assert idf(0, 0) == 1.0


def test_a_word_gives_its_share_of_the_points_and_one_at_least() -> None:
    assert word_points(0.5, 2.0, 8.0, 0.6) == round(POINTS * 0.5 * 0.25 * 0.6)
    assert word_points(0.5, 1e-9, 8.0, 0.6) == 1


def test_the_weights_called_for_add_up_to_one_and_points_are_parts_of_them() -> None:
    weights = weights_of(("words", "phrase"))
    assert weights.keys() == {"words", "phrase"} and sum(weights.values()) == pytest.approx(1.0)
    half, beyond = components({"words": round(POINTS * weights["words"] / 2), "phrase": 2 * POINTS}, weights)
    assert (half.name, half.weight) == ("words", weights["words"]) and half.points == round(
        POINTS * weights["words"] / 2
    )
    assert (half.value, beyond.value) == (pytest.approx(0.5, abs=1e-3), 1.0)
    (none,) = components({}, {"words": 1.0})
    assert (none.value, none.points) == (0.0, 0)


@pytest.mark.parametrize(
    ("months", "a_year"), [(None, 1200), (0, 1200), (6, 1200), (12, 1200), (13, 1200 * 12 / 13), (24, 600)]
)
def test_the_amount_of_a_year_is_never_more_than_that_of_the_lot(months: int | None, a_year: float) -> None:
    assert annual_amount(1200, months) == pytest.approx(a_year)
