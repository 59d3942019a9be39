"""What co-holders of the real contract files tell of structures that worked together."""

from __future__ import annotations

from itertools import combinations

import pytest

from tests.contracts.conftest import Contracts
from vivier.desk.facts.together import held_together
from vivier.search.operators import EVERY, Terms
from vivier.search.snapshot import Snapshot

pytestmark = pytest.mark.slow


def _holders(real: Contracts, award: str) -> list[set[str]]:
    hits = real.engine.open("contracts").scan(Terms("award", (award,)))
    return [{one["siren"] for one in hit.record["holders"] if "siren" in one} for hit in hits]


def test_the_holders_of_a_group_and_they_alone_are_evidence(real: Contracts) -> None:
    every = {
        one["siren"]
        for hit in real.engine.open("contracts").scan(EVERY)
        for one in hit.record["holders"]
        if "siren" in one
    }
    known = held_together(every, Snapshot(real.engine))
    grouped = {pair for held in _holders(real, "group") for pair in combinations(sorted(held), 2)}
    rivals = {pair for held in _holders(real, "several") for pair in combinations(sorted(held), 2)}
    assert set(known) == grouped
    assert len(grouped) == 54 and len(rivals - grouped) > 50


def test_the_contracts_cited_are_held_by_both(real: Contracts) -> None:
    four = real.one(buyer="55655032500030", q="24-992581")
    sirens = {one["siren"] for one in four["holders"]}  # type: ignore[attr-defined]
    known = held_together(sirens, Snapshot(real.engine))
    assert len(known) == 6 and set(known.values()) == {(four["key"],)}


def test_one_structure_alone_did_nothing_together(real: Contracts) -> None:
    assert held_together({"732829320"}, Snapshot(real.engine)) == {}
