"""The board of a study begins with what is likely: enough structures for the lever, then the lever, the confidence, the hours."""

from __future__ import annotations

from typing import Any

from search_api.desk.pages.consultation import ranked


def row(lever: str, enough: float, hours: int = 100, confidence: str = "low") -> dict[str, Any]:
    return {
        "studied": True,
        "lever": lever,
        "confidence": confidence,
        "hours": {"central": hours},
        "enough_structures": enough,
    }


def test_a_purchase_that_one_chance_in_ten_allows_comes_after_a_likely_clause() -> None:
    rare, clause, direct = row("direct", 0.12), row("clause", 0.9), row("direct", 0.7)
    assert ranked([rare, clause, direct, row("none", 0.01)]) == [direct, clause, rare, row("none", 0.01)]


def test_confidence_then_hours_decide_between_equal_levers_and_a_lot_not_studied_is_last() -> None:
    first, second, third = row("clause", 0.9, 50, "medium"), row("clause", 0.6, 400), row("clause", 0.9, 300)
    assert ranked([{"studied": False}, third, second, first]) == [first, second, third, {"studied": False}]
