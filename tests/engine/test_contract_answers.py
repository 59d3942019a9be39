"""What the port promises of a whole answer (points, order, pages, facets, records), on documents made by hand."""

from __future__ import annotations

import math
import random
from collections.abc import Generator

import pytest

from tests.engine.asking import REFERENCE, hits, text
from tests.engine.compare import COLLECTION, assert_same, serve
from tests.engine.reference import EARTH_KM, Reference
from tests.engine.village import GREENWICH, LYON, VILLAGE, doc, phrase, point
from vivier.search.operators import (
    All,
    AnyOf,
    Exists,
    Facet,
    Measure,
    Operator,
    Part,
    Same,
    Search,
    Sort,
    Terms,
    Tier,
)
from vivier.search.port import Members, Reader, Store

# --- points and order


def test_the_best_tier_counts_and_only_it(village: Reader) -> None:
    tiers = (Tier(Exists("departement"), 3), Tier(Terms("departement", ("departement:69",)), 9), Tier(All(), 1))
    scores = {hit.id: hit.score for hit in hits(village, Search(parts=(Part("any", tiers),), limit=100))}
    assert (scores["lyon"], scores["reunion"], scores["small"]) == (9, 3, 1)


def test_tiers_of_equal_points_are_each_told(village: Reader) -> None:
    tiers = (Tier(Terms("id", ("lyon",)), 4), Tier(Terms("id", ("small",)), 4))
    parts = (Part("place", tiers), Part("proof", (Tier(Terms("id", ("small", "large")), 2),)), Part("none", ()))
    found = {hit.id: hit.parts for hit in hits(village, Search(parts=parts, limit=100))}
    assert found["lyon"] == {"place": 4, "proof": 0, "none": 0}
    assert found["small"] == {"place": 4, "proof": 2, "none": 0}
    assert found["reunion"] == {"place": 0, "proof": 0, "none": 0}


def test_text_points_and_the_best_tier_add_up(village: Reader) -> None:
    words = text((phrase("jardin", points=4),))
    search = Search(
        where=words, text=words, parts=(Part("any", (Tier(Terms("id", ("name-only",)), 7), Tier(All(), 2))),)
    )
    assert [(hit.id, hit.score) for hit in hits(village, search)] == [("name-only", 11), ("both-fields", 6)]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("by", ["name_sort", "departement", "staff", "turnover", "updated", "networks", "tie"])
def test_unknown_values_come_last_whichever_way_the_order_runs(village: Reader, by: str, descending: bool) -> None:
    known = sum(document.get(by) not in (None, []) for document in VILLAGE)
    found = [hit.id for hit in hits(village, Search(sort=(Sort(by, descending),), limit=100))]
    assert set(found[:known]) == {d["id"] for d in VILLAGE if d.get(by) not in (None, [])}


def test_the_nearest_comes_first_and_the_unplaced_last(village: Reader) -> None:
    found = hits(village, Search(sort=(Sort("distance"),), origins=(GREENWICH,), limit=100))
    assert [hit.id for hit in found[:3]] == ["on-greenwich", "west-of-greenwich", "east-of-greenwich"]
    assert found[0].distance_km == pytest.approx(0, abs=1e-4)
    assert found[1].distance_km == pytest.approx(7.368, abs=0.01)
    assert found[-1].distance_km is None


def test_of_several_origins_the_nearest_is_told(village: Reader) -> None:
    found = {hit.id: hit for hit in hits(village, Search(origins=(GREENWICH, LYON), limit=100))}
    assert found["lyon"].distance_km == pytest.approx(0, abs=1e-4)
    assert found["on-greenwich"].distance_km == pytest.approx(0, abs=1e-4)


def test_seats_at_the_points_of_several_towns_are_equally_near(village: Reader) -> None:
    found = hits(village, Search(sort=(Sort("distance"),), origins=(GREENWICH, LYON), limit=3))
    assert [hit.distance_km for hit in found] == [0, 0, 0]
    ties = {document["id"]: document["tie"] for document in VILLAGE}
    assert [hit.id for hit in found] == sorted(["lyon", "lyon-too", "on-greenwich"], key=ties.__getitem__)


@pytest.mark.slow
def test_places_nearly_as_far_come_in_one_order_on_both_engines(engine: Store) -> None:
    dice = random.Random(4)  # thirty places 10 km from Lyon, within 10 cm
    around = [_away(LYON, 10 + dice.uniform(0, 1e-4), dice.uniform(0, 2 * math.pi)) for _ in range(30)]
    documents = [doc(f"around-{number}", location=point(*place)) for number, place in enumerate(around)]
    serve(engine, documents)
    search = Search(sort=(Sort("distance"),), origins=(LYON,), limit=30)
    assert_same(engine.open(COLLECTION).search(search), Reference(documents).answer(search))


def _away(origin: tuple[float, float], km: float, bearing: float) -> tuple[float, float]:
    """The point at a distance on the great circle that leaves by a bearing (radians)."""
    lon, lat, arc = math.radians(origin[0]), math.radians(origin[1]), km / EARTH_KM
    to_lat = math.asin(math.sin(lat) * math.cos(arc) + math.cos(lat) * math.sin(arc) * math.cos(bearing))
    aside = math.sin(bearing) * math.sin(arc) * math.cos(lat)
    to_lon = lon + math.atan2(aside, math.cos(arc) - math.sin(lat) * math.sin(to_lat))
    return math.degrees(to_lon), math.degrees(to_lat)


def test_distances_are_told_when_they_do_not_order(village: Reader) -> None:
    found = hits(village, Search(where=Exists("location"), sort=(Sort("name_sort"),), origins=(LYON,), limit=100))
    assert all(hit.distance_km is not None for hit in found)


def test_without_origin_there_is_no_distance(village: Reader) -> None:
    found = hits(village, Search(sort=(Sort("distance"), Sort("name_sort")), limit=100))
    assert {hit.distance_km for hit in found} == {None}


def test_equal_documents_are_ordered_by_their_tie(village: Reader) -> None:
    ties = [document["tie"] for document in VILLAGE]
    found = hits(village, Search(sort=(Sort("score"),), limit=100))
    by_id = {document["id"]: document["tie"] for document in VILLAGE}
    assert [by_id[hit.id] for hit in found] == sorted(ties)


@pytest.mark.parametrize("size", [1, 4, 7, 100])
def test_pages_put_end_to_end_are_the_whole_answer(village: Reader, size: int) -> None:
    sort = (Sort("departement"), Sort("score"))
    pages = [
        hit.id
        for start in range(0, len(VILLAGE) + size, size)
        for hit in hits(village, Search(sort=sort, offset=start, limit=size))
    ]
    assert pages == [hit.id for hit in REFERENCE.answer(Search(sort=sort, limit=100)).hits]


def test_a_page_may_be_empty_and_still_count(village: Reader) -> None:
    facet = Facet("departement", "departement", All())
    answer = village.search(Search(limit=0, facets=(facet,)))
    assert (answer.total, answer.hits) == (len(VILLAGE), [])
    assert answer.facets["departement"].values["departement:69"] == 2


# --- facets and counts


def facet_of(reader: Reader, facet: Facet, where: Operator | None = None) -> tuple[dict[str, int], int]:
    search = Search(where=where or All(), facets=(facet,), limit=0)
    answer = reader.search(search)
    assert_same(answer, REFERENCE.answer(search))
    return answer.facets[facet.name].values, answer.facets[facet.name].missing


def test_a_facet_counts_documents_and_those_without_value(village: Reader) -> None:
    values, missing = facet_of(village, Facet("d", "departement", Exists("location")))
    expected = [("departement:61", 2), ("departement:69", 2), ("departement:28", 1), ("departement:974", 1)]
    assert (list(values.items()), missing) == (expected, 1)


def test_a_value_given_twice_by_a_document_counts_once(village: Reader) -> None:
    assert facet_of(village, Facet("n", "networks", Exists("networks")))[0] == {"n1": 3, "n2": 1}


def test_a_facet_looks_at_its_own_condition_wider_than_the_search(village: Reader) -> None:
    narrow = Terms("departement", ("departement:69",))
    assert facet_of(village, Facet("d", "departement", Exists("location")), narrow)[0]["departement:61"] == 2


def test_chosen_values_are_always_there(village: Reader) -> None:
    facet = Facet("d", "departement", Exists("location"), selected=("departement:974", "departement:2A"), size=1)
    assert list(facet_of(village, facet)[0].items()) == [
        ("departement:61", 2),
        ("departement:974", 1),
        ("departement:2A", 0),
    ]


def test_a_facet_of_offers_counts_documents_not_offers(village: Reader) -> None:
    values, missing = facet_of(village, Facet("t", "trade", Exists("networks"), "offers"))
    assert (values, missing) == ({"traiteur": 3, "menage": 1}, 0)


def test_only_the_offers_that_meet_the_condition_give_their_values(village: Reader) -> None:
    entry = Terms("reach_full", ("departement:69",))
    values, missing = facet_of(village, Facet("t", "trade", Exists("networks"), "offers", entry, ("jardin",)))
    assert (values, missing) == ({"menage": 1, "traiteur": 1, "jardin": 0}, 1)


def test_an_offer_without_the_value_leaves_its_document_among_the_missing(village: Reader) -> None:
    values, missing = facet_of(village, Facet("e", "evidence", Exists("networks"), "offers"))
    assert (values, missing) == ({}, 3)


def test_counts_answer_on_the_whole_collection(village: Reader) -> None:
    counts = (("placed", Exists("location")), ("nobody", AnyOf(())), ("all", All()))
    answer = village.search(Search(where=AnyOf(()), counts=counts))
    assert answer.counts == {"placed": 7, "nobody": 0, "all": len(VILLAGE)}
    assert (answer.total, answer.hits) == (0, [])


# --- get, scan, group


def test_records_come_by_id_in_the_order_asked(village: Reader) -> None:
    found = village.get(["lyon", "nobody", "small", "lyon"])
    assert list(found.items()) == [
        ("lyon", {"id": "lyon", "name": "lyon"}),
        ("small", {"id": "small", "name": "small"}),
    ]
    assert village.get([]) == {}


def test_a_scan_gives_every_document_once_by_tie(village: Reader) -> None:
    assert [hit.id for hit in village.scan(All())] == REFERENCE.scan(All())
    some = Exists("networks")
    assert [hit.id for hit in village.scan(some)] == REFERENCE.scan(some)
    assert list(village.scan(AnyOf(()))) == []


def test_a_scan_brings_records_or_ids_only(village: Reader) -> None:
    only = Terms("id", ("lyon",))
    assert [hit.record for hit in village.scan(only)] == [{"id": "lyon", "name": "lyon"}]
    assert [hit.record for hit in village.scan(only, records=False)] == [{}]


def test_a_scan_left_half_way_is_closed_quietly(village: Reader) -> None:
    scan = village.scan(All())
    next(iter(scan))
    assert isinstance(scan, Generator)
    scan.close()


@pytest.mark.parametrize("by", ["departement", "networks", "id"])
@pytest.mark.parametrize("where", [All(), Exists("networks"), AnyOf(())])
def test_groups_give_their_figures_by_value(village: Reader, by: str, where: Operator) -> None:
    measures = (
        Measure("documents"),
        Measure("on_greenwich", where=Terms("id", ("on-greenwich",))),
        Measure("staff", "sum", "staff"),
        Measure("least", "min", "staff"),
        Measure("latest", "max", "updated"),
        Measure("middle", "median", "staff"),
        Measure("middle_day", "median", "updated"),
    )
    found = village.group(where, by, measures)
    expected = REFERENCE.group(where, by, measures)
    assert found.values == tuple(expected)
    for name, figures in found.measures.items():
        told = [None if math.isnan(figure) else figure for figure in figures.tolist()]
        assert told == [one[name] for one in expected.values()], name


def test_groups_may_be_held_to_some_values(village: Reader) -> None:
    """A document of several values counts under those asked only; a value nobody has makes no group."""
    measures = (Measure("documents"), Measure("middle", "median", "staff"))
    every = REFERENCE.group(All(), "networks", measures)
    found = village.group(All(), "networks", measures, among=("n2", "nobody", "n1", "n2"))
    assert found.values == ("n1", "n2")
    assert found.measures["documents"].tolist() == [every[value]["documents"] for value in found.values]
    assert village.group(All(), "networks", measures, among=()).values == ()


def test_groups_held_to_some_values_are_those_of_the_documents_that_match(village: Reader) -> None:
    """Whether fewer documents match than have the value, or more."""
    measures = (Measure("documents"), Measure("staff", "sum", "staff"))
    for where in (All(), Terms("id", ("on-greenwich", "east-of-greenwich"))):
        every = REFERENCE.group(where, "departement", measures)
        found = village.group(where, "departement", measures, among=("departement:61", "departement:75"))
        assert found.values == tuple(value for value in every if value in ("departement:61", "departement:75"))
        for name, figures in found.measures.items():
            assert figures.tolist() == [every[value][name] for value in found.values]


def test_the_numbers_of_members_are_those_of_their_ids(village: Reader) -> None:
    """Whether one reader gave both, or each tells its own ids."""
    by_network, others = (
        village.members(All(), by, values)
        for by, values in (("networks", ("n1", "n2")), ("departement", ("departement:61", "departement:35")))
    )
    known = [by_network.ids[at] for at in by_network.documents.tolist()]
    assert known == sorted({id_ for ids in by_network.values() for id_ in ids})
    for told in (others, Members.of(others)):
        ids = [told.ids[at] for at in told.document_of.tolist()]
        expected = [known.index(id_) if id_ in known else -1 for id_ in ids]
        assert told.among_those_of(by_network).tolist() == expected
        assert told.among(dict.fromkeys(known, 7)).tolist() == [-1 if at < 0 else 7 for at in expected]


# --- members of many values


def test_members_are_told_for_each_value_asked(village: Reader) -> None:
    """Compared with one search a value: the same documents."""
    values = ("n1", "n2", "n3", "nobody")
    found = village.members(All(), "networks", values)
    assert list(found) == list(values)
    for value in values:
        expected = sorted(hit.id for hit in village.scan(Terms("networks", (value,)), records=False))
        assert list(found[value]) == expected


def test_members_of_a_nested_value_hold_the_entry_and_the_document_alike(village: Reader) -> None:
    trades, where = ("traiteur", "menage"), Exists("networks")
    here = Terms("reach_full", ("departement:69",))
    found = village.members(where, "trade", trades, "offers", here)
    for trade in trades:
        same = All((where, Same("offers", (Terms("trade", (trade,)), here))))
        assert list(found[trade]) == sorted(hit.id for hit in village.scan(same, records=False))
    assert found["traiteur"]


def test_members_of_nobody_are_none(village: Reader) -> None:
    assert village.members(AnyOf(()), "networks", ("n1",)) == {"n1": ()}
    assert village.members(All(), "networks", ()) == {}
