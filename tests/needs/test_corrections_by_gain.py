"""A word that is known by its stem alone is corrected when the whole need becomes clear; a clear need is left as it is written."""

from __future__ import annotations

import pytest

from vivier.lexicon import Lexicon
from vivier.needs import resolve_need


@pytest.mark.parametrize(
    ("text", "trades", "read"),
    [
        ("livraison de repa", {"plateaux-repas", "portage-repas", "restauration-collective"}, "repas"),
        ("mise sous plie", {"mise-sous-pli"}, "pli"),
        ("espace verd à Lens", {"entretien-espaces-verts"}, "vert"),
    ],
)
def test_a_word_known_by_its_stem_is_corrected_by_what_it_gains(
    text: str, trades: set[str], read: str, lexicon: Lexicon
) -> None:
    need = resolve_need(text, lexicon)
    assert {match.id for match in need.sectors} <= trades and need.sectors[0].confidence > 0.85
    assert [correction.read for correction in need.corrections] == [read]


@pytest.mark.parametrize("text", ["pliage de documents", "repas de fin d'année", "plaie et pansements"])
def test_a_word_of_the_tables_and_one_that_gains_nothing_are_left(text: str, lexicon: Lexicon) -> None:
    assert resolve_need(text, lexicon).corrections == ()
