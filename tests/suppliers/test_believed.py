"""What is believed of a record, in words and as JSON."""

from __future__ import annotations

from datetime import date

from vivier.belief import Known, belief
from vivier.belief.does import Belief
from vivier.lexicon import Lexicon
from vivier.suppliers.believed import belief_body, in_words, known_of_record, likeliest, probable

DAY = date(2026, 11, 24)
RECORD = {
    "id": "v1",
    "name": {"value": "ESAT Les Jardins du Bray"},
    "agreements": [{"value": {"kind": "ESAT"}}],
    "offers": [{"value": {"trade": "blanchisserie", "evidence": "text"}}],
    "not_offered": [{"value": {"trade": "impression"}}],
}


def test_a_degree_a_figure_and_what_was_never_seen(lexicon: Lexicon) -> None:
    esat = Known(kinds=("ESAT",))
    assert in_words(belief(esat, "entretien-espaces-verts", lexicon.trades)) == "probable (58\u00a0%, d'après son type)"
    assert in_words(belief(esat, "desamiantage", lexicon.trades)) == "métier inconnu : demandez"


def test_an_interval_that_says_nothing_is_told_in_words_everywhere(lexicon: Lexicon) -> None:
    found = Belief(0.4, 0.005, 0.995, ())
    assert in_words(found) == "on ne sait pas encore"
    assert belief_body("traiteur", found, lexicon)["degree_fr"] == "on ne sait pas encore"


def test_a_record_tells_its_kinds_names_trades_and_refusals(lexicon: Lexicon) -> None:
    known = known_of_record(RECORD, lexicon, DAY)  # type: ignore[arg-type]
    assert (known.kinds, known.names, known.rungs) == (
        ("ESAT",),
        ("ESAT Les Jardins du Bray",),
        {"blanchisserie": "text"},
    )
    assert known.refused == {"impression"}
    code, found = likeliest(RECORD, ("nettoyage-locaux", "blanchisserie"), lexicon, DAY)  # type: ignore[arg-type]
    assert code == "blanchisserie" and found.probability > 0.9


def test_trades_that_a_source_gives_or_that_are_refused_are_not_among_the_probable(lexicon: Lexicon) -> None:
    found = dict(probable(RECORD, lexicon, DAY))  # type: ignore[arg-type]
    assert "entretien-espaces-verts" in found and not {"blanchisserie", "impression"} & set(found)
    body = belief_body("entretien-espaces-verts", found["entretien-espaces-verts"], lexicon)
    assert body["degree_fr"] == "très probable" and body["low"] <= body["probability"] <= body["high"]
    assert list(found) == sorted(found, key=lambda code: -found[code].probability)
