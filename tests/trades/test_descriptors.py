"""The keywords of BOAMP say the trades of a notice that has no CPV code, and what is bought."""

from __future__ import annotations

from mappings import read_table
from vivier.trades.descriptors import category_of, is_study, load_descriptors, trades_of
from vivier.trades.table import load_trades


def test_every_trade_of_the_table_is_one_of_ours_and_each_keyword_has_one_row() -> None:
    known = {trade.code for trade in load_trades()}
    assert {trade for one in load_descriptors().values() for trade in one.trades} <= known
    assert len(load_descriptors()) == len(list(read_table("boamp_keywords")))


def test_keywords_beside_that_of_a_study_say_what_is_studied() -> None:
    labels = ("Maîtrise d'oeuvre", "Espaces verts")
    assert (is_study(labels), trades_of(labels), category_of(labels)) == (
        True,
        ("ingenierie-architecture",),
        "services",
    )


def test_keywords_that_disagree_say_no_category() -> None:
    assert category_of(("Mobilier", "Electricité (travaux)")) is None
    assert category_of(("Espaces verts",)) is None


def test_keywords_agree_when_three_in_four_of_them_do() -> None:
    works, goods = (
        [label for label, known in load_descriptors().items() if known.nature == nature]
        for nature in ("works", "goods")
    )
    found = {(n, m): category_of(works[:n] + goods[:m]) for n in range(1, 8) for m in range(3)}
    assert {both for both, category in found.items() if category == "travaux"} == {
        both for both in found if both[0] >= 3 * both[1]
    }


def test_a_keyword_that_is_in_no_table_says_nothing() -> None:
    assert (trades_of(("Orgue de barbarie",)), is_study(())) == ((), False)
