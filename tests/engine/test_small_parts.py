"""Which compiled module is used, what is sent to a node, the middle of what it counts."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import pytest

from vivier.engine.embedded.compiled import INTERFACE, compiled, evaluator
from vivier.engine.opensearch.group import _middle
from vivier.engine.opensearch.sending import bulk_lines


@pytest.mark.parametrize(
    ("spoken", "said"), [(INTERFACE, "vivier_fast 9"), (INTERFACE + 1, "numpy"), (None, "numpy"), ("absent", "numpy")]
)
def test_a_module_of_another_interface_is_left_aside(
    spoken: object, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    module: Any = ModuleType("vivier_fast")
    module.VERSION = 9
    if spoken is not None:
        module.INTERFACE = spoken
    monkeypatch.setitem(sys.modules, "vivier_fast", None if spoken == "absent" else module)
    compiled.cache_clear()
    try:
        assert evaluator() == said
    finally:
        compiled.cache_clear()


def test_documents_are_lines_of_two() -> None:
    one, other = bulk_lines([{"id": "a", "x": 1}, {"id": "b"}])
    assert one == b'{"index":{"_id":"a"}}\n{"id":"a","x":1}\n' and b'"_id":"b"' in other


def test_the_middle_of_values_counted_is_that_of_all_of_them() -> None:
    assert [_middle([(1, 1), (5, 1)]), _middle([(1, 2), (5, 1)]), _middle([(1, 1), (2, 1), (9, 1)])] == [3, 1, 2]
