"""What a need says it does not ask for."""

from __future__ import annotations

import pytest

from vivier.lexicon import Lexicon
from vivier.needs import Need, need_to_query, resolve_need


def trades(need: Need) -> list[str]:
    return [match.id for match in need.sectors]


@pytest.mark.parametrize(
    ("text", "trade", "excluded"),
    [
        ("nettoyage des bureaux sauf les vitres", "nettoyage-locaux", ["sauf les vitres"]),
        ("nettoyage des bureaux, hors vitrerie et façades", "nettoyage-locaux", ["hors vitrerie et façades"]),
        ("Hors vitrerie, nettoyage des bureaux", "nettoyage-locaux", ["Hors vitrerie"]),
        ("entretien des bureaux à l'exception de la vitrerie", "nettoyage-locaux", ["à l'exception de la vitrerie"]),
        ("tonte des pelouses sans ramassage", "entretien-espaces-verts", ["sans ramassage"]),
        (
            "tonte des pelouses, pas de taille de haies ni rien",
            "entretien-espaces-verts",
            ["pas de taille de haies ni rien"],
        ),
    ],
)
def test_what_is_excluded_speaks_for_no_trade(lexicon: Lexicon, text: str, trade: str, excluded: list[str]) -> None:
    need = resolve_need(text, lexicon)
    assert trades(need) == [trade]
    assert [span.text for span in need.excluded] == excluded
    assert all(text[span.start : span.end] == span.text for span in need.excluded)
    assert any("exclusion" in warning for warning in need.warnings)


def test_a_kind_excluded_is_refused_and_a_place_excluded_is_no_filter(lexicon: Lexicon) -> None:
    pairs = need_to_query(resolve_need("blanchisserie dans le Rhône sauf Lyon, hors ESAT", lexicon), lexicon)
    assert pairs == [("trade", "blanchisserie"), ("territory", "departement:69"), ("not_kind", "ESAT")]


def test_a_place_that_follows_an_exclusion_is_not_part_of_it(lexicon: Lexicon) -> None:
    need = resolve_need("nettoyage de bureaux sauf vitrerie Toulouse", lexicon)
    assert [place.territory for place in need.territory.places] == ["commune:31555"]
    assert [span.text for span in need.excluded] == ["sauf vitrerie"]


@pytest.mark.parametrize(
    "text",
    [
        "tonte des pelouses dans le Pas de Calais",
        "location de véhicule sans chauffeur",
        "lavage de véhicules sans eau",
        "obsèques des personnes sans ressources",
        "tonte des pelouses, 40 000 € hors taxes",
        "enlèvement de véhicules hors d'usage",
    ],
)
def test_what_only_looks_like_an_exclusion_is_none(lexicon: Lexicon, text: str) -> None:
    assert resolve_need(text, lexicon).excluded == ()


def test_a_label_asked_for_does_not_hide_the_trade(lexicon: Lexicon) -> None:
    need = resolve_need("repas bio pour un séminaire 80 pers", lexicon)
    assert (need.status, trades(need)) == ("auto", ["traiteur"])
    assert [label.code for label in need.labels] == ["BIO"]
    assert [(one.value, one.unit) for one in need.quantities] == [(80, "personnes")]


@pytest.mark.parametrize(("text", "trade"), [("pain bio", "boulangerie-patisserie"), ("légumes bio", "maraichage")])
def test_a_label_that_says_what_is_bought_still_does(lexicon: Lexicon, text: str, trade: str) -> None:
    assert trades(resolve_need(text, lexicon)) == [trade]


def test_beds_are_counted_as_beds(lexicon: Lexicon) -> None:
    assert [(one.value, one.unit) for one in resolve_need("blanchisserie, 40 lits", lexicon).quantities] == [
        (40, "lits")
    ]


def test_what_is_done_without_is_a_manner_and_hides_nothing_after_it(lexicon: Lexicon) -> None:
    need = resolve_need("désherbage manuel sans pesticide des cimetières", lexicon)
    assert need.excluded == () and [piece.code for piece in need.characteristics] == ["ZERO_PHYTO"]
