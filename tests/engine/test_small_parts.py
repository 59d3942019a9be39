"""What is sent to a node, the middle of what it counts."""

from __future__ import annotations

from vivier.engine.opensearch.group import _middle
from vivier.engine.opensearch.sending import bulk_lines


def test_documents_are_lines_of_two() -> None:
    one, other = bulk_lines([{"id": "a", "x": 1}, {"id": "b"}])
    assert one == b'{"index":{"_id":"a"}}\n{"id":"a","x":1}\n' and b'"_id":"b"' in other


def test_the_middle_of_values_counted_is_that_of_all_of_them() -> None:
    assert [_middle([(1, 1), (5, 1)]), _middle([(1, 2), (5, 1)]), _middle([(1, 1), (2, 1), (9, 1)])] == [3, 1, 2]
