"""Figures of a need at their bounds: at the very beginning of a text, under a kilometre, beside words that are none."""

from __future__ import annotations

import pytest

from vivier.lexicon import Lexicon
from vivier.needs import resolve_need
from vivier.needs.distances import lengths
from vivier.needs.figures import amounts, durations, quantities
from vivier.needs.folded import folded
from vivier.needs.lexis import root


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("3 ans de nettoyage", [(36, None, 36)]),
        ("un an et demi de nettoyage", [(18, None, 18)]),
        ("1,5 an reconductible 1 fois", [(18, 1, 36)]),
        ("2 ans et 6 mois", [(30, None, 30)]),
        ("12 mois renouvelables 3 fois", [(12, 3, 48)]),
        ("1 an reconductible 2 fois 6 mois", [(12, 2, 24)]),
        ("1 an + 3 reconductions", [(12, 3, 48)]),
        ("un an ferme, deux reconductions d'un an", [(12, 2, 36)]),
        ("24 mois fermes avec 2 reconductions de 6 mois", [(24, 2, 36)]),
        ("un an, reconduction tacite 3 fois", [(12, 3, 48)]),
        ("2 ans + 2 x 6 mois", [(24, 2, 36)]),
        ("36mois + 12 mois + 1 an", [(36, 2, 60)]),
        ("1 + 1 + 2 ans", [(12, 2, 48)]),
        ("2 ans reconductibles", [(24, None, 24)]),
        ("3 x 12 mois", [(12, 2, 36)]),
        ("années 2025 à 2028", [(48, None, 48)]),
        ("années 2028 à 2028", [(12, None, 12)]),
        ("années 2028 à 2025", []),
        ("10 mois puis 24 mois", [(10, None, 10), (24, None, 24)]),
        ("enfants âgés de 3 ans", []),
    ],
)
def test_a_duration_is_read_with_its_renewals(text: str, found: list[tuple[float, int | None, float]]) -> None:
    assert [(one.months, one.renewals, one.max_months) for one in durations(folded(text))] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("40 k€", [(40_000, None, False)]),
        ("1,25 M€ TTC", [(1_250_000, "TTC", False)]),
        ("budget 40000", [(40_000, None, False)]),
        ("120 000,55 € HT par an", [(120_000.55, "HT", True)]),
        ("10 € puis 20 €", [(10, None, False), (20, None, False)]),
        ("500 € HT par mois", [(6_000, "HT", True)]),
        ("budget 25€ par colis, 12 € HT l'unité", []),
        ("budget 75000 pour les repas", [(75_000, None, False)]),
        ("mini 20000 maxi 90 000", [(20_000, None, False), (90_000, None, False)]),
        ("programme et budget 2027", []),
        ("maximum 1200, maxi 10 000 exemplaires", []),
    ],
)
def test_an_amount_is_read_with_its_tax_and_its_year(text: str, found: list[tuple[float, str | None, bool]]) -> None:
    assert [(one.euros, one.tax, one.per_year) for one in amounts(folded(text))] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("40 km", [(40, 0, 5, False, False, False)]),
        ("à 40 km", [(40, 0, 7, True, False, False)]),
        ("0,5 km autour", [(0.5, 0, 13, True, True, False)]),
        ("dans un rayon de 500 m", [(0.5, 0, 22, False, True, True)]),
        ("un km", [(1, 0, 5, False, False, False)]),
        ("0 km", []),
        ("quatre-vingt-dix km max", [(90, 0, 23, True, False, False)]),
    ],
)
def test_a_length_is_read_in_kilometres_where_it_is(text: str, found: list[tuple[object, ...]]) -> None:
    read = [(one.km, one.start, one.end, one.is_plain, one.is_around, one.is_short) for one in lengths(folded(text))]
    assert read == found


@pytest.mark.parametrize(
    ("word", "shared"),
    [
        ("repassage", "repas"),
        ("repasseuse", "repas"),
        ("gazonnage", "gazon"),
        ("balayage", "balay"),
        ("balaages", "bala"),
        ("balages", None),
        ("tonte", None),
        ("tonnages", "tonn"),
    ],
)
def test_a_family_of_words_shares_its_root(word: str, shared: str | None) -> None:
    assert root(word) == shared


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("20 heures par semaine", [(20, "heures")]),
        ("accueil de 8h à 12h30", []),
        ("standard 9h-18h", []),
        ("12 000 exemplaires", [(12_000, "exemplaires")]),
    ],
)
def test_a_time_of_the_day_is_no_quantity(text: str, found: list[tuple[float, str]]) -> None:
    assert [(one.value, one.unit) for one in quantities(folded(text))] == found


def test_a_word_of_a_quantity_is_understood(lexicon: Lexicon) -> None:
    assert resolve_need("impression de 12 000 exemplaires", lexicon).unread == ()
