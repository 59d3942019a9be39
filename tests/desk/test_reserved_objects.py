"""An object that names its own reservation is heard, by the line and by the study. Objects are authored, in the manner of real titles."""

from __future__ import annotations

from datetime import date

import pytest

from tests.desk.making import structure
from tests.desk.one_trade import feasibility
from vivier.desk.method.feasibility import Lot
from vivier.desk.read.programme import Row
from vivier.desk.read.reserved import reserved_in
from vivier.desk.read.understanding import understand
from vivier.lexicon import Lexicon

DAY = date(2026, 11, 24)
UNSAID: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("text", "families"),
    [
        ("Nettoyage des locaux - marché réservé aux entreprises adaptées et ESAT", ("EA_ESAT",)),
        ("Entretien d'un parc par un établissement et service d'aide par le travail (ESAT)", ("EA_ESAT",)),
        ("Fourniture de savon, réservée aux EA et ESAT", ("EA_ESAT",)),
        ("Mise sous pli, marché réservé en application de l'article L. 2113-12", ("EA_ESAT",)),
        ("Balayage réservé à des structures d'insertion par l'activité économique", ("SIAE",)),
        ("Marché réservé à l'insertion : tonte", ("SIAE",)),
        ("Marché réservé de services d'insertion et de qualification : entretien de halls", ("SIAE",)),
        ("Prestations d'insertion au moyen de travaux d'espaces verts", ("SIAE",)),
        ("Services de qualification et d'insertion professionnelle ayant pour support la propreté", ("SIAE",)),
        ("MARCHE D'INSERTION AYANT COMME ACTIVITE SUPPORT DES MANUTENTIONS", ("SIAE",)),
        ("Entretien des rives au moyen d'une action d'insertion professionnelle", ("SIAE",)),
        ("Service de qualification et d'insertion : ménage des écoles", ("SIAE",)),
        ("Tonte, lot réservé L2113-14", ("EA_ESAT", "SIAE")),
        ("Accueil physique du siège - Marché réservé", UNSAID),
        ("MARCHE RESERVE - Entretien d'espaces verts", UNSAID),
    ],
)
def test_an_object_that_reserves_says_for_whom(text: str, families: tuple[str, ...]) -> None:
    found = reserved_in(text)
    assert found is not None and sorted(found.families) == sorted(families)


@pytest.mark.parametrize(
    "text",
    [
        "Réhabilitation d'un réservoir d'eau potable",
        "Réservation de berceaux en crèche",
        "Préservation d'une zone humide, sous réserve du permis",
        "Transport scolaire d'élèves en situation de handicap",
        "Réfection du toit d'un ESAT",
        "Prestations de services d'insertion professionnelle de type atelier pour demandeurs d'emploi",
        "Actions d'insertion dans le cadre du plan local",
        "Nettoyage, avec clause d'insertion de 500 heures réservées à des demandeurs d'emploi",
        "Tonte dans le cadre d'une clause d'insertion",
        "Stationnement réservé aux personnes handicapées : marquage",
        "Marché non réservé de nettoyage",
        "Tonte, dont une part pourra être confiée ou réalisée par un ESAT",
        "Peinture, 300 heures réalisées par une structure d'insertion",
    ],
)
def test_an_object_that_reserves_nothing_is_not_heard_to(text: str) -> None:
    assert reserved_in(text) is None


def understood(text: str, lexicon: Lexicon, **cells: str) -> tuple[list[str], tuple[str, ...]]:
    line = understand(Row(1, {"text": text, "place": "Rennes", **cells}), lexicon)
    return [choice.code for choice in line.trades], line.notes


def test_the_work_that_insertion_rests_on_is_the_trade(lexicon: Lexicon) -> None:
    trades, notes = understood("Prestations d'insertion ayant pour support l'entretien d'espaces verts", lexicon)
    assert trades == ["entretien-espaces-verts"]
    assert "L2113-13" in notes[0] and "achète de l'insertion" in notes[0]


def test_what_the_object_reserves_is_told_with_its_article(lexicon: Lexicon) -> None:
    assert "L2113-12" in understood("Nettoyage de bureaux, marché réservé aux ESAT", lexicon)[1][0]
    assert "sans dire à qui" in understood("Nettoyage de bureaux, marché réservé", lexicon)[1][0]
    both = "Nettoyage de bureaux réservé aux ESAT et aux structures d'insertion"
    assert "concession" in understood(both, lexicon, kind="concession")[1][0]
    assert understood("Nettoyage de bureaux", lexicon)[1] == ()


def test_a_study_follows_the_article_that_the_object_names() -> None:
    pool = [*(structure(kinds=("ESAT",), turnover=2e6) for _ in range(40)), structure(kinds=("EI",), turnover=2e6)]
    free = feasibility(Lot(90_000, 12, labour_share=0.65), pool, DAY)
    assert free.recommended == "L2113-12"
    named = Lot(90_000, 12, labour_share=0.65, reserved_for=frozenset({"SIAE"}))
    held = feasibility(named, pool, DAY)
    assert (held.recommended, held.best.code) == (None, "L2113-13")
    assert "article_L2113-12" in {change.code for change in held.changes}
    prison = Lot(90_000, 12, reserved_for=frozenset({"PRISON"}))
    assert feasibility(prison, pool, DAY).best.code == "L2113-13-1"


def test_a_name_that_no_article_joins_limits_nothing() -> None:
    both = frozenset({"EA_ESAT", "SIAE"})
    made = feasibility(Lot(kind="concession", reserved_for=both), [structure(kinds=("ESAT",))], DAY)  # type: ignore[arg-type]
    assert made.best.code == "L3113-1"
