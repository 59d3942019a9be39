"""Whether a label can be asked for: never required when three offers are unlikely, and never said of nobody when no list is connected."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import comb
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import read_table
from tests.desk.making import structure
from vivier.belief.holds import Share
from vivier.clausier.table import trade_clauses
from vivier.desk.facts.bought import bought
from vivier.desk.facts.holders import labels_of
from vivier.desk.method.clause import Carriers
from vivier.desk.method.green import LEAST, Choice, Holder, Known, at_least, chances_of_three, choices_of, green
from vivier.desk.method.ledger import Entry
from vivier.desk.method.lever import LEVERS
from vivier.desk.tell.green import green_body
from vivier.law.labels import LABELS
from vivier.law.products import PRODUCT_DUTIES
from vivier.lexicon import load_lexicon

RATES = (0.05, 0.2, 0.5)
DAY = date(2026, 11, 29)


def choice(code: str, holders: int, doers: int = 0, share: float | None = 0.1) -> Choice:
    known = Known(
        holders, doers, None if share is None else ((doers, Share(share, share / 2, min(1.0, 2 * share), 10)),)
    )
    return Choice((LABELS[code],), known, chances_of_three(known, RATES))


@pytest.mark.slow
@given(st.integers(0, 30), st.floats(0.0, 1.0))
def test_three_of_independent_events_is_the_binomial_tail(count: int, p: float) -> None:
    expected = 1 - sum(comb(count, k) * p**k * (1 - p) ** (count - k) for k in range(min(3, count + 1)))
    assert at_least(3, [p] * count) == pytest.approx(expected, abs=1e-9)


@pytest.mark.slow
@given(st.integers(0, 400), st.integers(0, 400), st.floats(0.0, 1.0))
def test_a_label_is_never_required_when_three_offers_are_unlikely(holders: int, doers: int, share: float) -> None:
    made = green([choice("RGE", holders, doers, share)], ())
    low, central, high = made.choices[0].odds or (0.0, 0.0, 0.0)
    assert low <= central + 1e-9 and central <= high + 1e-9
    if made.advice == "require":
        assert min(low, central) >= LEAST


def test_the_same_label_is_required_with_many_holders_and_scored_with_few() -> None:
    assert green([choice("RGE", 2)], ()).advice == "score"
    assert green([choice("RGE", 200)], ()).advice == "require"


def test_without_a_connected_list_nobody_is_said_to_be_none() -> None:
    made = green([choice("EU_ECOLABEL", 0, 12, None)], ())
    body = green_body(made, DAY, "none", Carriers())
    assert (made.advice, body["choices"][0]["three_offers"]) == ("score", None)
    assert "aucune liste connectée" in body["choices"][0]["text"]
    assert body["wording"] is not None and "ou équivalent" in body["wording"]


def test_a_label_of_management_is_a_condition_and_no_label_is_told() -> None:
    assert green([choice("ISO14001", 300)], ()).advice == "condition"
    assert green([], ()).advice == "nothing"


def test_goods_that_are_sold_re_used_come_first() -> None:
    duties = (PRODUCT_DUTIES["agec_it"],)
    made = green([choice("TCO", 300)], duties)
    assert made.advice == "reuse"
    body = green_body(made, DAY, "none", Carriers())
    assert [duty["status_fr"] for duty in body["duties"]] == ["part non lue"]


def test_labels_of_a_family_are_equivalents() -> None:
    groups = choices_of(labels_of(("papeterie-fournitures",), load_lexicon()))
    assert [label.code for label in groups[0]] == ["EU_ECOLABEL", "NF_ENV", "NORDIC_SWAN", "BLUE_ANGEL"]


@pytest.mark.parametrize("trade", [row["trade"] for row in read_table("clauses")])
def test_the_requirements_of_a_trade_are_filled_without_the_figures_of_a_lot(trade: str) -> None:
    clauses: Any = trade_clauses()[trade]
    body = green_body(green([], (), clauses), DAY, "none", Carriers())
    assert body["requirements"] and body["criterion"] and "{" not in "".join(body["requirements"])


def test_a_ledger_counts_what_bears_a_duty_and_what_it_cannot_read_apart() -> None:
    amounts = (("30213100 ordinateurs", 4_000.0), ("Blanchisserie", 900.0), ("Divers ZZ", 50.0), ("", 7.0))
    entries = [Entry(line, "", amount, family) for line, (family, amount) in enumerate(amounts)]
    found = bought(entries, DAY, load_lexicon())
    assert {duty.code: amount for duty, amount in found.amounts if duty.law == "agec"} == {"agec_it": 4_000.0}
    assert found.unread == 57.0


def test_the_wording_names_a_label_of_what_is_bought_and_one_of_management_for_a_condition_alone() -> None:
    scored = green_body(green([choice("ISO14001", 300), choice("ECOJARDIN", 0, 9, None)], ()), DAY, "none", Carriers())
    assert scored["advice"] == "score" and "EcoJardin" in (scored["wording"] or "")
    managed = green_body(green([choice("ISO14001", 300)], ()), DAY, "none", Carriers())
    assert managed["advice"] == "condition" and "ISO 14001" in (managed["wording"] or "")


def test_a_holder_is_paired_with_who_carries_the_hours_but_not_where_the_lot_is_reserved() -> None:
    lender = structure(kinds=("AI",), in_trade=False)
    hours = Carriers(lending=(lender,))
    made = replace(
        green([choice("EU_ECOLABEL", 2)], ()),
        holders=(Holder("ordinary", "Propre et Net", None), Holder("both", "Atelier", None, inclusive=True)),
    )
    pairs = [(one["holder"]["id"], one["carrier"]["id"]) for one in green_body(made, DAY, "clause", hours)["pairs"]]
    assert pairs == [("both", "both"), ("ordinary", lender.id)]
    for lever in LEVERS.keys() - {"clause", "condition"}:
        pairs = [(one["holder"]["id"], one["carrier"]["id"]) for one in green_body(made, DAY, lever, hours)["pairs"]]
        assert pairs == [("both", "both")]
