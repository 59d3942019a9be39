"""The amount of a lot is used, or told: in its object, in a column of any name."""

from __future__ import annotations

import pytest

from vivier.desk.read.programme import Row, read_programme
from vivier.desk.read.understanding import second_trades, understand
from vivier.lexicon import Lexicon

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("written", "euros"),
    [
        ("montant estimé : 120 000 € HT", 120_000),
        ("120 k€", 120_000),
        ("(120 000 HT)", 120_000),
        ("120 000 H.T.", 120_000),
        ("120 000 e HT", 120_000),
        ("120 000 € HT soit 144 000 € TTC", 120_000),
        ("120 000 € HT, soit 40 000 € par an", 120_000),
        ("45 000 euros par an pendant 3 ans, dont 12 000 € de tonte", 135_000),
        ("maxi 200 000 € HT, mini 50 000 € HT", 200_000),
        ("entre 50 000 € et 80 000 €", 80_000),
        ("20 000 à 40 000 € HT", 40_000),
        ("4 x 12 000 €", 48_000),
    ],
)
def test_the_amount_of_an_object_is_counted(written: str, euros: float, lexicon: Lexicon) -> None:
    line = understand(Row(1, {"text": f"Entretien des espaces verts à Rennes, {written}"}), lexicon)
    assert line.amount == euros
    assert any("Montant lu dans l'objet" in note for note in line.notes)


@pytest.mark.parametrize(
    "written",
    ["(120000)", "120k", "12 €/m²", "cent vingt mille euros", "80 000 € la première année, 90 000 € la seconde"],
)
def test_money_that_is_not_counted_is_told(written: str, lexicon: Lexicon) -> None:
    line = understand(Row(1, {"text": f"Entretien des espaces verts à Rennes, {written}"}), lexicon)
    assert line.amount is None
    assert line.state == "to_confirm"


@pytest.mark.parametrize("written", ["1200 m2", "en 2026", "2025-2028", "marché n° 20262"])
def test_a_number_of_something_else_is_no_money(written: str, lexicon: Lexicon) -> None:
    line = understand(Row(1, {"text": f"Entretien des espaces verts à Rennes, {written}"}), lexicon)
    assert line.state == "ready"


def test_an_amount_of_the_object_that_its_cell_contradicts_is_told(lexicon: Lexicon) -> None:
    line = understand(Row(1, {"text": "Espaces verts à Rennes, 80 000 €", "amount": "90 000"}), lexicon)
    assert line.amount == 90_000
    assert any("80 000" in note for note in line.notes)


@pytest.mark.parametrize(
    ("heading", "meaning"),
    [
        ("Coût estimé", "amount"),
        ("Valeur estimée (€ HT)", "amount"),
        ("Enveloppe", "amount"),
        ("Total HT", "amount"),
        ("€ HT", "amount"),
        ("Prix", "amount"),
        ("Dépense annuelle", "annual_amount"),
        ("Prix unitaire", None),
        ("Code service", None),
    ],
)
def test_a_column_of_amounts_is_read_under_many_names(heading: str, meaning: str | None) -> None:
    read = read_programme(f"Objet;{heading}\nEspaces verts;120000\nNettoyage des locaux;45 000\n".encode())
    assert read.columns.get(heading) == meaning


def test_a_column_of_renewals_is_not_read_and_says_where_they_are_written() -> None:
    read = read_programme("Objet;Durée;Reconduction\nNettoyage;1 an;3\n".encode())
    assert read.ignored == ("Reconduction",)
    assert [remark for remark in read.remarks if "reconductions comprises" in remark] == list(read.remarks)


def test_the_amount_of_a_year_is_told_when_the_lot_lasts_less(lexicon: Lexicon) -> None:
    row = {"text": "Isolation à Niort", "annual_amount": "600 000", "months": "10"}
    line = understand(Row(1, row), lexicon)
    assert line.amount == 500_000
    assert any(doubt.startswith("Montant annuel, durée de 10 mois") for doubt in line.doubts)
    assert not understand(Row(1, row | {"months": "12"}), lexicon).doubts


def test_weights_of_a_criterion_are_no_amounts() -> None:
    read = read_programme(b"Objet;Prix\nEspaces verts;40\nNettoyage des locaux;60\n")
    assert read.ignored == ("Prix",)


@pytest.mark.parametrize(
    "words", ["entre 90 000 et 120 000 euros", "maximum 80 000 €", "3 x 40 000 €", "environ 45 k€"]
)
def test_the_amount_read_in_an_object_is_quoted_whole(words: str, lexicon: Lexicon) -> None:
    line = understand(Row(1, {"text": f"Peinture des écoles, {words}, à Brest"}), lexicon)
    assert f"Montant lu dans l'objet : {words}." in line.doubts


def test_a_price_is_no_second_trade(lexicon: Lexicon) -> None:
    line = understand(Row(1, {"text": "Espaces verts à Rennes, environ 90 000 €, durée 4 ans"}), lexicon)
    assert not line.second_trades


@pytest.mark.parametrize(
    ("text", "trade", "second"),
    [
        ("Étude de programmation et réhabilitation d'un gymnase", "conseil", False),
        ("Assistance à maîtrise d'ouvrage pour le chauffage et la vidéoprotection", "conseil", False),
        ("Maîtrise d'œuvre : rénovation thermique, ravalement", "ingenierie-architecture", False),
        ("Formations à la collecte des déchets et au nettoyage des locaux", "formation", False),
        ("Nettoyage des locaux et étude de programmation", "nettoyage-locaux", True),
    ],
)
def test_what_is_studied_designed_or_taught_is_no_second_trade(
    text: str, trade: str, second: bool, lexicon: Lexicon
) -> None:
    assert bool(second_trades(text, [trade], lexicon)) == second


@pytest.mark.parametrize("thin", ["fourniture", "travaux d'extension"])
def test_thin_words_are_no_second_trade(thin: str, lexicon: Lexicon) -> None:
    assert not second_trades(f"{thin} et nettoyage des vitres", ["nettoyage-vitres"], lexicon)


def test_a_duration_asks_for_no_vehicles(lexicon: Lexicon) -> None:
    assert not second_trades("espaces verts, durée 4 ans", ["entretien-espaces-verts"], lexicon)
