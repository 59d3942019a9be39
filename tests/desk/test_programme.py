"""A realistic programme of 120 lines, with mistakes in it, from the file to the dossier; all of it is invented."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.suppliers.conftest import House, served_demo
from vivier.desk.consultation import Desk
from vivier.desk.dossier import canonical, opened, verified
from vivier.desk.read.asked import Settings
from vivier.desk.read.line import Line
from vivier.desk.read.programme import Programme, Row, read_programme, written
from vivier.desk.read.understanding import as_row, corrected, understand
from vivier.desk.study_settings import StudySettings
from vivier.dossiers.compose import compose
from vivier.dossiers.question import question_for
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot

FILE = Path(__file__).parents[1] / "fixtures" / "programme" / "programme-120.csv"
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def programme() -> Programme:
    return read_programme(FILE.read_bytes())


@pytest.fixture(scope="module")
def lines(programme: Programme, lexicon: Lexicon) -> dict[str, Line]:
    return {row.get("lot"): understand(row, lexicon) for row in programme.rows}


@pytest.fixture(scope="module")
def house(lexicon: Lexicon, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with served_demo(tmp_path_factory.mktemp("desk"), lexicon) as house:
        yield house


def dossier(house: House, lines: dict[str, Line]) -> dict[str, Any]:
    question = question_for(Settings(title="Programme"), (line.row for line in lines.values()), TODAY)
    return compose(question, Snapshot(house.engine), house.lexicon)


def fields(line: Line) -> set[str]:
    return {error.field for error in line.errors}


def test_no_line_is_dropped_and_a_column_that_means_nothing_is_named(programme: Programme) -> None:
    assert len(programme.rows) == 120
    assert programme.ignored == ("Commentaire",)
    assert programme.rows[60].line == 63  # a blank line stands before it


@pytest.mark.parametrize(
    ("lot", "field"),
    [
        ("21", "place"),
        ("22", "amount"),
        ("23", "trade"),
        ("24", "months"),
        ("25", "amount"),
        ("26", "labour_share"),
        ("27", "place"),
        ("29", "amount"),
        ("31", "place"),
        ("43", "months"),
        ("46", "trade"),
        ("49", "labour_share"),
    ],
)
def test_a_mistake_is_named_by_its_column_and_its_line_waits(lines: dict[str, Line], lot: str, field: str) -> None:
    assert field in fields(lines[lot])
    assert lines[lot].state == "to_correct"


def test_what_is_only_doubtful_is_counted_and_told(lines: dict[str, Line]) -> None:
    for lot in ("34", "50"):
        assert lines[lot].state == "to_confirm", lot
        assert lines[lot].doubts


def test_what_is_odd_but_clear_is_read(lines: dict[str, Line]) -> None:
    assert lines["35"].months == 48
    assert lines["36"].amount is None and lines["36"].state == "ready"
    assert lines["38"].amount == 1_250_000
    assert (lines["44"].amount, lines["44"].months) == (90_000, 36)
    assert lines["44"].territories[0].code == "commune:59512"
    assert lines["45"].kind == "concession"
    assert len(lines["33"].trades) == 2 and lines["33"].notes


def test_several_trades_or_places_are_told_of_the_lots_that_have_them_alone(lines: dict[str, Line]) -> None:
    for line in lines.values():
        noted = [
            any(note.startswith(start) for note in line.notes) for start in ("Plusieurs métiers", "Plusieurs lieux")
        ]
        assert noted == [len(line.trades) > 1, len(line.territories) > 1]
    assert {len(line.territories) for line in lines.values()} >= {1, 2}


def test_a_correction_makes_a_line_counted(lines: dict[str, Line], lexicon: Lexicon) -> None:
    row = corrected(lines["21"].row, {"place": "commune:93066"})
    assert understand(row, lexicon).state == "ready"
    assert understand(corrected(lines["25"].row, {"amount": "12000"}), lexicon).amount == 12_000


@pytest.mark.slow
def test_what_was_understood_written_and_read_again_says_the_same(lines: dict[str, Line], lexicon: Lexicon) -> None:
    again = read_programme(written(as_row(line) for line in lines.values()).encode())
    for row, line in zip(again.rows, lines.values(), strict=True):
        other = understand(row, lexicon)
        assert [one.code for one in other.trades] == [one.code for one in line.trades]
        assert [one.code for one in other.territories] == [one.code for one in line.territories]
        assert (other.row.line, other.amount, other.months) == (line.row.line, line.amount, line.months)


@pytest.mark.slow
def test_the_whole_programme_becomes_one_dossier_whose_hash_is_its_own(house: House, lines: dict[str, Line]) -> None:
    made = dossier(house, lines)
    assert len(made["lots"]) == 120
    assert sum(made["totals"].get(state, 0) for state in ("ready", "to_confirm", "to_correct")) == 120
    assert all(lot["studied"] == (lot["understood"]["state"] != "to_correct") for lot in made["lots"])
    assert verified(opened(canonical(made)[:-1] + b',"sha256":"' + made["sha256"].encode() + b'"}'))
    assert dossier(house, lines)["sha256"] == made["sha256"]


@pytest.mark.slow
def test_every_lot_studied_has_an_article_beside_its_lever_and_one_reason_an_exclusion(
    house: House, lines: dict[str, Line]
) -> None:
    for lot in dossier(house, lines)["lots"]:
        if lot["studied"]:
            assert lot["advice"]["lever"] == "none" or lot["advice"]["article"]["code"]
            assert lot["advice"]["reason"] and lot["advice"]["would_change"]
            assert all(left["reason"] for one in lot["articles"] for left in one["excluded"])


@pytest.mark.slow
def test_a_larger_amount_never_raises_the_advice(house: House, lexicon: Lexicon) -> None:
    order = ("none", "condition", "criterion", "clause", "reserve_if", "reserve", "direct")
    desk, ranks = Desk(Snapshot(house.engine), lexicon, StudySettings(TODAY)), []
    for amount in ("1000", "50000", "500000", "5000000", "500000000"):
        row = Row(1, {"text": "entretien des espaces verts", "place": "Bretagne", "amount": amount, "months": "12"})
        study = desk.lot(understand(row, lexicon))
        assert study.advice is not None
        ranks.append(order.index(study.advice.lever))
    assert ranks == sorted(ranks, reverse=True)


@pytest.mark.slow
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(InvalidRequest):
        read_programme(content)
    with contextlib.suppress(InvalidRequest):
        read_programme(b"objet;lieu;montant\n" + content)


def test_a_distance_of_the_object_is_said_not_to_be_applied(lexicon: Lexicon) -> None:
    line = understand(Row(1, {"text": "blanchisserie à moins de 40 km de Roubaix"}), lexicon)
    assert [place.code for place in line.territories] == ["commune:59512"]
    assert any("à moins de 40 km" in doubt and "n'est pas appliqué" in doubt for doubt in line.doubts)


def test_the_place_of_the_programme_comes_before_a_name_that_is_only_perhaps_a_place(lexicon: Lexicon) -> None:
    line = understand(Row(1, {"text": "Lot nettoyage des bureaux"}), lexicon, "Roubaix")
    assert [place.code for place in line.territories] == ["commune:59512"]


@pytest.mark.parametrize(
    ("place", "text", "read", "doubtful"),
    [
        ("85000", "Nettoyage de bureaux", "La Roche-sur-Yon (85, Vendée)", True),
        ("85000", "Nettoyage de la mairie de Mouilleron-le-Captif", "Mouilleron-le-Captif (85, Vendée)", False),
        ("79027", "Nettoyage de bureaux", "Deux-Sèvres (département 79)", True),
        ("92026", "Nettoyage des bibliothèques de Courbevoie", "Courbevoie (92, Hauts-de-Seine)", False),
        ("F-59000 Lille", "Nettoyage de bureaux", "Lille (59, Nord)", False),
        ("85 85000", "Nettoyage de bureaux", "La Roche-sur-Yon (85, Vendée)", True),
        ("85000 85", "Nettoyage de bureaux", "La Roche-sur-Yon (85, Vendée)", True),
        ("Mairie de Rennes 35000", "LOT No02 - Nettoyage de bureaux", "Rennes (35, Ille-et-Vilaine)", False),
    ],
)
def test_a_post_code_is_a_place_that_can_be_studied(
    place: str, text: str, read: str, doubtful: bool, lexicon: Lexicon
) -> None:
    """Shared by several communes, or a CEDEX: what it was read as is written, unless the text names the commune."""
    line = understand(Row(1, {"place": place, "text": text, "amount": "90000"}), lexicon)
    assert not line.errors and [choice.label for choice in line.territories] == [read]
    assert any("Lieu" in doubt for doubt in line.doubts) == doubtful


def test_a_text_that_names_a_place_of_several_leaves_the_others(lexicon: Lexicon) -> None:
    line = understand(Row(1, {"place": "85000 ; 79000", "text": "Nettoyage de la mairie de Niort"}), lexicon)
    assert [place.code for place in line.territories] == ["commune:85191", "commune:79191"]


@pytest.mark.parametrize(
    ("text", "places", "told"),
    [
        ("Nettoyage des écoles de Lyon et Villeurbanne", "commune:69123 commune:69266", ""),
        ("Nettoyage en Ariège, Aveyron et dans le Gers", "departement:09 departement:12 departement:32", ""),
        ("Nettoyage des bâtiments de Blois, en Loir-et-Cher", "commune:41018", ""),
        ("Nettoyage pour Meaux et la CA du Pays de Meaux", "commune:77284", "aussi CA du Pays de Meaux"),
        ("Nettoyage à Saint-Denis et Lyon", "commune:69123", "aussi Saint-Denis"),
        ("Nettoyage de Douai pour la ville et ses écoles, annexe à Lens", "commune:59178", "aussi Lens"),
    ],
)
def test_the_towns_that_an_object_lists_are_counted_and_any_other_place_is_told(
    text: str, places: str, told: str, lexicon: Lexicon
) -> None:
    line = understand(Row(1, {"text": text}), lexicon)
    assert " ".join(choice.code for choice in line.territories) == places
    doubts = " ".join(line.doubts)
    assert (told in doubts) and bool(told) == ("nomme aussi" in doubts) == (line.state == "to_confirm")


def test_a_column_of_post_codes_says_the_place(lexicon: Lexicon) -> None:
    table = "N°;Objet;Code postal;Ville\n1;Nettoyage de bureaux;59100;Roubaix\n2;LOT No02 - Nettoyage;35000;\n"
    lines = [understand(row, lexicon) for row in read_programme(table.encode()).rows]
    assert [[place.code for place in line.territories] for line in lines] == [["commune:59512"], ["commune:35238"]]


@pytest.mark.slow
def test_a_heading_in_thousands_of_euros_gives_its_unit_to_the_numbers_that_have_none(lexicon: Lexicon) -> None:
    cells = ("120", "50 à 80", "max 400", "90 000 €", "1,5 M€", "NC")
    table = "Objet;Lieu;Montant (k€ HT)\n" + "".join(f"nettoyage des locaux;Rennes;{cell}\n" for cell in cells)
    read = read_programme(table.encode())
    money = [understand(row, lexicon).money for row in read.rows]
    assert [None if one is None else (one.least, one.most) for one in money] == [
        (120_000, 120_000),
        (50_000, 80_000),
        (None, 400_000),
        (90_000, 90_000),
        (1_500_000, 1_500_000),
        None,
    ]
    assert "Colonne « Montant (k€ HT) » lue en milliers d'euros." in read.remarks


def test_the_cell_of_a_line_is_no_heading_to_give_a_meaning_to() -> None:
    table = "Objet;Lieu\nnettoyage des locaux;Rennes\n"
    with pytest.raises(InvalidRequest) as refused:
        read_programme(table.encode(), given={"Rennes": "place"})
    [error] = refused.value.errors
    assert error.field == "column" and "Titres lus : Objet, Lieu" in error.message


def test_idem_takes_the_cell_of_the_line_above_and_says_so() -> None:
    content = (
        b"Objet;Lieu;Montant\nNettoyage des locaux;Laval;120000\nidem lot 2 (colleges);idem;80000\nTonte;Rennes;9000\n"
    )
    read = read_programme(content)
    assert [row.get("text") for row in read.rows] == [
        "Nettoyage des locaux",
        "Nettoyage des locaux lot 2 (colleges)",
        "Tonte",
    ]
    assert [row.get("place") for row in read.rows] == ["Laval", "Laval", "Rennes"]
    assert next(remark for remark in read.remarks if "dessus" in remark).startswith("Ligne 3 : ")
