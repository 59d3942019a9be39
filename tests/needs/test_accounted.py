"""Every word of a need is accounted for: none vanishes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from vivier.lexicon import load_lexicon
from vivier.needs import resolve_need
from vivier.needs.accounted import SHORTEST
from vivier.needs.boilerplate import sites
from vivier.needs.folded import folded
from vivier.needs.index import needs_index
from vivier.needs.lexis import read_words
from vivier.needs.unknown import LEAST_UNREAD

NEEDS = [
    json.loads(line)["query"]
    for line in (Path(__file__).parents[1] / "relevance" / "needs_written.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]


@pytest.mark.slow
def test_the_words_of_every_judged_need_have_a_class_in_their_order() -> None:
    lexicon = load_lexicon()
    for query in NEEDS:
        words = resolve_need(query, lexicon).words
        assert all(query[word.span.start : word.span.end] == word.text for word in words)
        assert [word.span.start for word in words] == sorted({word.span.start for word in words}), query
        covered = {at for word in words for at in range(word.span.start, word.span.end)}
        missed = [found.group() for found in re.finditer(r"\w+", query) if not covered & set(range(*found.span()))]
        assert missed == [], query


@pytest.mark.slow
def test_what_decides_of_nothing_is_a_stop_word_a_word_that_our_tables_know_or_the_name_of_a_street() -> None:
    """Nothing hides among them: an unknown word is « not understood », or a typing error that is said."""
    lexicon = load_lexicon()
    lexis, analysis = needs_index(lexicon).lexis, lexicon.analysis
    for query in NEEDS:
        whole = folded(query)
        named = [whole.span(*site) for site in sites(whole.text)]
        for word in resolve_need(query, lexicon).words:
            text = folded(word.text).text
            meant = read_words(text, analysis)
            if word.cls == "grammar":
                elided = query[word.span.end : word.span.end + 1] in ("'", "’")
                assert not meant or elided or len(text) <= SHORTEST, (query, word.text)
            if word.cls == "context" and len(text) >= LEAST_UNREAD:
                known = any(lexis.is_known(each.stem, each.written) for each in meant)
                is_named = any(span.start <= word.span.start < span.end for span in named)
                assert known or is_named or lexis.corrected(text) is not None, (query, word.text)


@pytest.mark.parametrize(
    ("query", "word", "cls"),
    [
        ("blanchisserie à Zorglubville", "Zorglubville", "not_understood"),
        ("traiteur schmürtz à Colmar", "schmürtz", "not_understood"),
        ("plutôt une EA pour la blanchisserie", "plutôt", "strength"),
        ("exclusivement ESAT, blanchisserie", "exclusivement", "strength"),
        ("nettoyage de locaux sauf vitrerie", "vitrerie", "exclusion"),
        ("tonte le 12 mars à Lille", "mars", "date"),
        ("tonte des pelouses à Lille", "Lille", "place"),
        ("tonte des pelouses à Lille", "tonte", "trade"),
        ("tonte des pelouses à Lille", "des", "grammar"),
        ("nettoyage, 40 000 € par an", "000", "amount"),
        ("nettoyage du lycée pour 24 mois", "24", "duration"),
    ],
)
def test_a_word_is_read_as_what_it_is(query: str, word: str, cls: str) -> None:
    assert [found.cls for found in resolve_need(query, load_lexicon()).words if found.text == word] == [cls]


def test_the_bound_of_a_number_names_no_trade() -> None:
    """« plus » has the stem of « PLU », a document of town planning."""
    need = resolve_need("plombier avec plus de 20 salariés à Toulouse", load_lexicon())
    assert [sector.id for sector in need.sectors] == ["plomberie"]
    assert [sector.id for sector in resolve_need("révision du PLU", load_lexicon()).sectors] == [
        "ingenierie-architecture"
    ]
