"""Which members of a record count as had, and what a list says of its states."""

from __future__ import annotations

from vivier.runs.quality_lists import _figures, _states
from vivier.runs.shapes import _members_of, counted


def test_a_number_that_is_zero_is_not_had_and_a_no_is() -> None:
    assert _members_of({"a": 0, "b": None, "c": False, "d": "x", "e": (), "f": 2}) == ("c", "d", "f")
    shapes = {("", ("months", "id")): 3, ("offers", ("trade",)): 2, ("amount", ("large",)): 1}
    found = counted(shapes)
    assert (found["months"], found["offers.trade"], found["amount.large"]) == (3, 2, 1)


def test_every_state_of_a_consideration_is_counted_even_when_nobody_has_it() -> None:
    found = list(_states({"social:yes": 4}, 10))
    assert sum(figure.count for figure in found) in (0, 4) and {figure.of for figure in found} == {10}
    assert min(figure.count for figure in found) == 0 and len({figure.title for figure in found}) == len(found)
    assert [(figure.title, figure.count) for figure in _figures({"k:a": 3}, "k:", {"a": "un", "b": "deux"}, 9)] == [
        ("Un", 3)
    ]
