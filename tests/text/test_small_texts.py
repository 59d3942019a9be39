"""Small readers and writers of text: cells, letters apart, days to come."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from mappings import load_json
from vivier.french import chance, percent, until
from vivier.text import load_analysis
from vivier.text.cells import typed_text
from vivier.text.filters import lower
from vivier.text.folding import _is_followed, fold
from vivier.text.guard import bare, plain, safe, safe_cell
from vivier.text.stemmer import light_stem
from vivier.text.synonyms import Synonyms


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


STEMS = {
    "chevaux": "cheval",
    "locaux": "local",
    "bateaux": "bateau",
    "prix": "pri",
    "activement": "actif",
    "actualisation": "actuel",
    "commune": "comun",
    "2000": "2000",
    "copieuses": "copieu",
    "ivement": "ive",
    "abualisation": "abual",
    "foieement": "foie",
    "aepaux": "aepal",
    "copiesx": "cop",
    "civement": "cif",
    "absx": "abs",
    "aatrice": "ateu",
    "aaaux": "aaau",
    "ivementx": "ive",
    "01x": "01x",
    "031s": "031",
}
"""Words at the bounds of each ending, as Lucene stems them."""


@pytest.mark.parametrize(("word", "stem"), STEMS.items())
def test_a_word_is_stemmed_by_its_ending(word: str, stem: str) -> None:
    assert light_stem(word) == stem


def test_forms_of_several_words_stand_side_by_side() -> None:
    graph = Synonyms(["b t p, bâtiment", "esat => ea, travail adapté"], str.split)
    assert [(token.text, token.position) for token in graph.graph(["un", "bâtiment", "fin"])] == [
        ("un", 0),
        ("b", 1),
        ("bâtiment", 1),
        ("t", 2),
        ("p", 3),
        ("fin", 4),
    ]
    assert [(token.text, token.position) for token in graph.graph(["esat", "fin"])] == [
        ("ea", 0),
        ("travail", 0),
        ("adapté", 1),
        ("fin", 2),
    ]


@pytest.mark.parametrize(
    ("probability", "supposed", "text"),
    [
        (0.0, False, "moins de 1 %"),
        (0.00004, False, "moins de 1 %"),
        (0.0, True, "moins de 10 %"),
        (0.5, False, "50 %"),
        (0.999, False, "plus de 99 %"),
        (1.0, False, "plus de 99 %"),
    ],
)
def test_a_chance_is_never_written_as_none(probability: float, supposed: bool, text: str) -> None:
    assert chance(probability, supposed=supposed).replace("\xa0", " ") == text


def test_the_positions_of_words_keep_alternatives_side_by_side_with_synonyms_or_without() -> None:
    analysis = load_analysis()

    def found(analyzer: str, text: str) -> list[tuple[str, int]]:
        return [(token.text, token.position) for token in analysis.positions(analyzer, text)]

    assert found("french", "tonte des pelouses") == [("tont", 0), ("pelous", 1)]
    assert found("french_search", "tonte de papier") == [("tondr", 0), ("tont", 0), ("papi", 1)]
    assert found("prefix", "le tri") == [("l", 0), ("le", 0), ("t", 1), ("tr", 1), ("tri", 1)]
    assert (
        analysis.settings == load_json("analysis") and analysis.joined("french", "Tonte de pelouses") == "tont pelous"
    )
    assert analysis.normalize("folded", "L’Île-de-France") == "l'ile-de-france"


def test_letters_are_folded_as_the_engine_folds_them() -> None:
    assert "".join(map(fold, "ªº\u212bÅé①Œ…½«")) == 'ªº\u212bAe1OE…½"'
    assert fold("Œuvre d'été") == "OEuvre d'ete"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Atelier", "Atelier"),
        ("=1+1", "'=1+1"),
        (" -1", "' -1"),
        ("\tx", "' x"),
        ("a\nb\u200f", "a b"),
        ("\uff1d1", "'\uff1d1"),
        ("« x »", "« x »"),
        ("", ""),
        ((), None),
        (("=a", "b"), "'=a | b"),
        (("a", "=b"), "a | =b"),
        (2.0, 2),
        (2.5, 2.5),
        (None, None),
    ],
)
def test_a_cell_begins_no_formula_and_has_one_line(cell: Any, text: object) -> None:
    assert safe_cell(cell) == text and type(safe_cell(cell)) is type(text)
    if isinstance(cell, str) and not cell[:1].isspace() and cell.isprintable():
        assert bare(safe(cell)) == cell


def test_a_text_of_one_line_keeps_its_first_sign() -> None:
    assert [plain(text) for text in ("=1\r\n2", "\ufeffa\x00b")] == ["=1 2", "ab"] and bare("'abc") == "'abc"
