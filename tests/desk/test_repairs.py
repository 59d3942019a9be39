"""Repairing a programme: the likely readings of each cell that could not be read, and a place said for all lines at once."""

from __future__ import annotations

import pytest

from mappings import read_table
from vivier.desk.read.programme import Row
from vivier.desk.read.repairs import all_within, pressed, repairs, usual_places
from vivier.desk.read.understanding import corrected, understand
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon

WRONG = [
    {"text": "traiteur", "place": "Arras", "amount": "120 k€ TTC"},
    {"text": "tonte", "place": "Arras", "annual_amount": "lot 12 000 ou 15 000"},
    {"text": "tonte", "place": "Arras", "amount": "60000", "months": "entre 2 et 3"},
    {"text": "tonte", "place": "Saint-Martin", "amount": "60000"},
    {"text": "tonte", "amount": "60000"},
    {"text": "prestations diverses", "place": "Arras"},
    {"text": "tonte", "place": "Arras", "maximum": "80 à 100"},
]


@pytest.mark.parametrize("values", WRONG, ids=lambda values: " ".join(values.values()))
def test_each_reading_proposed_repairs_its_cell(values: dict[str, str], lexicon: Lexicon) -> None:
    """Choosing it is typing it: the cell is then read, and no other column says the same."""
    row, usual = Row(3, values), usual_places([understand(Row(1, {"text": "tonte", "place": "Arras"}), lexicon)])
    line = understand(row, lexicon)
    (repair,) = repairs(line, usual)
    assert line.state == "to_correct" and repair.message and len(repair.readings) <= 3
    for reading in repair.readings:
        changes = {name: "-" for name in ("amount", "annual_amount", "maximum") if reading.field == "amount"}
        after = understand(corrected(row, {**changes, reading.field: reading.cell}), lexicon)
        assert after.counted, (reading, after.errors)


def test_an_amount_with_tax_is_proposed_without_it(lexicon: Lexicon) -> None:
    (repair,) = repairs(understand(Row(1, WRONG[0]), lexicon))
    assert [reading.cell for reading in repair.readings] == ["109091", "113744", "120000"]
    assert repair.words == "120 k€ TTC" and "TVA de 10 % ôtée" in repair.readings[0].label


def test_an_amount_with_tax_of_an_object_of_two_rates_is_counted_nowhere(lexicon: Lexicon) -> None:
    line = understand(Row(1, {"text": "Traiteur, 2 M€ TTC sur 4 ans", "place": "Brest"}), lexicon)
    assert (line.amount, line.money, line.months) == (None, None, 48)
    (repair,) = repairs(line)
    assert [reading.cell for reading in repair.readings] == ["1818182", "1895735", "2000000"]


@pytest.mark.parametrize(
    ("values", "euros", "why"),
    [
        ({"text": "légumes pour les cantines", "amount": "105 500 € TTC"}, 100_000, "TVA de 5,5 % ôtée"),
        ({"text": "tonte", "amount": "120 k€ TTC"}, 100_000, "TVA de 20 % ôtée"),
        ({"text": "tonte", "annual_amount": "12 000 € TTC", "years": "3 ans"}, 30_000, "TVA de 20 % ôtée"),
        ({"text": "Nettoyage des locaux, 2 M€ TTC sur 4 ans"}, 2_000_000 / 1.2, "TVA de 20 % ôtée"),
    ],
)
def test_the_one_rate_of_tax_of_a_trade_is_taken_off_and_said(
    values: dict[str, str], euros: float, why: str, lexicon: Lexicon
) -> None:
    line = understand(Row(1, {**values, "place": "Arras"}), lexicon)
    assert line.amount == pytest.approx(euros) and not line.errors
    assert any(why in remark for remark in line.remarks) and not repairs(line)


def test_an_amount_with_tax_of_no_known_trade_is_asked(lexicon: Lexicon) -> None:
    line = understand(Row(1, {"text": "prestations diverses", "place": "Arras", "amount": "120 k€ TTC"}), lexicon)
    assert {error.code for error in line.errors} >= {"with_tax"}


def test_each_rate_of_tax_is_of_a_trade_and_names_its_article(lexicon: Lexicon) -> None:
    rows = read_table("vat_rates")
    trades = [code for row in rows for code in row["trades"].split()]
    assert len(trades) == len(set(trades)) and all(code in lexicon.trades for code in trades)
    assert all("CGI" in row["source"] and 0 < float(rate) <= 0.2 for row in rows for rate in row["rates"].split())


def test_a_line_that_is_read_has_nothing_to_repair(lexicon: Lexicon) -> None:
    assert repairs(understand(Row(1, {"text": "tonte", "place": "Rennes", "amount": "60000"}), lexicon)) == ()


@pytest.mark.slow
def test_all_the_lines_are_in_the_62(lexicon: Lexicon) -> None:
    """What could not be read is looked for there, what is read stays, and what is elsewhere is named."""
    places = ["Arras", "Saint-Martin-Boulogne", "", "Secteur nord", "Lille", "Saint-Martin"]
    rows = [
        Row(n, {"text": "tonte", "place": place} if place else {"text": "tonte"}) for n, place in enumerate(places, 1)
    ]
    found = all_within(rows, "62", lexicon)
    assert [row.get("place") for row in found.rows] == [
        *("Arras", "Saint-Martin-Boulogne", "departement:62", "departement:62", "Lille", "Saint-Martin (62)"),
    ]
    assert "laissé tel quel : ligne 5" in found.remarks[-1]
    (repair,) = repairs(understand(found.rows[-1], lexicon))
    assert len(repair.readings) == 3 and all("(62, " in reading.label for reading in repair.readings)
    with pytest.raises(InvalidRequest) as refused:
        all_within(rows, "zzyzx", lexicon)
    assert refused.value.errors[0].field == "within"


def test_a_name_borne_elsewhere_too_is_the_place_of_the_departement(lexicon: Lexicon) -> None:
    rows = [Row(1, {"text": "tonte", "place": "Saint-Denis"})]
    for whole, place in (("93", "commune:93066"), ("974", "commune:97411"), ("62", "departement:62")):
        assert [row.get("place") for row in all_within(rows, whole, lexicon).rows] == [place]


def test_the_button_of_a_reading_is_the_cell_typed() -> None:
    fields = {"place-12": "", "other_place-12": "Rennnes", "fix": "place-12=commune:35238"}
    assert pressed(fields) == {"place-12": "commune:35238"}
    assert pressed({"fix": "<b>=x", "place-1": "a"}) == {"fix": "<b>=x", "place-1": "a"}
