"""Place, kind, label, amount, duration, quantity: each with the words it came from."""

from __future__ import annotations

import pytest

from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon
from vivier.needs import checked_text, need_to_query, resolve_need

BUYER = (
    "Marché n° 2024-017 : entretien des espaces verts dans l’Isère, 120 000 € HT, un an reconductible 2 fois, "
    "réservé aux EA ou ESAT (L2113-12), prestataire bio"
)


def test_every_piece_of_a_long_title_is_found(lexicon: Lexicon) -> None:
    need = resolve_need(BUYER, lexicon)
    assert [match.id for match in need.sectors] == ["entretien-espaces-verts"]
    assert [place.territory for place in need.territory.places] == ["departement:38"]
    assert [piece.code for piece in need.kinds] == ["EA", "ESAT"]
    assert [piece.code for piece in need.labels] == ["BIO"]
    assert [piece.code for piece in need.articles] == ["L2113-12"]
    assert [(a.euros, a.tax) for a in need.amounts] == [(120_000.0, "HT")]
    assert [(d.months, d.renewals, d.max_months) for d in need.durations] == [(12.0, 2, 36.0)]
    assert any("2024-017" in span.text for span in need.set_aside)


def test_spans_point_at_the_words_of_the_input(lexicon: Lexicon) -> None:
    need = resolve_need(BUYER, lexicon)
    pieces = (*need.kinds, *need.labels, *need.articles, *need.amounts, *need.durations, *need.territory.places)
    spans = [span for piece in pieces for span in piece.spans]
    assert all(BUYER[span.start : span.end] == span.text for span in (*spans, *need.set_aside))
    assert [span.text for span in spans] == [
        *("EA", "ESAT", "bio", "L2113-12", "120 000 € HT", "un an", "reconductible 2 fois", "Isère")
    ]


@pytest.mark.parametrize(
    ("text", "euros", "tax"),
    [
        ("40 k€", 40_000.0, None),
        ("1,2 M€ TTC", 1_200_000.0, "TTC"),
        ("1.500,50 euros", 1_500.5, None),
        ("2 millions d'euros", 2_000_000.0, None),
        ("budget 40000", 40_000.0, None),
    ],
)
def test_amounts_are_read_as_buyers_write_them(lexicon: Lexicon, text: str, euros: float, tax: str | None) -> None:
    need = resolve_need(f"peinture de la mairie, {text}", lexicon)
    assert [(amount.euros, amount.tax) for amount in need.amounts] == [(euros, tax)]


def test_a_number_of_people_is_a_quantity_not_an_amount(lexicon: Lexicon) -> None:
    need = resolve_need("repas bio pour un séminaire 80 pers", lexicon)
    assert need.amounts == ()
    assert [(quantity.value, quantity.unit) for quantity in need.quantities] == [(80.0, "personnes")]


@pytest.mark.parametrize(
    ("text", "months"), [("3 ans", 36), ("36 mois", 36), ("un an", 12), ("années 2025 à 2028", 48)]
)
def test_durations_are_in_months(lexicon: Lexicon, text: str, months: float) -> None:
    assert [one.months for one in resolve_need(f"gardiennage, {text}", lexicon).durations] == [months]


@pytest.mark.parametrize("text", ["enfants de 3 à 6 ans", "colonie 6-12 ans", "deux jours par semaine"])
def test_ages_and_rhythms_are_no_durations(lexicon: Lexicon, text: str) -> None:
    assert resolve_need(text, lexicon).durations == ()


@pytest.mark.parametrize(
    ("text", "territory"),
    [
        ("tonte à Roubaix", "commune:59512"),
        ("imprimeur esat lyon", "commune:69123"),
        ("ménage à St Etienne", "commune:42218"),
        ("ménage à Saint-Denis (93)", "commune:93066"),
        ("traiteur en Bretagne", "region:53"),
        ("peinture métropole de Lyon", "epci:200046977"),
        ("élagage dept 38", "departement:38"),
        ("gardiennage france entière", "FR"),
    ],
)
def test_places_go_to_the_territory_resolver(lexicon: Lexicon, text: str, territory: str) -> None:
    assert [place.territory for place in resolve_need(text, lexicon).territory.places] == [territory]


def test_an_ambiguous_place_has_candidates_and_no_pick(lexicon: Lexicon) -> None:
    need = resolve_need("ménage à Saint-Denis", lexicon)
    (place,) = need.territory.places
    assert place.territory is None
    assert len(place.candidates) > 1
    assert any("Saint-Denis" in warning for warning in need.warnings)
    assert not [value for name, value in need_to_query(need, lexicon) if name == "territory"]


@pytest.mark.parametrize(
    "text", ["entretien des ascenseurs des tours", "enrobés rue de Lyon", "repas à domicile", "fuite dans la citerne"]
)
def test_common_words_and_streets_are_no_places(lexicon: Lexicon, text: str) -> None:
    assert resolve_need(text, lexicon).territory.places == ()


def test_the_search_holds_only_what_is_certain(lexicon: Lexicon) -> None:
    need = resolve_need("imprimeur imprim vert esat lyon", lexicon)
    assert need_to_query(need, lexicon) == [
        ("trade", "impression"),
        ("territory", "commune:69123"),
        ("kind", "ESAT"),
        ("label", "IMPRIM_VERT"),
    ]


def test_the_trades_that_a_need_may_mean_are_searched_together(lexicon: Lexicon) -> None:
    need = resolve_need("traiteur et location de tables pour un séminaire à Lille", lexicon)
    assert need.status == "to_confirm"
    pairs = need_to_query(need, lexicon)
    assert ("trade", "traiteur") in pairs and ("territory", "commune:59350") in pairs
    assert 1 <= sum(name == "trade" for name, _ in pairs) <= 3


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("traiteur insertion Mende", True),
        ("traiteur bio insertion à moins de 20 km de Mende", True),
        ("nettoyage de bureaux insertion", True),
        ("marché de services d'insertion professionnelle", False),
        ("annonces légales insertion au journal", False),
        ("service insertion du département", False),
    ],
)
def test_insertion_after_a_trade_asks_for_the_structures_of_insertion(text: str, asked: bool, lexicon: Lexicon) -> None:
    kinds = {piece.code for piece in resolve_need(text, lexicon).kinds}
    assert kinds == ({"EI", "ACI", "AI", "ETTI", "EITI"} if asked else set())


def test_temporary_work_is_a_kind_and_a_trade_and_is_not_asked_a_third_time(lexicon: Lexicon) -> None:
    """Few suppliers publish how they sell: the service type of a trade that is bought so would empty the answer."""
    need = resolve_need("intérim d'insertion à Lille", lexicon)
    assert [piece.code for piece in need.service_types] == ["staffing"]
    assert need_to_query(need, lexicon) == [
        ("trade", "mise-a-disposition-personnel"),
        ("territory", "commune:59350"),
        ("kind", "ETTI"),
    ]


def test_a_form_refuses_a_blank_or_endless_text_naming_the_field() -> None:
    for text in ("  ", "x" * 5001):
        with pytest.raises(InvalidRequest) as refused:
            checked_text(text, "q")
        assert [error.field for error in refused.value.errors] == ["q"]
