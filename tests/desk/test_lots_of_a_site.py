"""« Espaces verts » is upkeep, unless the lot is of works: they are then made. Titles are ours, in the form of real ones."""

from __future__ import annotations

import pytest

from vivier.desk.read.letter import read_lots
from vivier.desk.read.programme import Row
from vivier.desk.read.understanding import understand
from vivier.lexicon import Lexicon

UPKEEP, MADE = "entretien-espaces-verts", "creation-espaces-verts"


@pytest.mark.parametrize(
    ("text", "category", "trade", "read"),
    [
        ("Espaces verts", "", UPKEEP, "services"),
        ("Espaces verts", "Travaux", MADE, "travaux"),
        ("Construction d'une école, lot 13 espaces verts", "", MADE, "travaux"),
        ("Résidentialisation de 40 logements, lot 3 espaces verts", "", MADE, "travaux"),
        ("Travaux d'entretien des espaces verts", "", UPKEEP, "services"),
        ("Tonte des espaces verts", "Travaux", UPKEEP, "travaux"),
        ("Construction d'une école, lot 13 espaces verts", "Services", UPKEEP, "services"),
    ],
)
def test_green_spaces_among_works_are_made(text: str, category: str, trade: str, read: str, lexicon: Lexicon) -> None:
    line = understand(Row(1, {"text": text, "category": category}), lexicon)
    assert ([choice.code for choice in line.trades], line.category) == ([trade], read)


def test_a_lot_read_otherwise_says_so_and_shows_the_other_trade(lexicon: Lexicon) -> None:
    line = understand(Row(1, {"text": "Espaces verts", "category": "travaux"}), lexicon)
    assert line.remarks == (
        "Lot de travaux : « Entretien des espaces verts » est lu « Création et aménagement paysager ».",
    )
    assert line.other_trades[0].code == UPKEEP


def test_a_trade_that_the_line_states_is_never_read_otherwise(lexicon: Lexicon) -> None:
    line = understand(Row(1, {"text": "Espaces verts", "trade": UPKEEP, "category": "travaux"}), lexicon)
    assert [choice.code for choice in line.trades] == [UPKEEP]


@pytest.mark.parametrize(
    ("lots", "trades"),
    [
        ("Lot 1 : Gros œuvre\nLot 2 : Peinture\nLot 3 : Espaces verts", [MADE]),
        ("Lot 1 : Peinture\nLot 2 : Espaces verts", [UPKEEP]),
        (
            "Lot 1 : Gros œuvre\nLot 2 : Peinture\nLot 3 : Espaces verts\nLot 4 : Vitrerie, nettoyage des vitres",
            [UPKEEP],
        ),
        ("Lot 1 : Gros œuvre\nLot 2 : Peinture\nLot 3 : Tonte des espaces verts", [UPKEEP]),
    ],
)
def test_the_lots_around_tell_a_site(lots: str, trades: list[str], lexicon: Lexicon) -> None:
    lines = [understand(row, lexicon) for row in read_lots(lots.encode(), lexicon).rows]
    green = [line for line in lines if "verts" in line.text]
    assert [choice.code for line in green for choice in line.trades] == trades


def test_upkeep_on_a_site_stays_a_service(lexicon: Lexicon) -> None:
    lots = "Lot 1 : Gros œuvre\nLot 2 : Peinture\nLot 3 : Espaces verts, maintenance comprise"
    green = understand(read_lots(lots.encode(), lexicon).rows[2], lexicon)
    assert (green.trades[0].code, green.category) == (UPKEEP, "services")
