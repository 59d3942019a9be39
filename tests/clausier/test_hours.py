"""Insertion hours: the worked examples, and figures that move as the formula says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings import read_table
from vivier.clausier.hours import Estimate, HoursAsked, insertion_hours, labour_of
from vivier.errors import InvalidRequest
from vivier.law.parameters import labour_share_of, labour_shares, supposed_shares

amounts, shares = st.floats(1, 1e9), st.floats(0.15, 0.85)
costs, efforts, kept = st.floats(25, 40), st.floats(0.01, 1), st.floats(0, 0.99)


def central(asked: HoursAsked) -> Estimate:
    found = insertion_hours(asked).central
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("amount", "labour", "cost", "effort", "taken", "total", "hours", "years"),
    [
        (1_000_000, 0.50, 30, 0.05, 0.0, 16_667, 833, 0.52),
        (1_500_000, 0.70, 30, 0.10, 0.0, 35_000, 3_500, 2.18),
        (1_000_000, 0.50, 25, 0.05, 0.0, 20_000, 1_000, 0.62),
        (1_000_000, 0.50, 40, 0.05, 0.0, 12_500, 625, 0.39),
        (1_000_000, 0.30, 30, 0.05, 0.0, 10_000, 500, 0.31),
        (1_200_000, 0.80, 26, 0.10, 0.8, 36_923, 738, 0.46),
        (60_000, 0.65, 32, 0.10, 0.0, 1_219, 122, 0.08),
    ],
)
def test_the_worked_examples_come_out(
    amount: float, labour: float, cost: float, effort: float, taken: float, total: int, hours: int, years: float
) -> None:
    found = central(HoursAsked(amount, 12, labour, None, cost, effort, taken))
    assert (round(found.total), round(found.insertion), round(found.fte_years, 2)) == (total, hours, years)


def test_few_hours_are_warned_and_an_uncertain_amount_gives_no_total() -> None:
    few = insertion_hours(HoursAsked(60_000, 12, 0.65, None, 32, 0.10))
    assert any("peu utile" in one for one in few.warnings)
    framework = insertion_hours(HoursAsked(None, 12, 0.5))
    assert framework.central is None and framework.per_100k == pytest.approx(100_000 * 0.5 / 30 * 0.05)


def test_the_share_of_a_lot_of_several_trades_is_not_known() -> None:
    one, other = list(labour_shares())[:2]
    assert labour_of([one]) == labour_shares()[one].share
    assert labour_of([one, other]) is None and labour_of(["blanchisserie"]) is None


def test_every_trade_has_a_share_and_a_supposed_one_gives_a_range_and_says_so() -> None:
    trades = read_table("trades")
    assert all(labour_share_of(row["code"]) is not None for row in trades)
    supposed = supposed_shares()["blanchisserie"]
    assert supposed.low is not None and supposed.high is not None and supposed.low < supposed.share < supposed.high
    found = insertion_hours(HoursAsked(300_000, 36, trade="blanchisserie"))
    assert found.low is not None and found.central is not None and found.high is not None
    assert found.low.total == pytest.approx(300_000 * supposed.low / 34)
    assert found.high.total == pytest.approx(300_000 * supposed.high / 26)
    assert "supposée" in found.warnings[0] and "Donnez la vôtre" in found.warnings[0]
    own = insertion_hours(HoursAsked(300_000, 36, 0.55, "blanchisserie"))
    assert not any("supposée" in warning for warning in own.warnings)


@pytest.mark.parametrize(
    ("trade", "least", "most"),
    [
        ("nettoyage-locaux", 26, 34),
        ("peinture-batiment", 36, 48),
        ("ingenierie-architecture", 60, 95),
        ("developpement-logiciel", 50, 90),
    ],
)
def test_an_hour_costs_what_it_does_in_its_family_with_a_source_and_a_range(trade: str, least: int, most: int) -> None:
    found = insertion_hours(HoursAsked(180_000, 12, trade=trade))
    assert found.cost is not None and found.low and found.central and found.high
    assert (found.cost.low, found.cost.high) == (least, most) and "notre estimation" in found.cost.source
    assert found.low.insertion < found.central.insertion < found.high.insertion
    assert insertion_hours(HoursAsked(180_000, 12, trade=trade, hourly_cost=45)).cost is None


def test_the_hours_of_several_trades_are_their_mean_with_its_range() -> None:
    found = insertion_hours(HoursAsked(100_000, 12, trades=("nettoyage-locaux", "peinture-batiment")))
    assert found.labour_share == pytest.approx(0.75) and found.hourly_cost == pytest.approx(36)
    assert found.labour is not None and "moyenne" in found.labour.source and found.labour.low == pytest.approx(0.6)


def test_a_second_trade_never_narrows_the_hours_of_the_first() -> None:
    one, both = (
        insertion_hours(HoursAsked(90_000, 48, trades=trades))
        for trades in (("nettoyage-locaux",), ("nettoyage-locaux", "nettoyage-vitres"))
    )
    assert one.low and one.high and both.low and both.high
    assert both.low.insertion <= one.low.insertion and one.high.insertion <= both.high.insertion


def test_every_family_of_trades_has_a_cost_of_its_day() -> None:
    for row in read_table("labour_families"):
        assert float(row["cost_low"]) < float(row["cost"]) < float(row["cost_high"]), row
        assert row["cost_source"] and row["cost_since"], row


@pytest.mark.parametrize("wrong", [float("nan"), float("inf"), float("-inf"), -1.0])
@pytest.mark.parametrize(
    "field", ["amount", "labour_share", "hourly_cost", "effort", "taken_over", "local_fte", "placeable"]
)
def test_what_is_no_figure_is_refused_by_its_field(field: str, wrong: float) -> None:
    with pytest.raises(InvalidRequest) as refused:
        insertion_hours(replace(HoursAsked(1e6, 12, 0.5), **{field: wrong}))  # type: ignore[arg-type]
    assert [error.field for error in refused.value.errors] == [field]


@pytest.mark.slow
@settings(deadline=None)
@given(amounts, shares, costs, efforts, kept, st.floats(1.01, 10))
def test_hours_are_linear_in_the_amount_and_in_each_share(
    amount: float, labour: float, cost: float, effort: float, taken: float, times: float
) -> None:
    base = HoursAsked(amount, 12, labour, None, cost, effort, taken)
    hours = central(base).insertion
    more = central(replace(base, amount=amount * times)).insertion
    assert more == pytest.approx(hours * times)
    assert central(replace(base, labour_share=labour / times)).insertion == pytest.approx(hours / times)
    assert central(replace(base, taken_over=1 - (1 - taken) / times)).insertion == pytest.approx(hours / times)
    assert central(replace(base, effort=max(effort / times, 0.01))).insertion <= hours * (1 + 1e-9)
    assert central(replace(base, hourly_cost=min(cost * times, 40))).insertion <= hours * (1 + 1e-9)


@settings(deadline=None)
@given(amounts, shares, costs, efforts, kept)
def test_low_central_and_high_are_in_order_and_within_the_whole(
    amount: float, labour: float, cost: float, effort: float, taken: float
) -> None:
    found = insertion_hours(HoursAsked(amount, 24, labour, None, cost, effort, taken))
    assert found.low and found.central and found.high
    assert found.low.insertion <= found.central.insertion <= found.high.insertion
    assert found.central.insertion <= found.central.total


@settings(deadline=None)
@given(st.lists(amounts, min_size=1, max_size=8), shares)
def test_the_hours_of_the_lots_add_up_to_those_of_the_whole(parts: list[float], labour: float) -> None:
    whole = central(HoursAsked(sum(parts), 12, labour)).insertion
    assert sum(central(HoursAsked(one, 12, labour)).insertion for one in parts) == pytest.approx(whole)


def test_the_hours_at_another_effort_are_in_proportion() -> None:
    found = insertion_hours(HoursAsked(200_000, 12, 0.5, effort=0.1))
    for effort, times in ((0.1, 1), (0.2, 2), (0.05, 0.5)):
        hours = [each.insertion * times for each in (found.low, found.central, found.high) if each is not None]
        assert found.at(effort) == pytest.approx(tuple(hours)) and len(hours) == 3
    assert insertion_hours(HoursAsked(None, 12, 0.5)).at(0.1) is None


BOUNDS = [
    ("amount", (0.0, 1e12), (-1.0, 1.1e12)),
    ("months", (1, 180), (0, 181)),
    ("taken_over", (0.0, 1.0), (-0.1, 1.1)),
    ("people", (1, 10_000), (0, 10_001)),
    ("local_fte", (0.0, 1e6), (-1.0, 1.1e6)),
    ("labour_share", (0.01, 1.0), (0.0, 1.01)),
]


@pytest.mark.parametrize(("field", "inside", "outside"), BOUNDS)
def test_each_figure_has_its_bounds(field: str, inside: tuple[float, float], outside: tuple[float, float]) -> None:
    asked = HoursAsked(1e6, 12, 0.5)
    for value in inside:
        insertion_hours(replace(asked, **{field: value}))  # type: ignore[arg-type]
    for value in outside:
        with pytest.raises(InvalidRequest) as refused:
            insertion_hours(replace(asked, **{field: value}))  # type: ignore[arg-type]
        assert [error.field for error in refused.value.errors] == [field]


def test_an_estimate_is_told_by_year_by_person_and_beside_the_structures_around() -> None:
    found = central(HoursAsked(1_000_000, 24, 0.5, None, 25, 0.10, people=2, local_fte=3.0, placeable=0.5))
    legal = 2_000 / found.fte_years
    assert legal == pytest.approx(1_607) and found.fte == pytest.approx(2_000 / legal / 2)
    assert found.months_for_people == pytest.approx(2_000 / (2 * legal / 12))
    assert found.local_share == pytest.approx(2_000 / (3 * legal * 2 * 0.5))
    assert central(HoursAsked(1_000_000, 24, 0.5)).local_share is None
    around = insertion_hours(HoursAsked(1_000_000, 24, 0.98, None, 25, 0.10))
    assert (
        around.low
        and around.high
        and (around.low.labour_share, around.high.labour_share)
        == (
            pytest.approx(0.88),
            1.0,
        )
    )


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (HoursAsked(None, 12, 0.5), "pas de total"),
        (HoursAsked(1e6, 12, trade="petits-travaux-batiment"), "à confirmer : 30 % ou 50 % ; tous corps"),
        (HoursAsked(1e6, 12, trade="traiteur"), "à confirmer : 45 % ; estimation"),
        (HoursAsked(1e6, 12, trade="peinture-batiment"), None),
        (HoursAsked(1e6, 12, 0.5, taken_over=1.0), "Tout le personnel est repris"),
        (HoursAsked(1e6, 12, 0.5, local_fte=0.01, placeable=0.5), "Dépasse ce que"),
        (HoursAsked(1e6, 12, 0.9, effort=0.5), "Effort inhabituel"),
        (HoursAsked(1e6, 12, 0.5, effort=0.5), None),
    ],
)
def test_what_is_unusual_is_warned(asked: HoursAsked, words: str | None) -> None:
    warnings = insertion_hours(asked).warnings
    assert warnings == () if words is None else any(words in " ".join(one.split()) for one in warnings), warnings
