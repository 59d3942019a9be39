"""What was computed lately is kept, and bounded."""

from __future__ import annotations

import pytest

from search_api.lately import Lately


def test_a_value_is_made_once() -> None:
    kept, made = Lately[int](2), iter(range(9))
    assert [kept.get(key, lambda: next(made)) for key in ("a", "a", "b", "a")] == [0, 0, 1, 0]


def test_the_one_asked_longest_ago_leaves_first() -> None:
    kept, made = Lately[int](2), iter(range(9))
    for key in ("a", "b", "a", "c"):
        kept.get(key, lambda: next(made))
    assert kept.get("a", lambda: 99) == 0
    assert kept.get("b", lambda: 99) == 99


def test_an_error_is_not_kept() -> None:
    kept = Lately[float](2)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 / 0)
    assert kept.get("a", lambda: 1) == 1
