"""A text made to cost costs no more than another of its length."""

from __future__ import annotations

import pytest

from tests.work import calls
from vivier.desk.read.programme import read_programme
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon
from vivier.needs import resolve_need
from vivier.needs.reading import LONGEST_TEXT

MOST = 300_000
"""Calls of functions for the longest text, of 5,000 signs; « st » again and again made two millions and 8 seconds."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "words", ["st", "saint", "au st", "au port", "grand st", "saint 35", "st-st", "nettoyage à saint"]
)
def test_a_name_repeated_is_looked_up_once(lexicon: Lexicon, words: str) -> None:
    text = " ".join([words] * LONGEST_TEXT)[:LONGEST_TEXT].rpartition(" ")[0]
    resolve_need("nettoyage à Saint-Denis", lexicon)
    assert calls(lambda: resolve_need(text, lexicon)) < MOST


@pytest.mark.slow
def test_a_file_with_too_many_columns_is_refused_before_its_headings_are_read(lexicon: Lexicon) -> None:
    wide = ",".join(f"colonne {number}" for number in range(100_000)).encode()

    def read() -> None:
        with pytest.raises(InvalidRequest, match="plus de 200 colonnes"):
            read_programme(wide)

    assert calls(read) < 1_000


def test_empty_columns_at_the_end_are_no_columns() -> None:
    assert len(read_programme(b"besoin" + b"," * 5_000 + b"\nnettoyage" + b"," * 5_000).rows) == 1
