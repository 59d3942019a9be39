"""Pieces of the desk on a few values: past work of pairs, places to share out, lots of a letter, amounts of columns, a market of hours."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from vivier.desk.facts.experience import Experience, Observed, _experience, experience
from vivier.desk.method.candidate import Candidate
from vivier.desk.method.excluded import Excluded
from vivier.desk.parts import parts_of
from vivier.desk.read import letter
from vivier.desk.read.line_figures import _bounds, _months, _stated, is_built, without_money
from vivier.desk.read.programme import Row
from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.lexicon import Lexicon
from vivier.needs import resolve_need


def test_a_place_is_studied_through_the_places_below_it(lexicon: Lexicon) -> None:
    gazetteer = lexicon.gazetteer
    regions = parts_of("FR", gazetteer)
    assert len(regions) == 18 and regions == tuple(sorted(regions)) and "region:53" in regions
    assert parts_of("region:53", gazetteer) == tuple(f"departement:{code}" for code in ("22", "29", "35", "56"))
    epcis = parts_of("departement:35", gazetteer)
    assert "epci:243500139" in epcis and all(part.startswith("epci:") for part in epcis)
    assert epcis == tuple(sorted(epcis))


def test_an_excluded_candidate_could_answer_once_something_is_confirmed() -> None:
    def could(reason: Any, note: str | None = None, zone: str = "none", declared: bool = True) -> bool:
        return Excluded(Candidate("a", "A", zone=zone, declared=declared), reason, note).could_answer

    assert [could("zone_none", note) for note in ("trade_unknown", "zone_unknown", "if_ess", None)] == [
        True,
        True,
        False,
        False,
    ]
    zones = (
        ("full", True),
        ("wide", False),
        ("partial", False),
        ("seat_only", False),
        ("partial", True),
        ("none", False),
    )
    checked = [could("agreement_to_check", None, zone, declared) for zone, declared in zones]
    assert checked == [True] * 4 + [False] * 2 and not could("part_only", None, "full")


def test_without_structure_there_is_no_experience_and_without_contracts_it_is_unknown() -> None:
    day = date(2026, 11, 24)
    known: Any = None
    made = _experience((), ("traiteur",), day, known)
    assert made.months > 0
    assert made == Experience(made.months, 0, 0, 0, 0, 0, {})

    class Without:
        @property
        def contracts(self) -> Any:
            raise NotFound("rien")

    without: Any = Without()
    assert experience((), ("traiteur",), day, without) is None
    assert [Observed(1, 3.0, could).rate for could in (0.0, 0.5, 6.0)] == [None, 6.0, 0.5]


# --- a letter


def lots(text: str) -> tuple[list[tuple[str, str]], str, bool]:
    read = letter._marked(text)
    return [(lot.number, lot.text) for lot in read.lots], read.outside, read.is_running


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lot 1 : espaces verts\nLot 2 : vitres", ([("1", "espaces verts"), ("2", "vitres")], "", False)),
        ("Bonjour.\nlot a - vitres / lot b - linge", ([("A", "vitres"), ("B", "linge")], "Bonjour.\n", True)),
        (
            "Lot 1 : vitres\nLot 2 : linge\nMerci\nUne telle",
            ([("1", "vitres"), ("2", "linge")], "\nMerci\nUne telle", False),
        ),
        (
            "Lot 1\nvitres\n8 k€\nLot 2\nlinge\n9 k€\nMerci",
            ([("1", "vitres, 8 k€"), ("2", "linge, 9 k€")], "\nMerci", False),
        ),
        ("Lot 1 : vitres\nLot 2 : linge\nLot 1 : 8 k€", ([("1", "vitres, 8 k€"), ("2", "linge")], "", False)),
        ("(Lot 1 : vitres) et (lot 2 : linge)", ([("1", "vitres"), ("2", "linge")], "", True)),
        ("Le lot 2 sera réservé", ([], "", False)),
        ("Lot 1 : \nLot 2 : linge", ([("2", "linge")], "", False)),
    ],
)
def test_the_lots_of_a_letter_are_announced_by_their_number(text: str, expected: tuple[Any, str, bool]) -> None:
    found, outside, running = lots(text)
    assert (found, outside.strip(), running) == (expected[0], expected[1].strip(), expected[2])


def test_a_list_of_lines_is_a_list_of_lots_when_they_have_a_trade(lexicon: Lexicon) -> None:
    def listed(text: str) -> tuple[list[str], str]:
        read = letter._listed(text, lexicon)
        return [lot.text for lot in read.lots], read.outside

    assert listed("- Espaces verts\n- Nettoyage des vitres\nMerci") == (
        ["Espaces verts", "Nettoyage des vitres"],
        "Merci",
    )
    assert listed("Espaces verts\nNettoyage des vitres\nMerci") == (["Espaces verts", "Nettoyage des vitres"], "Merci")
    assert listed("Bonjour,\n- Espaces verts") == (["Bonjour, - Espaces verts"], "")
    assert listed("a;b\nEspaces verts") == listed("Bonjour") == ([], "")
    assert listed("Espaces verts " + "x" * letter.LONGEST_TEXT) == ([], "")


def test_the_place_and_the_duration_of_a_letter_are_those_of_the_lots_that_say_none(lexicon: Lexicon) -> None:
    made = letter.lots_in(
        "À Rennes, pour 3 ans, 20 000 € HT.\nLot 1 : espaces verts\nLot 2 : linge à Vitré, 12 mois", lexicon
    )
    assert made is not None
    first, second = (row.values for row in made.rows)
    assert first == {"lot": "1", "text": "espaces verts", "place": "commune:35238", "months": "36"}
    assert second == {"lot": "2", "text": "linge à Vitré, 12 mois"} and [row.line for row in made.rows] == [1, 2]
    assert len(made.remarks) == 4 and letter.lots_in("Lot 1 : linge", lexicon, least=2) is None
    assert letter.lots_in("x" * (letter.LONGEST_LETTER + 1), lexicon) is None
    with pytest.raises(InvalidRequest) as raised:
        letter.lots_in("Lot 1 : linge\nLot 2 : vitres", lexicon, most=1)
    assert raised.value.errors[0].code == "too_many_lines"
    alone = letter.lots_in("Budget 20 000 € HT.\nLot 1 : espaces verts", lexicon)
    assert alone is not None and alone.rows[0].values["amount"].startswith("20 000") and not alone.remarks


# --- columns of figures


@pytest.mark.parametrize(
    ("minimum", "maximum", "bounds"),
    [
        (None, None, None),
        (0.0, None, None),
        (5e4, None, (5e4, None)),
        (0.0, 2e5, (None, 2e5)),
        (5e4, 2e5, (5e4, 2e5)),
        (None, 2e5, (None, 2e5)),
    ],
)
def test_the_bounds_of_a_framework_are_read_in_two_columns(
    minimum: float | None, maximum: float | None, bounds: tuple[float | None, float | None] | None
) -> None:
    from vivier.desk.read.amounts import Amount

    errors: list[FieldError] = []
    cells = {
        name: Amount(value, value) for name, value in (("minimum", minimum), ("maximum", maximum)) if value is not None
    }
    found = _bounds(cells, errors)
    assert errors == [] and (None if found is None else (found.least or None, found.most)) == bounds
    assert found is None or (found.framework, found.yearly, found.taxed) == (True, False, False)
    yearly = _bounds({"maximum": Amount(9.0, 9.0, taxed=True), "minimum": Amount(1.0, 1.0, yearly=True)}, errors)
    assert yearly is not None and (yearly.yearly, yearly.taxed) == (True, True)
    assert _bounds({"minimum": Amount(9.0, 9.0), "maximum": Amount(1.0, 1.0)}, errors) is None and errors


@pytest.mark.parametrize(
    ("cells", "text", "months"),
    [
        ({"months": "24"}, "linge 3 ans", 24),
        ({"years": "2"}, "linge 3 ans", 24),
        ({}, "linge 3 ans", 36),
        ({"amount": "20 000 € sur 2 ans"}, "linge 3 ans", 24),
        ({}, "linge 1 an puis 18 mois", None),
        ({}, "linge", None),
        ({"months": "beaucoup"}, "linge 3 ans", None),
    ],
)
def test_a_duration_is_that_of_its_column_of_its_amount_or_of_its_words(
    cells: dict[str, str], text: str, months: int | None, lexicon: Lexicon
) -> None:
    errors: list[FieldError] = []
    assert _months(Row(1, cells), resolve_need(text, lexicon), errors, []) == months
    assert bool(errors) is (cells.get("months") == "beaucoup")


def test_a_category_is_that_of_its_column_or_of_the_division_of_its_code() -> None:
    stated = [_stated(Row(1, {"category": word}), ("45",)) for word in ("Travaux", "un service", "Fourniture", "")]
    assert stated == ["travaux", "services", "fournitures", "travaux"]
    divisions = ("44", "45", "46", "48", "49", "90")
    assert [_stated(Row(1, {}), (f"{code}000000",)) for code in divisions] == [
        "fournitures",
        "travaux",
        "services",
        "fournitures",
        "services",
        "services",
    ]
    assert _stated(Row(1, {}), ()) is None
    built = [
        is_built(Row(1, cells), cpv, text)
        for cells, cpv, text in (
            ({}, (), "travaux de peinture"),
            ({}, (), "entretien de peinture"),
            ({}, ("45000000",), "peinture"),
            ({"category": "services"}, (), "travaux de peinture"),
            ({}, (), "peinture"),
        )
    ]
    assert built == [True, False, True, False, False]


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Nettoyage des écoles - 240 000 € HT sur 4 ans", "Nettoyage des écoles"),
        ("Vitrerie (nacelle) 12 k€", "Vitrerie (nacelle)"),
        ("Légumes bio : mini 20000 maxi 48000", "Légumes bio"),
        ("Nettoyage des écoles, budget estimé à 90 000 euros, à Brest", "Nettoyage des écoles, à Brest"),
        ("Gardiennage : 300 000 euros sur 3 ans, avec tutorat", "Gardiennage, avec tutorat"),
        ("Travaux de voirie inférieurs à 90 000 € HT", "Travaux de voirie inférieurs à 90 000 € HT"),
        ("Nettoyage de 1 200 m²", "Nettoyage de 1 200 m²"),
        ("12 000 €", ""),
    ],
)
def test_the_object_that_is_printed_does_not_tell_the_estimate(text: str, printed: str, lexicon: Lexicon) -> None:
    assert without_money(text, resolve_need(text, lexicon)) == printed
