"""What ``make check`` keeps of each room, as it was collected for ``make test``."""

from __future__ import annotations

from collections import Counter

import pytest

LEFT_OUT = {"node", "browser", "slow"}
LEAST = 0.6
"""Of the tests of a room, those that ``make check`` runs: a fault in any room must die there."""
BESIDE = {"engine", "identity", "opensearch_node", "world"}
"""Rooms whose tests need a node or many processes: half of them are quick, or none."""

ROOMS = 25
"""Fewer: some folders of tests were chosen."""


@pytest.mark.slow
def test_make_check_runs_three_fifths_of_the_tests_of_each_room(request: pytest.FixtureRequest) -> None:
    every, quick = Counter[str](), Counter[str]()
    for item in request.session.items:
        room = item.nodeid.split("/")[1]
        every[room] += 1
        quick[room] += LEFT_OUT.isdisjoint(mark.name for mark in item.iter_markers())
    if request.config.option.markexpr != "not long" or len(every) < ROOMS:
        pytest.skip("only make test collects every room, with what make check leaves out")
    assert {room for room in every if quick[room] < LEAST * every[room]} <= BESIDE
