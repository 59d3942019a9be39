"""A text cut to some words: the eye reads the first ones, a screen reader reads them all."""

from __future__ import annotations

import pytest
from markupsafe import escape

from search_api.pages.clipped import Clipped, clipped


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("Ateliers de la Vilaine", 4, Clipped("Ateliers de la Vilaine", "")),
        ("Ateliers de la Vilaine", 3, Clipped("Ateliers", "de la Vilaine")),
        ("Ateliers – Vilaine – Rennes", 2, Clipped("Ateliers – Vilaine", "– Rennes")),
        ("Entretien", 0, Clipped("Entretien", "")),
        ("Entretien, tonte", 0, Clipped("Entretien,", "tonte")),
        ("", 5, Clipped("", "")),
    ],
)
def test_a_text_is_cut_after_a_word_that_means_something(text: str, most: int, cut: Clipped) -> None:
    assert clipped(text, most) == cut


def test_a_whole_text_is_written_escaped() -> None:
    assert escape(Clipped("L'atelier <b>", "")) == "<span>L&#39;atelier &lt;b&gt;</span>"


def test_the_rest_of_a_cut_text_is_for_screen_readers() -> None:
    written = '<span class="cut">Tonte &amp; taille</span><span class="sr"> de haies &lt;i&gt;</span>'
    assert escape(Clipped("Tonte & taille", "de haies <i>")) == written
