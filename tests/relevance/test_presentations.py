"""The text rung against 60 presentations of the real list, read by hand. Measured by ``python -m benchmarks presentations``."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.rungs import HALVES, LIST, Presentation, presentations, score
from mappings import read_table
from tests.shared_data import shared_data
from vivier.trades.table import load_trades
from vivier.trades.words import load_trade_words


@pytest.fixture(scope="module")
def read() -> tuple[Presentation, ...]:
    return presentations(shared_data(*LIST.parts).parents[1])


def test_sixty_presentations_are_judged_half_to_choose_the_words_and_half_to_judge(
    read: tuple[Presentation, ...],
) -> None:
    assert [sum(one.half == half for one in read) for half in HALVES] == [30, 30]
    assert [code for one in read for code in one.trades | one.also if code not in load_trades()] == []


@pytest.mark.parametrize(("half", "precision", "recall"), [("A", 0.9, 0.9), ("B", 0.9, 0.85)])
def test_a_presentation_names_the_trades_a_reader_sees_in_it(
    read: tuple[Presentation, ...], half: str, precision: float, recall: float
) -> None:
    found = score((one for one in read if one.half == half), load_trade_words())
    assert (found.precision >= precision, found.recall >= recall) == (True, True), found


@pytest.mark.parametrize(
    ("text", "trade"),
    [
        ("Métiers de la propreté.", "nettoyage-locaux"),
        ("Un atelier de conditionnement.", "conditionnement"),
        ("Nous tenons une ressourcerie.", "reemploi-ressourcerie"),
        ("Chantier de maraîchage biologique.", "maraichage"),
        ("Ses salariés se forment à la chaudronnerie.", "metallurgie"),
    ],
)
def test_a_presentation_names_a_trade_in_one_word(text: str, trade: str) -> None:
    assert load_trade_words().of_presentation(text) == (trade,)


@pytest.mark.parametrize(
    "text",
    [
        "Plus d'informations sur notre site Web.",
        "Acteur du développement durable.",
        "Nos ressources viennent de dons.",
        "Climatisation et conditionnement de l'air : nous n'en faisons pas.",
    ],
)
def test_what_a_presentation_says_of_something_else_is_no_trade(text: str) -> None:
    assert "sites-internet" not in load_trade_words().of_presentation(text)
    assert set(load_trade_words().of_presentation(text)) <= {"chauffage-climatisation"}


def test_the_words_of_presentations_are_of_trades_of_the_table() -> None:
    codes = {row["trade"] for row in read_table("trade_text_words")} - {""}
    assert codes <= {trade.code for trade in load_trades()}


def test_the_readings_are_in_the_repository_and_the_texts_are_not() -> None:
    text = Path(__file__).with_name("presentations.csv").read_text(encoding="utf-8")
    assert max(len(cell) for line in text.splitlines() for cell in line.split(",")) < 250
