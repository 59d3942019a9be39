"""Filters and conditions of a query as operators: on a record, on one valid offer, without a parameter, apart, unknown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from vivier.lexicon import Lexicon
from vivier.search.conditions import Conditions
from vivier.search.filters import Filter, holding, nothing, unknown_of, valid_on
from vivier.search.operators import All, AnyOf, Exists, Not, Operator, Range, Same, Terms

DAY = "2026-11-24"
VALID = (Range("valid_from", lte=DAY, missing=True), Range("valid_until", gte=DAY, missing=True))
A, B, C, D = (Terms("id", (name,)) for name in "abcd")


def test_what_holds_on_a_day_has_begun_and_has_not_ended_or_nobody_knows() -> None:
    assert valid_on(DAY) == VALID and holding(DAY, A) == All((A, *VALID)) and nothing() == AnyOf(())


@pytest.mark.parametrize(
    ("more", "operator"),
    [
        ({}, Terms("kind", ("EA", "EI"))),
        ({"negative": True}, Not(Terms("kind", ("EA", "EI")))),
        ({"path": "agreements"}, Same("agreements", (Terms("kind", ("EA", "EI")),))),
        ({"path": "agreements", "dated": True}, Same("agreements", (Terms("kind", ("EA", "EI")), *VALID))),
        (
            {"path": "offers", "dated": True, "negative": True},
            Not(Same("offers", (Terms("kind", ("EA", "EI")), *VALID))),
        ),
        ({"expand": lambda lexicon, value: (value, "EI")}, Terms("kind", ("EA", "EI"))),
    ],
)
def test_a_filter_is_an_operator_on_the_record_or_on_one_entry(
    more: dict[str, Any], operator: Operator, lexicon: Lexicon
) -> None:
    filter_ = Filter("Type", "kind", **more)
    assert filter_.operator(("EA", "EI"), lexicon, DAY) == operator
    assert filter_.level == ("offer" if more.get("path") == "offers" and not more.get("negative") else "supplier")


def test_a_bound_keeps_what_is_unknown_when_it_is_wanted_and_reads_days_as_texts() -> None:
    least, most = Filter("Effectif", "staff", bound="gte"), Filter("Effectif", "staff_to", bound="lte")
    assert least.range(5, include_unknown=False) == Range("staff", gte=5, missing=False)
    assert most.range(9, include_unknown=True) == Range("staff_to", lte=9, missing=True)
    assert least.range(date(2026, 1, 2), include_unknown=True) == Range("staff", gte="2026-01-02", missing=True)
    assert (least.figure, most.figure) == ("staff", "staff")


def test_an_entry_is_counted_while_it_is_valid_and_proved() -> None:
    proved = Range("proved", gte=DAY, missing=True)
    counted = [
        Filter("x", "kind", dated=dated, proof=proof).counted(DAY)
        for dated, proof in ((False, None), (True, None), (True, "proved"))
    ]
    assert counted == [(), VALID, (*VALID, proved)]


def test_a_field_is_unknown_when_no_valid_entry_has_it() -> None:
    assert unknown_of(Filter("x", "staff"), DAY) == Not(Exists("staff"))
    assert unknown_of(Filter("x", "trade", path="offers"), DAY) == Not(Same("offers", (Exists("trade"),)))
    dated = unknown_of(Filter("x", "trade", path="offers", dated=True), DAY)
    assert dated == Not(Same("offers", (All((Exists("trade"), *VALID)),)))


def test_codes_are_checked_and_a_wrong_one_is_told_with_the_nearest(lexicon: Lexicon) -> None:
    few = Filter("x", "kind", allowed={f"CODE{n}": "n" for n in range(40)})
    many = Filter("x", "kind", allowed=lambda lexicon: {f"CODE{n}": "n" for n in range(41)})
    assert few.check("kind", ("CODE1",), lexicon) == [] == Filter("x", "kind").check("kind", ("anything",), lexicon)
    [error] = few.check("kind", ("CODE1", "x" * 90), lexicon)
    assert (error.field, error.code, len(error.allowed)) == ("kind", "unknown_code", 40)
    assert "« " + "x" * 80 + " »" in error.message and "Valeurs admises : CODE0, CODE1" in error.message
    [hidden] = many.check("kind", ("CODE11x",), lexicon)
    assert (
        hidden.allowed == ()
        and "Valeurs admises" not in hidden.message
        and "Vouliez-vous dire « CODE11" in hidden.message
    )
    assert (
        few.names(lexicon) == few.allowed and len(many.names(lexicon)) == 41 and Filter("x", "y").names(lexicon) == {}
    )


def test_the_conditions_of_a_query_are_joined_less_those_left_out() -> None:
    made = Conditions({"kind": A}, DAY, {"trade": B, "evidence": C}, {"full": D})
    place = AnyOf((D,))
    assert made.names == {"kind", "trade", "evidence", "territory"}
    assert made.where() == All((A, Same("offers", (All((B, C, *VALID)), place)))) and made.where() is made.where(
        "other"
    )
    assert made.where("kind") == Same("offers", (All((B, C, *VALID)), place))
    assert made.where("trade", "kind") == Same("offers", (All((C, *VALID)), place))
    assert made.where("territory") == All((A, Same("offers", (All((B, C, *VALID)),))))
    assert made.where("trade", "evidence") == All((A, Same("offers", (place,))))
    assert made.where("trade", "evidence", "territory") == A
    assert made.together("trade") == (All((C, *VALID)),) and made.together("trade", "evidence") == ()
    assert made.entry("trade") == All((C, place, *VALID)) and made.entry("kind") == All((B, C, place, *VALID))
    ended = Conditions({}, DAY, {"trade": B}, ended=True)
    assert ended.where() == Same("offers", (All((B,)),)) and ended.entry("x") == All((B,))
    assert Conditions({}, DAY).where() == All(()) and Conditions({}, DAY).names == frozenset()


def test_conditions_apart_say_which_are_joined_on_one_offer() -> None:
    alone = Conditions({"kind": A}, DAY, {"trade": B}).apart()
    assert alone == {"kind": A, "trade": Same("offers", (All((B, *VALID)),))}
    made = Conditions({"kind": A}, DAY, {"trade": B}, {"full": C, "wide": D}).apart()
    assert list(made) == ["kind", "trade", "territory", "same_offer"]
    assert made["territory"] == AnyOf((Same("offers", (C,)), Same("offers", (D,))))
    assert made["same_offer"] == Same("offers", (All((B, *VALID)), AnyOf((C, D))))
    assert list(Conditions({}, DAY, {"trade": B, "evidence": C}).apart()) == ["trade", "evidence", "same_offer"]
    assert list(Conditions({}, DAY, {}, {"full": C}).apart()) == ["territory"]
