"""What words say of reservations, criteria and clauses, and what they do not (docs/contracts.md, « Words »)."""

from __future__ import annotations

import pytest

from crawlers.contracts.notices.criteria import weighted
from crawlers.contracts.notices.values import amount_band, lot_number, read_moment, ted_number
from vivier.contracts.provisions import aims_of, buys_employment, reservations_of
from vivier.contracts.reservation import lots_cited, reserved_sentences


@pytest.mark.parametrize(
    ("text", "lots"),
    [
        ("le lot 6 est réservé", ("6",)),
        ("les lots n° 2, 3 et 5 sont réservés", ("2", "3", "5")),
        ("lots 1 à 4", ("1", "2", "3", "4")),
        ("lot n°02 et lot n°07", ("2", "7")),
        ("les lots de l'accord-cadre", ()),
        ("le pilote du lot", ()),
    ],
)
def test_the_lots_a_sentence_names(text: str, lots: tuple[str, ...]) -> None:
    assert lots_cited(text) == lots


@pytest.mark.parametrize(
    "text",
    [
        "Le dossier du marché est remis sous réserve d'un rendez-vous",
        "Le pouvoir adjudicateur du marché se réserve le droit de négocier",
        "Pour le lot 3, 500 heures seront réservées à l'insertion",
        "Ce marché n'est pas réservé",
        "LE MARCHE EST CONCLU SOUS RESERVE DE FINANCEMENT",
    ],
)
def test_what_reserves_nothing(text: str) -> None:
    assert not list(reserved_sentences(text))
    assert reservations_of(text) == ()


def test_what_is_reserved_to_structures_is_reserved_with_or_without_a_box() -> None:
    text = "Prestation réservée aux structures d'insertion du territoire"
    assert [one.reserved_for for one in reservations_of(text)] == [("SIAE",)]
    assert reservations_of(text) == reservations_of(text, reserved=True)


def test_a_bare_word_of_structures_is_no_reservation_unless_a_box_says_so() -> None:
    text = "Partenariat avec les structures d'insertion du territoire"
    assert reservations_of(text) == ()
    assert [one.reserved_for for one in reservations_of(text, reserved=True)] == [("SIAE",)]


@pytest.mark.parametrize(
    ("text", "provisions"),
    [
        ("Performance en matière d'insertion sociale", {"criterion"}),
        ("Qualité environnementale", {"environmental"}),
        ("Démarche RSE", {"criterion", "environmental"}),
        ("Insertion du projet dans le site", set()),
        ("Insertion paysagère", set()),
        ("Insertion d'annonces légales", set()),
        ("Environnement de travail", set()),
        ("Sans clause sociale", set()),
        ("Logements sociaux livrés", set()),
    ],
)
def test_the_aims_of_a_criterion(text: str, provisions: set[str]) -> None:
    assert {one.provision for one in aims_of(text, "criterion", services=False)} == provisions


def test_where_insertion_itself_is_bought_its_words_are_no_signal() -> None:
    assert buys_employment(["Prestations d'insertion professionnelle"], ["85312300"])
    assert buys_employment(["Cours"], ["80530000"])
    assert not buys_employment(["Entretien des espaces verts"], ["77310000"])
    assert not list(aims_of("Qualité du parcours d'insertion", "criterion", services=True))


def test_criteria_of_free_text_keep_their_weight() -> None:
    read = weighted("Critère 1 - Prix - 60 %\n2) Délais : 10 points\n- Qualité\nNote = (1) x 2")
    assert [(one.name, one.weight) for one in read] == [("Prix", "60"), ("Délais", "10"), ("Qualité", None)]


@pytest.mark.parametrize(
    ("raw", "number"),
    [("LOT-0001", "1"), ("01", "1"), ("LOT-0000", None), ("9 « Sols » (relance)", "9"), ("1N", "1N"), (None, None)],
)
def test_lot_numbers_are_one_in_every_journal(raw: str | None, number: str | None) -> None:
    assert lot_number(raw) == number


@pytest.mark.parametrize("raw", ["2021/S 191-497881", "497881-2021", "00497881-2021", "497881_2021"])
def test_a_number_of_ted_is_written_one_way(raw: str) -> None:
    assert ted_number(raw) == "497881-2021"


@pytest.mark.parametrize(
    ("raw", "hour", "told"),
    [
        ("2026-09-30+02:00", "11:00:00+02:00", "2026-09-30T09:00:00+00:00"),
        ("2021-10-28", "12:00", "2021-10-28T10:00:00+00:00"),
        ("20211028 12:00", None, "2021-10-28T10:00:00+00:00"),
        ("2026-12-20", None, "2026-12-20T22:59:00+00:00"),
        ("2026-09-22T16:00:00+00:00", None, "2026-09-22T16:00:00+00:00"),
    ],
)
def test_moments_are_told_in_utc(raw: str, hour: str | None, told: str) -> None:
    moment = read_moment(raw, hour)
    assert moment is not None and moment.isoformat() == told


@pytest.mark.parametrize(
    ("band", "bounds"),
    [
        ("1M - 5M€", (1e6, 5e6)),
        ("90k - 140k€", (9e4, 1.4e5)),
        ("> 5M€", (5e6, None)),
        ("< 90k€", (None, 9e4)),
        ("jusqu'à 90k€", (None, 9e4)),
        ("plus de 5M€", (5e6, None)),
        ("90k€", (9e4, 9e4)),
        (None, (None, None)),
        ("à définir", (None, None)),
    ],
)
def test_a_band_of_amounts_is_two_bounds(band: str | None, bounds: tuple[float | None, float | None]) -> None:
    assert amount_band(band) == bounds
