"""Properties of docs/methods.md (k): they hold for any text."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vivier.lexicon import Lexicon, load_lexicon
from vivier.needs import Need, need_to_query, resolve_need

pytestmark = pytest.mark.slow

NEEDS = Path(__file__).parents[1] / "relevance" / "needs.jsonl"
QUERIES = [json.loads(line)["query"] for line in NEEDS.read_text(encoding="utf-8").splitlines()]
PIECES = ["à Roubaix", "dans l'Isère", "120 000 € HT", "pour 3 ans", "ESAT", "Imprim'Vert", "lot n°3 :", "80 personnes"]
written = st.lists(st.sampled_from([*QUERIES, *PIECES]), min_size=1, max_size=3).map(" ".join)
anything = st.text(max_size=120) | written


def _lexicon() -> Lexicon:
    return load_lexicon()


def _meaning(need: Need) -> tuple[object, ...]:
    """All that was understood, without where it stood nor how it was written. Capitals may tell of a place that is only offered."""
    return (
        need.status,
        need.multi,
        need.normalized,
        [(match.id, match.confidence) for match in (*need.sectors, *need.alternatives)],
        [(match.code, match.confidence) for match in need.cpv],
        [place.territory for place in need.territory.places if not place.doubtful],
        [piece.code for piece in (*need.kinds, *need.labels, *need.articles, *need.service_types)],
        [(one.euros, one.tax) for one in need.amounts],
        [one.max_months for one in need.durations],
        [(one.value, one.unit) for one in need.quantities],
        [one.read for one in need.corrections],
        need_to_query(need, _lexicon()),
    )


@given(anything)
@example("Mise à disposition de personnel pour le nettoyage des locaux")
@settings(max_examples=60, deadline=None)
def test_any_text_is_answered_and_confidences_add_up_to_one_at_most(text: str) -> None:
    need = resolve_need(text, _lexicon())
    assert sum(match.confidence for match in (*need.sectors, *need.alternatives)) <= 1.0 + 1e-9
    assert len(need.sectors) + len(need.alternatives) <= 5
    assert bool(need.sectors) == (need.status != "unresolved")


@given(anything)
@settings(max_examples=60, deadline=None)
def test_every_span_is_the_words_it_points_at(text: str) -> None:
    need = resolve_need(text, _lexicon())
    pieces = (
        *(*need.kinds, *need.labels, *need.articles, *need.service_types, *need.amounts, *need.durations),
        *(*need.quantities, *need.corrections, *need.cpv, *need.territory.places),
        *(why for match in (*need.sectors, *need.alternatives) for why in match.why),
    )
    for span in (*need.set_aside, *(span for piece in pieces for span in piece.spans)):
        assert text[span.start : span.end] == span.text


@given(written)
@settings(max_examples=40, deadline=None)
def test_the_same_text_has_the_same_answer(text: str) -> None:
    assert resolve_need(text, _lexicon()) == resolve_need(text, _lexicon())


@given(written)
@settings(max_examples=40, deadline=None)
def test_case_accents_apostrophes_spaces_and_composition_change_nothing(text: str) -> None:
    plain = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    forms = (
        text.upper(),
        plain,
        text.replace("'", "’"),
        unicodedata.normalize("NFD", text),
        unicodedata.normalize("NFC", text),
        f"  {text.replace(' ', '  ')} ",
        text.replace(" ", "\u00a0"),
    )
    expected = _meaning(resolve_need(text, _lexicon()))
    for form in forms:
        assert _meaning(resolve_need(form, _lexicon())) == expected, form


@given(written, st.sampled_from(["le", "les", "et", "de", "des", "leur"]), st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_stop_word_at_either_end_changes_nothing(text: str, word: str, before: bool) -> None:
    longer = f"{word} {text}" if before else f"{text} {word}"
    assert _meaning(resolve_need(longer, _lexicon())) == _meaning(resolve_need(text, _lexicon()))
