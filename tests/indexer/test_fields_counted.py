"""Which members of a record count as had, and what a list says of its states."""

from __future__ import annotations

from datetime import date

import pytest

from vivier.runs.filled import Filled, fields_of
from vivier.runs.quality_lists import _figures, _states
from vivier.runs.shapes import _members_of, counted


def test_a_number_that_is_zero_is_not_had_and_a_no_is() -> None:
    assert _members_of({"a": 0, "b": None, "c": False, "d": "x", "e": (), "f": 2}) == ("c", "d", "f")
    shapes = {("", ("months", "id")): 3, ("offers", ("trade",)): 2, ("amount", ("large",)): 1}
    found = counted(shapes)
    assert (found["months"], found["offers.trade"], found["amount.large"]) == (3, 2, 1)


def test_limits_are_three_deviations_of_two_builds_around_the_former_share() -> None:
    one = Filled(run="1", day=date(2026, 1, 1), records=100, fields={"a": 50, "b": 120, "c": 1})
    other = Filled(run="2", day=date(2026, 1, 2), records=400, fields={"a": 100, "b": 400})
    found = {field.name: field for field in fields_of((one, other))}
    wide = 3 * (0.25 * (1 / 100 + 1 / 400)) ** 0.5
    assert found["a"].shares == (0.5, 0.25) and found["b"].shares == (1.0, 1.0) and found["c"].shares == (0.01, 0.0)
    assert (found["a"].low, found["a"].high) == (pytest.approx(0.5 - wide), pytest.approx(0.5 + wide))
    assert (found["b"].low, found["b"].high) == (1.0, 1.0) and found["c"].low == 0.0
    (alone,) = (field for field in fields_of((one,)) if field.name == "a")
    assert (alone.low, alone.high) == (None, None) and alone.least == 0.25
    empty = Filled(run="3", day=date(2026, 1, 3), records=0, fields={"a": 0})
    assert [(field.shares, field.least) for field in fields_of((empty,))] == [((None,), 0.0)]


def test_every_state_of_a_consideration_is_counted_even_when_nobody_has_it() -> None:
    found = list(_states({"social:yes": 4}, 10))
    assert sum(figure.count for figure in found) in (0, 4) and {figure.of for figure in found} == {10}
    assert min(figure.count for figure in found) == 0 and len({figure.title for figure in found}) == len(found)
    assert [(figure.title, figure.count) for figure in _figures({"k:a": 3}, "k:", {"a": "un", "b": "deux"}, 9)] == [
        ("Un", 3)
    ]
