"""A name without its accents, its ligatures and its signs."""

from __future__ import annotations

import pytest

from vivier.identity import digits, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("L'Atelier  d'Œuvre", "L ATELIER D OEUVRE"),
        ("Crèche « Ægir »", "CRECHE AEGIR"),
        ("A北B", "A B"),
        ("e\u0301te\u0301", "ETE"),
        ("", ""),
    ],
)
def test_letters_are_bare_and_any_other_sign_parts_words(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("732 829 320 00074", "73282932000074"),
        ("73282932000074.0", "73282932000074"),
        ("732829320,00 ", "732829320"),
        ("01.02.03.04.00", "0102030400"),
        ("7,32829E+13", ""),
    ],
)
def test_digits_are_those_of_the_number_and_not_of_its_decimals(text: str, read: str) -> None:
    assert digits(text) == read
