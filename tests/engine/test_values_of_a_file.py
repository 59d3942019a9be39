"""The values of a field are found in their file, wherever a step of the reading falls."""

from __future__ import annotations

import orjson
import pytest

from vivier.engine.embedded import columns


@pytest.mark.parametrize("step", [*range(1, 9), 4_096])
def test_a_value_is_found_whatever_the_step_of_the_reading(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_READ", step)
    for values in (["a"], ["", "b,", "ccc", 'd"e', "é"], ["x" * 7, "y", "z" * 9]):
        data = orjson.dumps(values)
        offsets, at = [], 2
        for value in values:
            offsets.append(at)
            at += len(orjson.dumps(value)) + 1
        assert columns._starts(memoryview(data)).tolist() == [*offsets, at]


def test_values_stay_in_their_file_when_they_are_many_and_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "MANY", 3)
    for values, is_many in (
        (["a", "zz", "é"], True),
        (["a", "b"], False),
        ([",", "a", "b"], False),
        (["a", 'b"', "c"], False),
    ):
        found = columns.open_values(memoryview(orjson.dumps(values)), len(values))
        assert isinstance(found, columns.ManyValues) is is_many, values
        assert [found[at] for at in range(len(found))] == values and len(found) == len(values)
        assert [found.place_of(value) for value in values] == list(range(len(values)))
        assert [found.place_of(value) for value in ("", "aa", "zzz", "\ud800")] == [None] * 4
