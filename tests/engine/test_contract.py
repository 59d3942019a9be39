"""What the port promises, operator by operator, held against each engine on documents made by hand."""

from __future__ import annotations

import pytest

from tests.engine.asking import EVERYBODY, hits, ids, text
from tests.engine.village import GREENWICH, LYON, phrase
from vivier.search.operators import (
    All,
    AnyOf,
    Exists,
    Near,
    Not,
    Phrase,
    Range,
    Same,
    Search,
    Terms,
    Within,
)
from vivier.search.port import Reader

# --- text


def test_a_word_is_found_in_its_field_only(village: Reader) -> None:
    assert ids(village, text((phrase("jardin"),))) == {"name-only", "both-fields"}


def test_every_group_of_words_must_match(village: Reader) -> None:
    assert ids(village, text((phrase("jardin"),), (phrase("pont"),))) == {"both-fields"}


def test_a_group_matches_by_any_of_its_words(village: Reader) -> None:
    assert ids(village, text((phrase("bretagne"), phrase("pont")))) == {"name-only", "offer-only", "both-fields"}


def test_a_phrase_asks_for_consecutive_words_in_order(village: Reader) -> None:
    assert ids(village, text((phrase("atelier papier"),))) == {"two-texts", "one-text"}
    assert ids(village, text((phrase("papier atelier"),))) == set()


def test_a_phrase_never_spans_two_texts_of_a_field(village: Reader) -> None:
    assert ids(village, text((phrase("papier recyclé"),))) == {"one-text"}


def test_a_phrase_may_repeat_a_word(village: Reader) -> None:
    assert ids(village, text((phrase("tri tri"),))) == {"twice-the-word"}
    assert ids(village, text((phrase("tri tri tri tri"),))) == set()


def test_no_group_asks_nothing_and_an_empty_group_is_never_met(village: Reader) -> None:
    assert ids(village, text()) == EVERYBODY
    assert ids(village, text(())) == set()
    assert ids(village, text((phrase("jardin"),), ())) == set()


def test_a_text_may_call_for_some_of_its_groups_only(village: Reader) -> None:
    jardins, pont, papier = (_one(word) for word in ("jardins", "pont", "papier"))
    assert ids(village, text(jardins, pont, papier)) == set()
    assert ids(village, text(jardins, pont, papier, least=2)) == {"both-fields"}
    assert ids(village, text(jardins, pont, papier, least=3)) == set()
    some = text(jardins, pont, papier, least=1)
    assert ids(village, some) == {"name-only", "offer-only", "both-fields", "two-texts", "one-text"}
    scored = {hit.id: hit.score for hit in hits(village, Search(where=some, text=some, limit=100))}
    assert scored["both-fields"] == 2 * scored["name-only"]


def _one(word: str) -> tuple[Phrase, ...]:
    return (phrase(word, points=5),)


def test_a_word_repeated_is_worth_no_more(village: Reader) -> None:
    found = text((phrase("tri", points=3),))
    assert [hit.score for hit in hits(village, Search(where=found, text=found))] == [3]


def test_a_group_is_worth_its_best_phrase_and_groups_add_up(village: Reader) -> None:
    found = text((phrase("jardin", "text_name", 4), phrase("jardin", "text_offers", 2)), (phrase("pont", points=1),))
    search = Search(where=AnyOf((found, Terms("id", ("name-only",)))), text=found)
    assert [(hit.id, hit.score) for hit in hits(village, search)] == [
        ("both-fields", 5),
        ("offer-only", 3),
        ("name-only", 0),
    ]


# --- terms, exists, range


def test_terms_find_any_of_the_values(village: Reader) -> None:
    assert ids(village, Terms("networks", ("n2", "n3"))) == {"split"}
    assert ids(village, Terms("networks", ("n1", "n2"))) == {"split", "joined", "thrice"}


def test_terms_without_values_or_with_unknown_ones_find_nobody(village: Reader) -> None:
    assert ids(village, Terms("networks", ())) == set()
    assert ids(village, Terms("networks", ("", "N1"))) == set()


def test_zero_is_a_value_and_nothing_is_not(village: Reader) -> None:
    assert ids(village, Exists("turnover")) == {"small", "large"}
    assert ids(village, Exists("networks")) == {"split", "joined", "thrice"}
    assert "on-greenwich" in ids(village, Exists("location"))


def test_nobody_has_a_value_of_a_field_that_the_mapping_lacks(village: Reader) -> None:
    assert ids(village, Exists("no_such_field")) == set()
    assert ids(village, Not(Exists("no_such_field"))) == ids(village, All())


def test_bounds_are_inclusive(village: Reader) -> None:
    assert ids(village, Range("staff", gte=10, lte=500.5)) == {"small", "large"}
    assert ids(village, Range("staff", gte=10.1)) == {"large"}
    assert ids(village, Range("turnover", lte=0)) == {"large"}


def test_a_range_without_bounds_asks_for_a_value(village: Reader) -> None:
    assert ids(village, Range("staff")) == {"small", "large"}
    assert ids(village, Range("staff", missing=True)) == EVERYBODY


def test_unknown_sizes_are_kept_when_asked(village: Reader) -> None:
    assert ids(village, Range("staff", gte=100, missing=True)) == EVERYBODY - {"small"}


def test_dates_are_inclusive_on_both_ends(village: Reader) -> None:
    assert ids(village, Range("updated", gte="2024-02-29", lte="2024-02-29")) == {"small"}
    assert ids(village, Range("updated", gte="2024-03-01", lte="2025-01-01")) == {"large"}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2019-12-31", {"agreed-for-ever"}),
        ("2020-01-01", {"agreed-for-ever", "agreed"}),
        ("2024-12-31", {"agreed-for-ever", "agreed"}),
        ("2025-01-01", {"agreed-for-ever", "agreed-twice"}),
        ("2026-01-01", {"agreed-for-ever"}),
    ],
)
def test_an_agreement_holds_from_its_first_day_to_its_last(village: Reader, day: str, expected: set[str]) -> None:
    holds = (Range("valid_from", lte=day, missing=True), Range("valid_until", gte=day, missing=True))
    assert ids(village, Same("agreements", (Terms("kind", ("ESAT",)), *holds))) == expected


# --- places


def test_the_greenwich_meridian_is_a_place_like_another(village: Reader) -> None:
    assert ids(village, Near("location", *GREENWICH, 0.1)) == {"on-greenwich"}
    assert ids(village, Near("location", *GREENWICH, 10)) == {"on-greenwich", "west-of-greenwich"}
    assert ids(village, Near("location", 0.0, 0.0, 1)) == {"at-zero-north"}


def test_a_radius_is_measured_on_the_great_circle(village: Reader) -> None:
    # 0.2° of longitude at 48.5° N: 14.736 km
    assert "east-of-greenwich" in ids(village, Near("location", *GREENWICH, 14.75))
    assert "east-of-greenwich" not in ids(village, Near("location", *GREENWICH, 14.72))


def test_a_radius_may_hold_half_the_world(village: Reader) -> None:
    assert "reunion" in ids(village, Near("location", *LYON, 9_000))
    assert "reunion" not in ids(village, Near("location", *LYON, 8_000))


def square(lon: float, lat: float, half: float) -> tuple[tuple[float, float], ...]:
    corners = ((-half, -half), (half, -half), (half, half), (-half, half), (-half, -half))
    return tuple((lon + dx, lat + dy) for dx, dy in corners)


def test_a_polygon_holds_what_lies_in_it(village: Reader) -> None:
    around = Within("location", (square(0.05, 48.5, 0.17),))
    assert ids(village, around) == {"on-greenwich", "west-of-greenwich", "east-of-greenwich"}


def test_a_hole_is_not_in_the_polygon(village: Reader) -> None:
    holed = (square(0.05, 48.5, 0.3), square(-0.1, 48.5, 0.05))
    assert ids(village, Within("location", holed)) == {"on-greenwich", "east-of-greenwich"}


def test_several_polygons_hold_what_lies_in_one_of_them(village: Reader) -> None:
    parts = AnyOf((Within("location", (square(*LYON, 0.01),)), Within("location", (square(0.2, 48.5, 0.01),))))
    assert ids(village, parts) == {"lyon", "lyon-too", "east-of-greenwich"}


# --- same entry, all, any, not


def test_trade_and_place_must_hold_on_the_same_offer(village: Reader) -> None:
    trade, place = Terms("trade", ("traiteur",)), Terms("reach_full", ("departement:69",))
    assert ids(village, Same("offers", (trade, place))) == {"joined"}
    assert ids(village, All((Same("offers", (trade,)), Same("offers", (place,))))) == {"joined", "split"}


def test_not_inside_an_offer_speaks_of_that_offer(village: Reader) -> None:
    elsewhere = Same("offers", (Terms("trade", ("traiteur",)), Not(Terms("reach_full", ("departement:35",)))))
    assert ids(village, elsewhere) == {"joined", "thrice"}
    assert ids(village, Not(Same("offers", (Terms("trade", ("traiteur", "menage")),)))) >= {"no-offer", "lyon"}


def test_an_offer_that_must_meet_nothing_must_exist(village: Reader) -> None:
    assert ids(village, Same("offers", ())) == {"split", "joined", "thrice"}


def test_all_of_nothing_holds_and_any_of_nothing_does_not(village: Reader) -> None:
    assert ids(village, All()) == EVERYBODY
    assert ids(village, AnyOf(())) == set()
    assert ids(village, Not(All())) == set()
    assert ids(village, Not(AnyOf(()))) == EVERYBODY
    assert ids(village, Same("offers", (AnyOf(()),))) == set()


def test_not_keeps_what_has_no_value(village: Reader) -> None:
    assert ids(village, Not(Terms("departement", ("departement:69",)))) == EVERYBODY - {"lyon", "lyon-too"}
