"""An answer of OpenSearch counts only when no shard is missing."""

from __future__ import annotations

import pytest

from vivier.engine.opensearch.building import _none_missing
from vivier.errors import EngineAway


@pytest.mark.parametrize(
    ("failed", "successful", "copies", "whole"),
    [(0, 2, True, True), (0, 1, True, True), (0, 1, False, False), (1, 1, True, False), (1, 2, False, False)],
)
def test_a_shard_that_failed_or_that_no_node_has_is_missing(
    failed: int, successful: int, copies: bool, whole: bool
) -> None:
    answer = {"_shards": {"total": 2, "successful": successful, "failed": failed}}
    if whole:
        assert _none_missing(answer, copies) is answer
        return
    with pytest.raises(EngineAway):
        _none_missing(answer, copies)
