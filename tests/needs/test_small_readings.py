"""Strengths, folded stretches, figures as they are shown and words of the tables: each on a few words of its own."""

from __future__ import annotations

import numpy as np
import pytest

from vivier.lexicon import Lexicon
from vivier.needs import index as tables
from vivier.needs.folded import folded
from vivier.needs.index import Contexts, words_and_pairs
from vivier.needs.nature import pieces
from vivier.needs.strengths import marked, with_strengths
from vivier.trades.table import OutOfScope


@pytest.mark.parametrize(
    ("text", "strengths"),
    [
        ("plutôt une EA", {"EA": "wish"}),
        ("exclusivement une EA, un ESAT si possible", {"EA": "wall", "ESAT": "wish"}),
        ("une EA, un plus", {"EA": "wish"}),
        ("un plus : une EA", {"EA": "wish"}),
        ("une EA, un plus, un ESAT", {"EA": "wish", "ESAT": None}),
        ("une EA, idéalement pour nous, merci", {"EA": "wish"}),
        ("une EA, pour tous idéalement, merci", {"EA": "wish"}),
        ("une EA, pour nous tous idéalement, merci", {"EA": None}),
        ("une EA, idéalement pour nous tous, merci", {"EA": None}),
        ("une EA, je suis là, si possible", {"EA": None}),
        ("une EA ou un ESAT obligatoire", {"EA": "wall", "ESAT": "wall"}),
        ("une EA obligatoire et un ESAT", {"EA": None, "ESAT": "wall"}),
        ("une EA si possible\nun ESAT", {"EA": "wish", "ESAT": None}),
        ("une EA\nsi possible\nun ESAT", {"EA": "wish", "ESAT": None}),
        ("si possible EA exclusivement", {"EA": "wall"}),
        ("une EA (obligatoire)", {"EA": "wall"}),
        ("une EA - si possible", {"EA": "wish"}),
        ("une EA et un ESAT", {"EA": None, "ESAT": None}),
        ("EA si possible, Écolabel européen exigé", {"EA": "wish", "EU_ECOLABEL": "wall"}),
        ("une EA\n\nsi possible\n", {"EA": "wish"}),
        ("une EA\r\nsi possible", {"EA": "wish"}),
    ],
)
def test_a_wish_or_a_wall_is_of_the_kinds_and_labels_beside_it(text: str, strengths: dict[str, str | None]) -> None:
    read = folded(text)
    found = with_strengths(read, [*pieces(read, "kind"), *pieces(read, "label")])
    assert {piece.code: piece.strength for piece in found} == strengths


def test_the_words_that_say_a_wish_or_a_wall_are_where_they_are_written() -> None:
    text = "Si possible une EA ; l'Écolabel est obligatoire."
    assert [(span.text, text[span.start : span.end]) for span in marked(folded(text))] == [
        ("Si possible", "Si possible"),
        ("obligatoire", "obligatoire"),
    ]


def test_a_stretch_of_a_folded_text_is_found_in_its_source_without_the_spaces_around_it() -> None:
    text = folded("Œuvres  d’art")
    assert (text.text, text.text[2:7]) == ("oeuvres d'art", "uvres")
    spans = [(span.start, span.end, span.text) for span in (text.span(6, 9), text.span(7, 10), text.span(0, 7))]
    assert spans == [(5, 9, "s  d"), (8, 10, "d’"), (0, 6, "Œuvres")]
    for start, end in ((7, 8), (3, 3)):
        empty = text.span(start, end)
        assert (empty.start, empty.end, empty.text) == (0, 0, "")
    assert [text.place(at) for at in (0, 1, 5, 8)] == [0, 2, 6, 8]
    assert text.bounds([text.span(0, 7), text.span(8, 10)]) == (0, 10)
    assert [folded(source).has_both_cases for source in ("ABC", "abc", "Abc")] == [False, False, True]


def test_words_side_by_side_are_pairs() -> None:
    assert list(words_and_pairs(("a", "b", "c"))) == ["a", "b", "c", "a b", "b c"]


def test_how_likely_an_owner_is_adds_the_weights_of_its_words_to_its_base() -> None:
    contexts = Contexts(
        owners=("pain", "tonte", "none"),
        base=np.array([0.0, 0.0, 0.0]),
        features={"four": 0, "four pain": 1},
        starts=np.array([0, 2, 3], np.int32),
        rows=np.array([0, 2, 0], np.uint8),
        weights=np.array([16, -16, 16], np.int8),
    )
    assert contexts.likely(("rien",)).tolist() == [0.0] * 4
    one = contexts.likely(("four", "four"))
    shares = np.exp([1.0, 0.0, -1.0]) / np.exp([1.0, 0.0, -1.0]).sum()
    assert one.tolist() == pytest.approx([7 + np.log(shares[0]), 7 + np.log(shares[1]), 0.0, 7 + np.log(shares[2])])
    both = contexts.likely(("four", "pain"))
    scores = np.array([2, 0, -1]) / np.sqrt(2)
    assert both[0] == pytest.approx(7 + scores[0] - np.log(np.exp(scores).sum()))
    sure = Contexts(
        contexts.owners,
        np.array([99.0, 0.0, 0.0]),
        {"x": 0},
        np.array([0, 0], np.int32),
        contexts.rows,
        contexts.weights,
    )
    assert sure.likely(("x",)).tolist() == pytest.approx([7.0, 0.0, 0.0, 0.0], abs=1e-6)
    assert [contexts.row_of(owner) for owner in ("pain", "tonte", "none", "autre")] == [0, 1, 2, 2]


TEXTS = [("Pain bio", ("four à pain", "Pâtisserie"), ("pain de mie",)), ("Tonte", ("tonte",), ())]


def test_the_tables_of_words_are_read_from_names_words_and_exclusions(lexicon: Lexicon) -> None:
    analysis = lexicon.analysis
    found = tables._table_words(frozenset(("pain",)), TEXTS)
    assert found.words == {"pain"} and found.accented == {"à", "pâtisserie"}
    assert found.phrases == {"pain": ("pain bio", "pain de mie"), "four": ("four a pain",)}
    counts = tables._counts(TEXTS, analysis)
    assert counts == {"pain": 2, "bio": 1, "four": 1, "patisserie": 1, "tonte": 2}
    surface = tables._surface(TEXTS, analysis)
    assert surface.keys() == {"pain", "bio", "four", "patisserie", "mie", "tonte"} and surface["tonte"] == "tont"
    pain = OutOfScope("pain", "Pain bio", ("four à pain", "Pâtisserie"), ("pain de mie",))
    bought = ("Pâtisserie", "du pain", "de")
    phrases = [(p.owner, p.field, p.written, p.stems) for p in tables._phrases(3, pain, bought, analysis)]
    assert [(owner, field, written) for owner, field, written, _ in phrases] == [
        (3, "words", "four à pain"),
        (3, "words", "Pâtisserie"),
        (3, "bought", "du pain"),
        (3, "name", "Pain bio"),
        (3, "exclusion", "pain de mie"),
    ]
    assert phrases[0][3] == tables.stems_of("four à pain", analysis) == ("four", "pain")
    assert tables._groups(["tonte|tondre pelouse", "tonte|tontes"], lexicon) == [["tont", "tondr", "pelous"]]
    assert tables._stems(["tonte|pain bio"], analysis) == {"tont", "pain", "bio"}
    assert tables._vocabulary().keys() >= {"context", "known", "family", "synonym", "distinct"}
