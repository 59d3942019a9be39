"""Lots of a text without headings: a letter, a list, a lot told in a few lines. Each has the place, the duration and the amount of the text."""

from __future__ import annotations

from datetime import date

import pytest

from vivier.desk.read.letter import lots_in, read_lots
from vivier.desk.read.line import Line
from vivier.desk.read.understanding import understand
from vivier.errors import InvalidRequest
from vivier.french import quoted
from vivier.lexicon import Lexicon

pytestmark = pytest.mark.slow
LETTER = (
    "Bonjour,\nLa ville de Rennes lance une consultation pour 3 ans. Lot 1 - entretien des espaces verts (80 000 € HT) / Lot 2 : nettoyage "
    "des locaux de la mairie (45 000 euros par an).\nPouvez-vous nous dire qui peut répondre ? Cordialement"
)


def lines(text: str, lexicon: Lexicon) -> list[Line]:
    return [understand(row, lexicon) for row in read_lots(text.encode(), lexicon).rows]


def test_lots_within_running_text_have_the_place_and_the_duration_of_the_letter(lexicon: Lexicon) -> None:
    green, clean = lines(LETTER, lexicon)
    assert (green.row.get("lot"), green.trades[0].code, green.amount, green.months) == (
        "1",
        "entretien-espaces-verts",
        80_000,
        36,
    )
    assert (clean.row.get("lot"), clean.trades[0].code, clean.amount) == ("2", "nettoyage-locaux", 135_000)
    assert {line.territories[0].code for line in (green, clean)} == {"commune:35238"}


@pytest.mark.parametrize("given", ["", "à Rennes, durée 4 ans"])
def test_the_end_of_the_last_lot_of_a_line_is_of_each_lot(given: str, lexicon: Lexicon) -> None:
    read = lines(f"Lot 1 - espaces verts / Lot 2 : nettoyage des locaux, {given}", lexicon)
    assert [line.months for line in read] == ([48, 48] if given else [None, None])
    assert [bool(line.territories) for line in read] == [bool(given)] * 2


def test_the_duration_of_the_last_line_of_a_list_is_of_that_lot_only(lexicon: Lexicon) -> None:
    read = lines("Lot 1 : espaces verts à Rennes\nLot 2 : nettoyage à Vitré, 3 ans", lexicon)
    assert [line.months for line in read] == [None, 36]


@pytest.mark.parametrize(
    "text",
    [
        "Lot 1 : Espaces verts (80 000 €)\nLot 2 : Nettoyage des vitres (45 000 €)",
        "Lot 1\nEspaces verts\n80 000 €\nLot 2\nNettoyage des vitres\n45 000 €\nCordialement\nUne telle",
        "- Espaces verts : 80 000 €\n- Nettoyage des vitres : 45 k€\nLe tout sur 4 ans.",
        "Lot n°1 Espaces verts 80 000 € HT\nLot n°2 Nettoyage des vitres 45 000 € HT",
        "Lot A : espaces verts. Lot B : nettoyage des vitres. Montants : lot A : 80 000 €, lot B : 45 000 €.",
    ],
)
def test_each_lot_of_a_list_has_its_amount_which_its_object_does_not_tell(text: str, lexicon: Lexicon) -> None:
    read = lines(text, lexicon)
    assert [line.amount for line in read] == [80_000, 45_000]
    assert [line.text.casefold() for line in read] == ["espaces verts", "nettoyage des vitres"]


@pytest.mark.parametrize(
    ("text", "lots"),
    [
        (
            "Bonjour,\nRénovation de l'école - Lot 1 - Maçonnerie\nRénovation de l'école - Lot 2 - Plâtrerie\nTonte du bourg\n"
            "Rénovation de la mairie (lot 1) maçonnerie",
            ["1", "2", None, "1"],
        ),
        (
            "Tonte du bourg\nRénovation de l'école - Lot 2 - Plâtrerie\nAssurance de la flotte automobile",
            [None, "2", None],
        ),
        ("La ville lance un marché. Lot 1 : tonte\nLot 2 : nettoyage des vitres", ["1", "2"]),
        (
            "Lot 3 : plâtrerie\nRénovation de l'école - Lot 2 - maçonnerie\nRénovation de l'école - Lot 4 : peinture",
            ["3", "2", "4"],
        ),
    ],
)
def test_each_line_of_a_list_of_titles_is_a_lot_of_its_own(text: str, lots: list[str | None], lexicon: Lexicon) -> None:
    rows = read_lots(text.encode(), lexicon).rows
    assert [row.get("lot") or None for row in rows] == lots
    if "Bonjour" in text:
        assert [row.get("text") for row in rows] == text.split("\n")[1:]


def test_a_line_of_a_list_that_is_no_lot_is_said(lexicon: Lexicon) -> None:
    read = read_lots(
        "Bonjour,\nTonte à Laval\nZorglub orienté\nNettoyage de vitres\nPour 4 ans\nMerci".encode(), lexicon
    )
    assert [row.get("text") for row in read.rows] == ["Tonte à Laval", "Nettoyage de vitres"]
    assert read.remarks[-1] == f"Lignes où aucun métier n'est reconnu, non comptées : {quoted('Zorglub orienté')}."
    assert "Lignes" not in " ".join(read_lots(LETTER.encode(), lexicon).remarks)


def test_an_amount_outside_the_lots_is_told_and_not_counted(lexicon: Lexicon) -> None:
    read = read_lots(b"Budget total 300 000 euros. Lot 1 : espaces verts ; Lot 2 : nettoyage des locaux", lexicon)
    assert "Montant écrit hors des lots, non compté" in read.remarks[-1]
    assert not any(row.get("amount") for row in read.rows)


def test_the_launch_that_a_letter_says_is_that_of_each_lot_that_says_none(lexicon: Lexicon) -> None:
    text = "Ville de Rennes\nDate de lancement prévue : 15/03/2027\nLot 1 : espaces verts\nLot 2 : nettoyage, lancement au T2 2028"
    first, second = lines(text, lexicon)
    assert (first.launched, second.launched) == (date(2027, 3, 15), date(2028, 4, 1))
    assert any("Lancement lu dans l'objet : T2 2028." in note for note in second.notes)
    (none,) = lines("Nettoyage et lancement du centre aquatique de Rennes en 2027", lexicon)
    assert none.launched is None


def test_a_lot_told_in_a_few_lines_is_a_single_lot(lexicon: Lexicon) -> None:
    text = "Bonjour,\nnous cherchons un prestataire pour l'entretien des espaces verts de la ville de Rennes.\nMontant estimé : 120 000 € HT"
    (line,) = lines(text, lexicon)
    assert (line.amount, line.territories[0].code) == (120_000, "commune:35238")


def test_a_lot_named_again_in_a_sentence_is_no_other_lot(lexicon: Lexicon) -> None:
    read = lots_in("Lot 1 : espaces verts. Lot 2 : nettoyage des locaux. Le lot 2 sera réservé.", lexicon)
    assert read is not None and [row.get("lot") for row in read.rows] == ["1", "2"]


def test_a_table_with_headings_is_read_by_its_headings(lexicon: Lexicon) -> None:
    read = read_lots(b"Lot;Objet;Montant HT\nLot 1;Espaces verts;120000", lexicon)
    assert dict(read.columns) == {"Lot": "lot", "Objet": "text", "Montant HT": "amount"}


def test_a_need_that_names_a_single_lot_is_not_split(lexicon: Lexicon) -> None:
    assert lots_in("Lot 3 : entretien des espaces verts", lexicon, least=2) is None


def test_more_lots_than_a_programme_holds_are_refused_before_they_are_read(lexicon: Lexicon) -> None:
    with pytest.raises(InvalidRequest, match="plus de 300 lots"):
        lots_in("\n".join(f"Lot {number} : tonte à Rennes" for number in range(1, 302)), lexicon)


def test_an_amount_that_no_lot_can_have_is_told_and_not_counted(lexicon: Lexicon) -> None:
    (line,) = lines("Lot 1 : tonte à Rennes, 99 999 999 999 999 €", lexicon)
    assert line.amount is None and any("trop grand" in remark for remark in line.doubts)
