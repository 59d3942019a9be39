"""What the law holds a consultation to, at the bounds of its values."""

from __future__ import annotations

from datetime import date

import pytest

from mappings import read_table
from vivier.law.products import _COARSEST, PRODUCT_DUTIES, _depth, _is_part, product_duties
from vivier.law.rules import (
    Consultation,
    NeedValue,
    _at_least,
    _share,
    has_social_threshold,
    owed,
    row_of,
    shown,
    threshold,
)

DAY = date(2027, 1, 1)


def test_only_rules_that_hold_or_may_are_shown_with_their_text() -> None:
    for to in (
        Consultation(DAY, value=NeedValue(9e6, 9e6)),
        Consultation(DAY, "concession", "travaux"),
        Consultation(DAY, reserved=True),
    ):
        found = list(shown(to))
        assert all(answer != "no" and rule.text for rule, answer in found)
        assert all(row_of(rule.code, to)[0] == answer for rule, answer in found)
    assert any(True for _ in shown(Consultation(DAY)))


def test_a_lever_already_taken_settles_every_duty() -> None:
    big = Consultation(DAY, value=NeedValue(9e6, 9e6))
    assert owed(big) and all(rule.settled_by for rule in owed(big))
    for lever in ({"social_condition": True}, {"reserved": True}, {"exception": "x"}):
        assert owed(Consultation(DAY, value=NeedValue(9e6, 9e6), **lever)) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("least", "most", "reaches"),
    [
        (100.0, None, True),
        (99.0, None, None),
        (None, 99.0, False),
        (None, 100.0, None),
        (None, None, None),
        (50.0, 150.0, None),
    ],
)
def test_a_value_reaches_an_amount_when_its_bounds_tell(
    least: float | None, most: float | None, reaches: bool | None
) -> None:
    assert _at_least(NeedValue(least, most), 100.0) is reaches


@pytest.mark.parametrize(
    ("amount", "most", "small"),
    [(20.0, 100.0, True), (20.1, 100.0, False), (None, 100.0, None), (20.0, None, None), (20.0, 0.0, None)],
)
def test_a_lot_is_at_most_a_share_of_its_need(amount: float | None, most: float | None, small: bool | None) -> None:
    assert _share(Consultation(DAY, amount=amount, value=NeedValue(None, most)), 0.2) is small


def test_only_services_of_a_marche_have_the_threshold_of_social_services() -> None:
    assert has_social_threshold(Consultation(DAY, social_services=True))
    assert not has_social_threshold(Consultation(DAY, "concession", social_services=True))
    assert not has_social_threshold(Consultation(DAY, category="travaux", social_services=True))
    assert not has_social_threshold(Consultation(DAY))


@pytest.mark.parametrize(
    ("name", "to", "euros"),
    [
        ("eu", Consultation(DAY), 216_000),
        ("eu", Consultation(DAY, buyer="central"), 140_000),
        ("eu", Consultation(DAY, buyer="entity"), 432_000),
        ("eu", Consultation(DAY, category="travaux"), 5_404_000),
        ("eu", Consultation(DAY, "concession"), 5_404_000),
        ("eu", Consultation(DAY, social_services=True), 750_000),
        ("eu", Consultation(DAY, buyer="entity", social_services=True), 1_000_000),
        ("direct", Consultation(DAY), 60_000),
        ("direct", Consultation(date(2026, 3, 31)), 40_000),
        ("direct", Consultation(DAY, category="travaux"), 100_000),
        ("small_lot", Consultation(DAY), 80_000),
        ("small_lot", Consultation(DAY, category="travaux"), 1_000_000),
    ],
)
def test_a_threshold_is_that_of_the_buyer_of_the_category_and_of_the_day(
    name: str, to: Consultation, euros: float
) -> None:
    assert threshold(name, to) == euros


def test_shares_of_products_are_read_by_year() -> None:
    found = {duty.code: shares for duty in PRODUCT_DUTIES.values() if (shares := duty.shares_on(DAY)) is not None}
    assert found and all(0 <= reuse <= 1 and 0 <= recycled <= 1 for reuse, recycled in found.values())
    table = {row["code"]: row["shares"] for row in read_table("product_duties") if row["shares"]}
    for code, (reuse, recycled) in found.items():
        assert f"{reuse * 100:g}/{recycled * 100:g}" in table[code].replace(":", " "), code
        assert f"{reuse * 100:g}" in PRODUCT_DUTIES[code].text(DAY)


def test_a_code_bites_on_its_family_or_on_those_that_it_holds_a_part_of() -> None:
    textile = PRODUCT_DUTIES["agec_textile"]
    start = max(textile.cpv, key=len)
    assert _depth(textile, start + "1") == len(start) and _depth(textile, "99") == 0
    assert _is_part(textile, start[:_COARSEST]) and not _is_part(textile, start[: _COARSEST - 1])
    assert not _is_part(textile, "99999") and textile.code in {duty.code for duty in product_duties([start], (), DAY)}
    assert textile.due_on(date(2024, 7, 1)) and not textile.due_on(date(2024, 6, 30))
