"""What the port promises, operator by operator, held against each engine on documents made by hand."""

from __future__ import annotations

import pytest

from tests.engine.compare import COLLECTION, assert_same
from tests.engine.reference import Reference
from tests.engine.village import GREENWICH, LYON, VILLAGE, phrase
from vivier.engine.port import Engine, Hit
from vivier.operators import (
    All,
    AnyOf,
    Exists,
    Facet,
    Near,
    Not,
    Operator,
    Phrase,
    Range,
    Same,
    Search,
    Sort,
    Terms,
    Text,
    Tier,
    Within,
)

EVERYBODY = {document["id"] for document in VILLAGE}
REFERENCE = Reference(VILLAGE)


def ids(engine: Engine, where: Operator) -> set[str]:
    """Ids found, once the plain reading of the documents has said the same."""
    found = engine.search(COLLECTION, Search(where=where, limit=100))
    assert found.total == len(found.hits)
    assert {hit.id for hit in found.hits} == REFERENCE.ids(where)
    return {hit.id for hit in found.hits}


def hits(engine: Engine, search: Search) -> list[Hit]:
    answer = engine.search(COLLECTION, search)
    assert_same(answer, REFERENCE.answer(search))
    return answer.hits


def text(*groups: tuple[Phrase, ...]) -> Text:
    return Text(groups)


# --- text


def test_a_word_is_found_in_its_field_only(village: Engine) -> None:
    assert ids(village, text((phrase("jardin"),))) == {"name-only", "both-fields"}


def test_every_group_of_words_must_match(village: Engine) -> None:
    assert ids(village, text((phrase("jardin"),), (phrase("pont"),))) == {"both-fields"}


def test_a_group_matches_by_any_of_its_words(village: Engine) -> None:
    assert ids(village, text((phrase("bretagne"), phrase("pont")))) == {"name-only", "offer-only", "both-fields"}


def test_a_phrase_asks_for_consecutive_words_in_order(village: Engine) -> None:
    assert ids(village, text((phrase("atelier papier"),))) == {"two-texts", "one-text"}
    assert ids(village, text((phrase("papier atelier"),))) == set()


def test_a_phrase_never_spans_two_texts_of_a_field(village: Engine) -> None:
    assert ids(village, text((phrase("papier recyclé"),))) == {"one-text"}


def test_a_phrase_may_repeat_a_word(village: Engine) -> None:
    assert ids(village, text((phrase("tri tri"),))) == {"twice-the-word"}
    assert ids(village, text((phrase("tri tri tri tri"),))) == set()


def test_no_group_asks_nothing_and_an_empty_group_is_never_met(village: Engine) -> None:
    assert ids(village, text()) == EVERYBODY
    assert ids(village, text(())) == set()
    assert ids(village, text((phrase("jardin"),), ())) == set()


def test_a_word_repeated_is_worth_no_more(village: Engine) -> None:
    found = text((phrase("tri", points=3),))
    assert [hit.score for hit in hits(village, Search(where=found, text=found))] == [3]


def test_a_group_is_worth_its_best_phrase_and_groups_add_up(village: Engine) -> None:
    found = text((phrase("jardin", "text_name", 4), phrase("jardin", "text_offers", 2)), (phrase("pont", points=1),))
    search = Search(where=AnyOf((found, Terms("id", ("name-only",)))), text=found)
    assert [(hit.id, hit.score) for hit in hits(village, search)] == [
        ("both-fields", 5),
        ("offer-only", 3),
        ("name-only", 0),
    ]


# --- terms, exists, range


def test_terms_find_any_of_the_values(village: Engine) -> None:
    assert ids(village, Terms("networks", ("n2", "n3"))) == {"split"}
    assert ids(village, Terms("networks", ("n1", "n2"))) == {"split", "joined", "thrice"}


def test_terms_without_values_or_with_unknown_ones_find_nobody(village: Engine) -> None:
    assert ids(village, Terms("networks", ())) == set()
    assert ids(village, Terms("networks", ("", "N1"))) == set()


def test_zero_is_a_value_and_nothing_is_not(village: Engine) -> None:
    assert ids(village, Exists("turnover")) == {"small", "large"}
    assert ids(village, Exists("networks")) == {"split", "joined", "thrice"}
    assert "on-greenwich" in ids(village, Exists("location"))


def test_bounds_are_inclusive(village: Engine) -> None:
    assert ids(village, Range("staff", gte=10, lte=500.5)) == {"small", "large"}
    assert ids(village, Range("staff", gte=10.1)) == {"large"}
    assert ids(village, Range("turnover", lte=0)) == {"large"}


def test_a_range_without_bounds_asks_for_a_value(village: Engine) -> None:
    assert ids(village, Range("staff")) == {"small", "large"}
    assert ids(village, Range("staff", missing=True)) == EVERYBODY


def test_unknown_sizes_are_kept_when_asked(village: Engine) -> None:
    assert ids(village, Range("staff", gte=100, missing=True)) == EVERYBODY - {"small"}


def test_dates_are_inclusive_on_both_ends(village: Engine) -> None:
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
def test_an_agreement_holds_from_its_first_day_to_its_last(village: Engine, day: str, expected: set[str]) -> None:
    holds = (Range("valid_from", lte=day, missing=True), Range("valid_until", gte=day, missing=True))
    assert ids(village, Same("agreements", (Terms("kind", ("ESAT",)), *holds))) == expected


# --- places


def test_the_greenwich_meridian_is_a_place_like_another(village: Engine) -> None:
    assert ids(village, Near("location", *GREENWICH, 0.1)) == {"on-greenwich"}
    assert ids(village, Near("location", *GREENWICH, 10)) == {"on-greenwich", "west-of-greenwich"}
    assert ids(village, Near("location", 0.0, 0.0, 1)) == {"at-zero-north"}


def test_a_radius_is_measured_on_the_great_circle(village: Engine) -> None:
    # 0.2° of longitude at 48.5° N: 14.736 km
    assert "east-of-greenwich" in ids(village, Near("location", *GREENWICH, 14.75))
    assert "east-of-greenwich" not in ids(village, Near("location", *GREENWICH, 14.72))


def test_a_radius_may_hold_half_the_world(village: Engine) -> None:
    assert "reunion" in ids(village, Near("location", *LYON, 9_000))
    assert "reunion" not in ids(village, Near("location", *LYON, 8_000))


def square(lon: float, lat: float, half: float) -> tuple[tuple[float, float], ...]:
    corners = ((-half, -half), (half, -half), (half, half), (-half, half), (-half, -half))
    return tuple((lon + dx, lat + dy) for dx, dy in corners)


def test_a_polygon_holds_what_lies_in_it(village: Engine) -> None:
    around = Within("location", (square(0.05, 48.5, 0.17),))
    assert ids(village, around) == {"on-greenwich", "west-of-greenwich", "east-of-greenwich"}


def test_a_hole_is_not_in_the_polygon(village: Engine) -> None:
    holed = (square(0.05, 48.5, 0.3), square(-0.1, 48.5, 0.05))
    assert ids(village, Within("location", holed)) == {"on-greenwich", "east-of-greenwich"}


def test_several_polygons_hold_what_lies_in_one_of_them(village: Engine) -> None:
    parts = AnyOf((Within("location", (square(*LYON, 0.01),)), Within("location", (square(0.2, 48.5, 0.01),))))
    assert ids(village, parts) == {"lyon", "lyon-too", "east-of-greenwich"}


# --- same entry, all, any, not


def test_trade_and_place_must_hold_on_the_same_offer(village: Engine) -> None:
    trade, place = Terms("trade", ("traiteur",)), Terms("reach_full", ("departement:69",))
    assert ids(village, Same("offers", (trade, place))) == {"joined"}
    assert ids(village, All((Same("offers", (trade,)), Same("offers", (place,))))) == {"joined", "split"}


def test_not_inside_an_offer_speaks_of_that_offer(village: Engine) -> None:
    elsewhere = Same("offers", (Terms("trade", ("traiteur",)), Not(Terms("reach_full", ("departement:35",)))))
    assert ids(village, elsewhere) == {"joined", "thrice"}
    assert ids(village, Not(Same("offers", (Terms("trade", ("traiteur", "menage")),)))) >= {"no-offer", "lyon"}


def test_an_offer_that_must_meet_nothing_must_exist(village: Engine) -> None:
    assert ids(village, Same("offers", ())) == {"split", "joined", "thrice"}


def test_all_of_nothing_holds_and_any_of_nothing_does_not(village: Engine) -> None:
    assert ids(village, All()) == EVERYBODY
    assert ids(village, AnyOf(())) == set()
    assert ids(village, Not(All())) == set()
    assert ids(village, Not(AnyOf(()))) == EVERYBODY
    assert ids(village, Same("offers", (AnyOf(()),))) == set()


def test_not_keeps_what_has_no_value(village: Engine) -> None:
    assert ids(village, Not(Terms("departement", ("departement:69",)))) == EVERYBODY - {"lyon", "lyon-too"}


# --- points and order


def test_the_best_tier_counts_and_only_it(village: Engine) -> None:
    tiers = (Tier(Exists("departement"), 3), Tier(Terms("departement", ("departement:69",)), 9), Tier(All(), 1))
    scores = {hit.id: hit.score for hit in hits(village, Search(tiers=tiers, limit=100))}
    assert (scores["lyon"], scores["reunion"], scores["small"]) == (9, 3, 1)


def test_text_points_and_the_best_tier_add_up(village: Engine) -> None:
    words = text((phrase("jardin", points=4),))
    search = Search(where=words, text=words, tiers=(Tier(Terms("id", ("name-only",)), 7), Tier(All(), 2)))
    assert [(hit.id, hit.score) for hit in hits(village, search)] == [("name-only", 11), ("both-fields", 6)]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("by", ["name_sort", "departement", "staff", "turnover", "updated", "networks", "tie"])
def test_unknown_values_come_last_whichever_way_the_order_runs(village: Engine, by: str, descending: bool) -> None:
    known = sum(document.get(by) not in (None, []) for document in VILLAGE)
    found = [hit.id for hit in hits(village, Search(sort=(Sort(by, descending),), limit=100))]
    assert set(found[:known]) == {d["id"] for d in VILLAGE if d.get(by) not in (None, [])}


def test_the_nearest_comes_first_and_the_unplaced_last(village: Engine) -> None:
    found = hits(village, Search(sort=(Sort("distance"),), origins=(GREENWICH,), limit=100))
    assert [hit.id for hit in found[:3]] == ["on-greenwich", "west-of-greenwich", "east-of-greenwich"]
    assert found[0].distance_km == pytest.approx(0, abs=1e-4)
    assert found[1].distance_km == pytest.approx(7.368, abs=0.01)
    assert found[-1].distance_km is None


def test_of_several_origins_the_nearest_is_told(village: Engine) -> None:
    found = {hit.id: hit for hit in hits(village, Search(origins=(GREENWICH, LYON), limit=100))}
    assert found["lyon"].distance_km == pytest.approx(0, abs=1e-4)
    assert found["on-greenwich"].distance_km == pytest.approx(0, abs=1e-4)


def test_distances_are_told_when_they_do_not_order(village: Engine) -> None:
    found = hits(village, Search(where=Exists("location"), sort=(Sort("name_sort"),), origins=(LYON,), limit=100))
    assert all(hit.distance_km is not None for hit in found)


def test_without_origin_there_is_no_distance(village: Engine) -> None:
    found = hits(village, Search(sort=(Sort("distance"), Sort("name_sort")), limit=100))
    assert {hit.distance_km for hit in found} == {None}


def test_equal_documents_are_ordered_by_their_tie(village: Engine) -> None:
    ties = [document["tie"] for document in VILLAGE]
    found = hits(village, Search(sort=(Sort("score"),), limit=100))
    by_id = {document["id"]: document["tie"] for document in VILLAGE}
    assert [by_id[hit.id] for hit in found] == sorted(ties)


@pytest.mark.parametrize("size", [1, 4, 7, 100])
def test_pages_put_end_to_end_are_the_whole_answer(village: Engine, size: int) -> None:
    sort = (Sort("departement"), Sort("score"))
    pages = [
        hit.id
        for start in range(0, len(VILLAGE) + size, size)
        for hit in hits(village, Search(sort=sort, offset=start, limit=size))
    ]
    assert pages == [hit.id for hit in REFERENCE.answer(Search(sort=sort, limit=100)).hits]


def test_a_page_may_be_empty_and_still_count(village: Engine) -> None:
    facet = Facet("departement", "departement", All())
    answer = village.search(COLLECTION, Search(limit=0, facets=(facet,)))
    assert (answer.total, answer.hits) == (len(VILLAGE), [])
    assert answer.facets["departement"].values["departement:69"] == 2


# --- facets and counts


def facet_of(engine: Engine, facet: Facet, where: Operator | None = None) -> tuple[dict[str, int], int]:
    search = Search(where=where or All(), facets=(facet,), limit=0)
    answer = engine.search(COLLECTION, search)
    assert_same(answer, REFERENCE.answer(search))
    return answer.facets[facet.name].values, answer.facets[facet.name].missing


def test_a_facet_counts_documents_and_those_without_value(village: Engine) -> None:
    values, missing = facet_of(village, Facet("d", "departement", Exists("location")))
    expected = [("departement:61", 2), ("departement:69", 2), ("departement:28", 1), ("departement:974", 1)]
    assert (list(values.items()), missing) == (expected, 1)


def test_a_value_given_twice_by_a_document_counts_once(village: Engine) -> None:
    assert facet_of(village, Facet("n", "networks", Exists("networks")))[0] == {"n1": 3, "n2": 1}


def test_a_facet_looks_at_its_own_condition_wider_than_the_search(village: Engine) -> None:
    narrow = Terms("departement", ("departement:69",))
    assert facet_of(village, Facet("d", "departement", Exists("location")), narrow)[0]["departement:61"] == 2


def test_chosen_values_are_always_there(village: Engine) -> None:
    facet = Facet("d", "departement", Exists("location"), selected=("departement:974", "departement:2A"), size=1)
    assert list(facet_of(village, facet)[0].items()) == [
        ("departement:61", 2),
        ("departement:974", 1),
        ("departement:2A", 0),
    ]


def test_a_facet_of_offers_counts_documents_not_offers(village: Engine) -> None:
    values, missing = facet_of(village, Facet("t", "trade", Exists("networks"), "offers"))
    assert (values, missing) == ({"traiteur": 3, "menage": 1}, 0)


def test_only_the_offers_that_meet_the_condition_give_their_values(village: Engine) -> None:
    entry = Terms("reach_full", ("departement:69",))
    values, missing = facet_of(village, Facet("t", "trade", Exists("networks"), "offers", entry, ("jardin",)))
    assert (values, missing) == ({"menage": 1, "traiteur": 1, "jardin": 0}, 1)


def test_an_offer_without_the_value_leaves_its_document_among_the_missing(village: Engine) -> None:
    values, missing = facet_of(village, Facet("e", "evidence", Exists("networks"), "offers"))
    assert (values, missing) == ({}, 3)


def test_counts_answer_on_the_whole_collection(village: Engine) -> None:
    counts = (("placed", Exists("location")), ("nobody", AnyOf(())), ("all", All()))
    answer = village.search(COLLECTION, Search(where=AnyOf(()), counts=counts))
    assert answer.counts == {"placed": 7, "nobody": 0, "all": len(VILLAGE)}
    assert (answer.total, answer.hits) == (0, [])


# --- get, scan, aggregate


def test_records_come_by_id_in_the_order_asked(village: Engine) -> None:
    found = village.get(COLLECTION, ["lyon", "nobody", "small", "lyon"])
    assert list(found.items()) == [
        ("lyon", {"id": "lyon", "name": "lyon"}),
        ("small", {"id": "small", "name": "small"}),
    ]
    assert village.get(COLLECTION, []) == {}


def test_a_scan_gives_every_document_once_by_tie(village: Engine) -> None:
    assert [hit.id for hit in village.scan(COLLECTION, All())] == REFERENCE.scan(All())
    some = Exists("networks")
    assert [hit.id for hit in village.scan(COLLECTION, some)] == REFERENCE.scan(some)
    assert list(village.scan(COLLECTION, AnyOf(()))) == []


def test_a_scan_brings_records_or_ids_only(village: Engine) -> None:
    only = Terms("id", ("lyon",))
    assert [hit.record for hit in village.scan(COLLECTION, only)] == [{"id": "lyon", "name": "lyon"}]
    assert [hit.record for hit in village.scan(COLLECTION, only, records=False)] == [{}]


def test_a_scan_left_half_way_is_closed_quietly(village: Engine) -> None:
    scan = village.scan(COLLECTION, All())
    next(iter(scan))
    close = getattr(scan, "close")  # noqa: B009 - the port says iterator, a generator it is
    close()


@pytest.mark.parametrize(("by", "path"), [("departement", None), ("networks", None), ("trade", "offers")])
@pytest.mark.parametrize("total", [None, "staff"])
def test_an_aggregate_counts_and_sums_documents_by_value(
    village: Engine, by: str, path: str | None, total: str | None
) -> None:
    found = village.aggregate(COLLECTION, All(), by, total, path)
    assert found == REFERENCE.aggregate(All(), by, total, path)
    assert list(found) == sorted(found)
