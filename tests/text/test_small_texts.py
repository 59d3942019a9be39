"""Small readers and writers of text: cells, letters apart, days to come."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from vivier.french import percent, until
from vivier.text.cells import typed_text
from vivier.text.filters import lower
from vivier.text.folding import _is_followed


@pytest.mark.parametrize(
    ("cell", "text"),
    [(None, ""), (12.0, "12"), (12.5, "12.5"), (0, "0"), ("x", "x"), (datetime(2026, 11, 24, 9), "2026-11-24")],
)
def test_a_cell_is_read_as_a_person_types_it(cell: object, text: str) -> None:
    assert typed_text(cell) == text


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 11, 24), "aujourd’hui"),
        (date(2026, 11, 25), "demain"),
        (date(2026, 11, 26), "dans 2 jours"),
        (date(2027, 1, 22), "dans 59 jours"),
        (date(2027, 1, 23), "dans 1 mois"),
        (date(2027, 1, 24), "dans 2 mois"),
        (date(2027, 11, 23), "dans 11 mois"),
    ],
)
def test_a_day_to_come_is_told_in_days_then_in_whole_months(day: date, text: str) -> None:
    assert until(day, date(2026, 11, 24)).replace("\xa0", " ") == text


def test_a_share_is_a_number() -> None:
    with pytest.raises(ValueError, match="finite"):
        percent(float("nan"))


@pytest.mark.parametrize(
    ("character", "base", "followed"),
    [
        ("²", "2", True),
        ("ª", "a", False),
        ("ₐ", "a", True),
        ("①", "1", True),
        ("⑳", "20", True),
        ("㉑", "21", False),
        ("Ａ", "A", True),
        ("１", "1", True),
        ("ﬁ", "fi", True),
        ("é", "e", True),
        ("½", "1⁄2", False),
        ("…", "...", False),
    ],
)
def test_letters_that_unicode_sets_apart_are_followed_as_the_engine_follows_them(
    character: str, base: str, followed: bool
) -> None:
    assert _is_followed(character, base) is followed


@pytest.mark.parametrize(
    ("word", "lowered"), [("ΟΔΟΣ", "οδοσ"), ("İZMİR", "izmir"), ("İΣ", "iσ"), ("ÉTÉ", "été"), ("Straße", "straße")]
)
def test_words_are_lowered_letter_by_letter(word: str, lowered: str) -> None:
    assert lower(word) == lowered
