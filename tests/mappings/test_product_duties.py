"""Duties on products are rows with an article, a date and a status; a share that nobody read has no figure."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import get_args

import pytest

from vivier.law.products import PRODUCT_DUTIES, ReadStatus, product_duties
from vivier.lexicon import load_lexicon
from vivier.trades.cpv import load_cpv

DAY = date(2026, 11, 29)


def test_the_seventeen_families_and_the_other_duties_are_rows() -> None:
    laws = Counter(duty.law for duty in PRODUCT_DUTIES.values())
    assert laws["agec"] == 17
    assert {"egalim", "tyres", "vehicles", "paper", "energy"} <= laws.keys()


def test_a_row_says_its_article_its_source_and_whether_it_was_read() -> None:
    for duty in PRODUCT_DUTIES.values():
        assert duty.article and duty.source and duty.cpv
        assert duty.status in get_args(ReadStatus)
        assert bool(duty.shares) <= (duty.status in ("seen", "second-hand"))


def test_a_family_names_known_codes_and_trades() -> None:
    codes, trades = [entry.code for entry in load_cpv()], load_lexicon().trades
    for duty in PRODUCT_DUTIES.values():
        assert all(any(code.startswith(start) for code in codes) for start in duty.cpv), duty.code
        assert all(trade in trades for trade in duty.trades), duty.code


def test_a_trade_that_bears_a_share_of_goods_sells_some() -> None:
    """Decree 2024-134, article 1: supplies, and works or services that also bear on supplies."""
    trades = load_lexicon().trades
    agec = (code for duty in PRODUCT_DUTIES.values() if duty.law == "agec" for code in duty.trades)
    assert [code for code in agec if "goods" not in trades.get(code).nature] == []


def test_the_share_is_the_one_of_the_year() -> None:
    textile = PRODUCT_DUTIES["agec_textile"]
    assert textile.shares_on(DAY) == (0.08, 0.20)
    assert textile.shares_on(date(2027, 1, 1)) == (0.15, 0.25)
    assert PRODUCT_DUTIES["agec_it"].shares_on(DAY) is None


@pytest.mark.parametrize(
    ("cpv", "trades", "expected"),
    [
        (("30213100",), (), {"agec_it"}),
        (("39130000",), (), {"agec_furniture"}),
        (("34352100",), (), {"agec_vehicle_parts", "tyres"}),
        ((), ("restauration-collective",), {code for code in PRODUCT_DUTIES if code.startswith("egalim")}),
        (("90910000",), ("nettoyage-locaux",), set()),
    ],
)
def test_a_duty_bites_on_what_is_bought(cpv: tuple[str, ...], trades: tuple[str, ...], expected: set[str]) -> None:
    found = {duty.code for duty in product_duties(cpv, trades, DAY)} - {"energy_equipment"}
    assert found == expected


def test_a_duty_does_not_hold_before_its_first_day() -> None:
    assert product_duties(("18110000",), (), date(2024, 6, 30)) == ()
