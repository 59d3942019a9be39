"""Life-cycle cost: exact, monotone, unknown is not zero; the same from JSON, a form and a workbook."""

from __future__ import annotations

import io
from decimal import Decimal
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivier.desk.method.life_cycle import BORNE, Comparison, Offer, annuity, costed
from vivier.desk.read.life_cycle import checked_costs, costs_of
from vivier.desk.tell.life_cycle import costs_body
from vivier.errors import InvalidRequest
from vivier.exports.life_cycle_book import life_cycle_workbook

money = st.decimals(0, 10_000_000, places=2)
whole = st.builds(Offer, st.just("offre"), money, money, money, st.decimals(-100_000, 100_000, places=2))
rates = st.sampled_from([Decimal(0), Decimal("0.015"), Decimal("0.04"), Decimal("0.2")])


@pytest.mark.slow
@given(st.lists(whole, min_size=1, max_size=5), st.integers(1, 60), rates)
def test_totals_are_those_of_fractions_to_the_cent(offers: list[Offer], years: int, rate: Decimal) -> None:
    for one in costed(offers, Comparison(years, rate)):
        offer, growth = one.offer, 1 + Fraction(rate)
        yearly = sum((1 / growth**year for year in range(1, years + 1)), Fraction(0))
        amounts = [offer.acquisition, offer.use, offer.maintenance, offer.end_of_life]
        start, use, maintenance, end = (Fraction(amount or 0) for amount in amounts)
        exact = start + (use + maintenance) * yearly + end / growth**years
        assert one.total is not None and abs(Fraction(one.total) - exact) <= Fraction(1, 200)


@pytest.mark.slow
@given(st.lists(whole, min_size=2, max_size=5), st.integers(1, 60), rates, money)
def test_a_dearer_cost_never_gives_a_better_rank(offers: list[Offer], years: int, rate: Decimal, more: Decimal) -> None:
    first = offers[0]
    dearer = Offer(
        first.name, first.acquisition, (first.use or Decimal(0)) + more, first.maintenance, first.end_of_life
    )
    before, after = (costed([one, *offers[1:]], Comparison(years, rate))[0] for one in (first, dearer))
    assert before.rank is not None and after.rank is not None and after.rank >= before.rank


@pytest.mark.parametrize("part", BORNE)
def test_an_unknown_cost_is_not_zero(part: str) -> None:
    known = dict.fromkeys(("acquisition", "use", "maintenance", "end_of_life"), Decimal(10))
    short = Offer("courte", **(known | {part: None}))
    whole_, incomplete = costed([Offer("entière", **known), short], Comparison(4))
    assert whole_.rank == 1 and (incomplete.total, incomplete.rank, incomplete.missing) == (None, None, (part,))


def test_without_a_rate_a_euro_a_year_is_worth_its_years() -> None:
    assert annuity(7, Decimal(0)) == 7


def test_equal_totals_share_a_rank() -> None:
    same = Offer("a", Decimal(1), Decimal(1), Decimal(1), Decimal(1))
    assert [one.rank for one in costed([same, same, Offer("b", *[Decimal(2)] * 4)], Comparison(3))] == [1, 1, 3]


BODY: dict[str, Any] = {
    "years": 8,
    "offers": [
        {"name": "A", "acquisition": "240 000", "use": 12_000, "maintenance": 6_000, "end_of_life": "-20 000,00 €"},
        {"name": "B", "acquisition": 180_000, "use": 26_000, "maintenance": 10_000, "end_of_life": -10_000},
    ],
}


def told(body: dict[str, Any]) -> dict[str, Any]:
    asked = checked_costs(body)
    return costs_body(costed([one.offer() for one in asked.offers], asked.comparison()), asked.comparison())


def test_figures_are_read_as_they_are_typed_and_the_summary_concludes() -> None:
    found = told(BODY)
    assert [one["total"] for one in found["offers"]] == [364_000, 458_000]
    assert found["summary"][0].startswith("A coûte le moins sur 8 ans")
    assert any("À l'achat seul, B paraissait la moins chère" in line for line in found["summary"])
    assert found["summary"][1].startswith("L'écart vient surtout du poste utilisation : 112")
    assert any("Externalités non comptées" in line for line in found["summary"])


def test_the_gap_comes_from_a_part_that_costs_less() -> None:
    van = {"name": "Diesel", "acquisition": "28 500", "use": 2640, "maintenance": 1150, "end_of_life": -3000}
    clean = {"name": "Électrique", "acquisition": "41 900", "use": 980, "maintenance": 620, "end_of_life": -5500}
    found = told({"years": 8, "offers": [van, clean]})
    assert found["summary"][1].replace("\u202f", " ").startswith("L'écart vient surtout du poste utilisation : 13 280")


def test_two_offers_of_one_cost_are_said_to_cost_as_much() -> None:
    first, _ = BODY["offers"]
    assert told({"years": 8, "offers": [first, {**first, "name": "B"}]})["summary"][0].startswith(
        "A et B coûtent autant : 364"
    )


@pytest.mark.parametrize("rate", ["3 %", "3%", "0,03", "0.03"])
def test_a_rate_is_read_as_it_is_typed(rate: str) -> None:
    fields = [("years", "8"), ("name-1", "A"), ("acquisition-1", "10"), ("discount_rate", rate)]
    assert costs_of(fields).discount_rate == Decimal("0.03")


def test_a_form_gives_the_same_as_json() -> None:
    fields = [("years", "8")] + [
        (f"{name}-{rank}", str(value)) for rank, one in enumerate(BODY["offers"], 1) for name, value in one.items()
    ]
    assert costs_of(fields) == checked_costs(BODY)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ([("years", "8"), ("use-2", "cher")], "use-2"),
        ([("years", "8"), ("use-2", "12.000")], "use-2"),
        ([("years", "0"), ("use-1", "1")], "years"),
        ([("use-1", "1")], "years"),
        ([("years", "8")], "acquisition-1"),
        ([("years", "8"), ("use-1", "-1")], "use-1"),
        ([("years", "8"), ("use-1", "1"), ("discount_rate", "4")], "discount_rate"),
        ([("years", "8"), ("use-1", "1"), ("part", "rien")], "part"),
        ([("years", "8"), ("name-1", "Mme Martin"), ("use-1", "1")], "name-1"),
        ([("years", "8"), ("use-9", "1")], "use-9"),
    ],
)
def test_what_is_wrong_is_refused_by_its_field(fields: list[tuple[str, str]], wrong: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        costs_of(fields)
    assert [error.field for error in raised.value.errors] == [wrong]


def test_externalities_need_a_price() -> None:
    with pytest.raises(InvalidRequest) as raised:
        checked_costs({**BODY, "parts": ["acquisition", "externalities"]})
    assert raised.value.errors[0].field == "carbon_price"
    priced = told({**BODY, "carbon_price": 150})
    assert priced["offers"][0]["missing"] == ["externalities"] and priced["offers"][0]["rank"] is None


def test_the_workbook_has_the_same_figures_and_an_empty_cell_for_the_unknown() -> None:
    found = told({**BODY, "offers": [*BODY["offers"], {"name": "=1+1", "acquisition": 5}]})
    book = openpyxl.load_workbook(io.BytesIO(life_cycle_workbook(found)))
    rows = list(book["Coût global"].iter_rows(values_only=True))
    assert rows[0][1:3] == ("A", "B") and rows[0][3] != "=1+1" and "1+1" in rows[0][3]
    by_title = {row[0]: row[1:] for row in rows}
    assert by_title["Total"] == (364_000, 458_000, "incomplète") and by_title["utilisation"][2] is None
