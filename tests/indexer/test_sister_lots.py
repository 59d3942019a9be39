"""Lots of one consultation are found by the beginning of their object, or by a framework, when they were notified close in time."""

from __future__ import annotations

from datetime import date, timedelta

from indexer.contracts.relations import SAME_CONSULTATION, _consultations
from vivier.contracts.objects import SHORTEST_PREFIX
from vivier.model import Contract

FIRST = date(2026, 1, 1)
WORDS = "Entretien des espaces verts de la ville"


def contract(key: str, object_: str, days: int | None, framework: str | None = None) -> Contract:
    notified = None if days is None else FIRST + timedelta(days=days)
    return Contract.model_construct(key=key, object=object_, framework=framework, notified=notified)


def sisters(*contracts: Contract) -> set[frozenset[str]]:
    found = _consultations(contracts)
    return {frozenset(key for key, mark in found.items() if mark == each) for each in set(found.values())}


def test_lots_of_one_object_notified_within_thirty_days_of_one_another_are_sisters() -> None:
    limit = SAME_CONSULTATION.days
    lots = [contract(f"c{number}", f"{WORDS}, lot {number}", days) for number, days in enumerate((0, limit, 2 * limit))]
    late, undated = contract("late", f"{WORDS} - lot 9", 3 * limit + 1), contract("undated", f"{WORDS} - lot 8", None)
    assert sisters(*lots, late, undated) == {frozenset(("c0", "c1", "c2"))}
    others = [contract(f"d{number}", f"{WORDS}, lot {number}", 4 * limit + 9) for number in (1, 2)]
    assert sisters(*lots, *others) == {frozenset(("c0", "c1", "c2")), frozenset(("d1", "d2"))}


def test_an_object_without_a_lot_or_too_short_makes_no_sister() -> None:
    assert sisters(contract("a", WORDS, 0), contract("b", WORDS, 0)) == set()
    short = "e" * (SHORTEST_PREFIX - 1)
    assert sisters(contract("a", f"{short} lot 1", 0), contract("b", f"{short} lot 2", 0)) == set()
    long = "e" * SHORTEST_PREFIX
    assert sisters(contract("a", f"{long} lot 1", 0), contract("b", f"{long} lot 2", 0)) == {frozenset(("a", "b"))}


def test_contracts_of_one_framework_are_sisters_and_a_mark_that_says_nothing_is_none() -> None:
    for one, other, same in (("2026-01", "2026-01", True), ("2026-01", "2026-02", False), ("--", "--", False)):
        found = sisters(contract("a", WORDS, 0, one), contract("b", WORDS, 0, other))
        assert found == ({frozenset(("a", "b"))} if same else set())
