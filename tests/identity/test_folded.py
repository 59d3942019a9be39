"""A name without its accents, its ligatures and its signs."""

from __future__ import annotations

import pytest

from vivier.identity import fold


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
