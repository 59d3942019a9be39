"""Pieces of searches: a query changed, its sort, what is suggested, the words of errors, the nearest ring."""

from __future__ import annotations

import errno
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from pydantic_core import PydanticCustomError

from tests.small_index import small_index
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon
from vivier.search.codes import evidence_from, trades_meant_by_cpv, trades_of_cpv
from vivier.search.messages import _first_named, _written, system
from vivier.search.operators import Not, Phrase, Sort, Terms, Text
from vivier.search.point import check_circle, parse_point
from vivier.search.polygon import polygon_rings
from vivier.search.port import Groups, Hit, Members
from vivier.search.query import changed
from vivier.search.query_url import pairs, url_of
from vivier.search.suggest import LONGEST_BEGINNING, _beginnings, _trades, detail_of, name_of, search_of
from vivier.suppliers import farther as beyond
from vivier.suppliers.groups import FARTHEST_KM, RINGS_KM
from vivier.suppliers.plan import _sort
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.readings import plan_of


def query(**fields: Any) -> SupplierQuery:
    return SupplierQuery.model_validate(fields)


def test_a_query_that_loses_its_place_loses_what_goes_with_it() -> None:
    around = query(near="-1.7,48.1", radius_km=10, sort="distance", page=3)
    assert changed(around, near=None) == query(sort="relevance")
    assert changed(around, q="linge") == query(near="-1.7,48.1", radius_km=10, sort="distance", q="linge")
    there = query(territory=["departement:35"], sort="distance", page=2)
    assert changed(there, page=2) == there and changed(there, territory=[]).sort == "relevance"
    assert changed(query(sort="name", page=2), q="a").sort == "name"


@pytest.mark.parametrize(
    ("fields", "territories", "sorts"),
    [
        ({}, 0, ["score"]),
        ({}, 1, ["score", "distance"]),
        ({"near": "-1.7,48.1", "radius_km": 10}, 0, ["score", "distance"]),
        ({"near": "-1.7,48.1", "radius_km": 10, "sort": "distance"}, 0, ["distance"]),
        ({"territory": ["departement:35"], "sort": "distance"}, 1, ["score", "distance"]),
        ({"sort": "name"}, 1, ["name_sort"]),
    ],
)
def test_the_sort_of_a_query_ends_with_the_distance_when_there_is_a_place(
    fields: dict[str, Any], territories: int, sorts: list[str]
) -> None:
    places: Any = ("place",) * territories
    assert [(sort.by, sort.descending) for sort in _sort(query(**fields), places)] == [(by, False) for by in sorts]
    assert _sort(query(sort="updated"), places) == (Sort("updated", descending=True),)


def test_what_is_suggested_begins_by_the_first_word_then_has_the_words_whole() -> None:
    long = "x" * (LONGEST_BEGINNING + 1)
    search = search_of(["atelier", long], 7)
    begun = (long[:LONGEST_BEGINNING], "atelier")
    assert search.limit == 7 and [sort.by for sort in search.sort] == ["score", "name_sort"]
    first, whole = search.parts
    assert first.tiers[0].points == 2 and whole.tiers[0].points == 1
    assert first.tiers[0].where == Text(((Phrase("text_first", (begun[1],)),),))
    assert whole.tiers[0].where == Text(
        ((Phrase("text_name_exact", ("atelier",)),), (Phrase("text_name_exact", (long,)),))
    )
    assert Not(Terms("closed", ("yes",))) in search.where.of  # type: ignore[union-attr]


def test_a_supplier_is_suggested_by_its_name_its_brand_its_kinds_and_its_town() -> None:
    def record(**fields: Any) -> Any:
        return {"name": {"value": "ATELIER"}} | {name: {"value": value} for name, value in fields.items()}

    named = [
        record(),
        record(brand="ATELIER"),
        record(brand="Le Lac"),
        record(acronym="ADL"),
        record(brand="Lac", acronym="X"),
    ]
    assert [name_of(each) for each in named] == [
        "ATELIER",
        "ATELIER",
        "ATELIER (Le Lac)",
        "ATELIER (ADL)",
        "ATELIER (Lac)",
    ]
    kinds = {"agreements": [{"value": {"kind": kind}} for kind in ("EI", "ESAT", "EI")]}
    places = record(address={"town": "Rennes"})
    assert [detail_of(each) for each in (record(), record() | kinds, places, places | kinds)] == [
        "",
        "EI, ESAT",
        "Rennes",
        "EI, ESAT · Rennes",
    ]


def test_trades_are_suggested_by_their_name_then_by_their_words_a_typing_error_apart(lexicon: Lexicon) -> None:
    def found(text: str, limit: int = 3) -> list[tuple[str, str]]:
        return [(each.id, each.detail) for each in _trades(text, limit, lexicon)]

    assert found("blanchi")[0] == ("blanchisserie", "") and len(found("n", 2)) == 2 and found("") == []
    assert found("blanchisserei")[0][0] == "blanchisserie" and found("zzzzz") == []
    index = _beginnings(lexicon)
    assert index.corrected("blnchisserie"[:LONGEST_BEGINNING]).startswith("blanchi"[:4])
    assert [index.corrected(word) for word in ("xz", "tonte", "zzzzzz")] == ["xz", "tonte", "zzzzzz"]
    assert index.places(["de"]) and index.places(["tonte", "de"]) == index.places(["tonte"]) and not index.places([])


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.1, "0,1"),
        (200, "200"),
        ("Decimal('0.5')", "0,5"),
        ("full or wide", "full ou wide"),
        (1e6, "1\u202f000\u202f000"),
    ],
)
def test_a_bound_is_written_in_french(value: object, written: str) -> None:
    assert _written(value).replace("\xa0", "\u202f") == written


def test_an_error_is_about_the_parameter_that_it_names_first_or_about_the_system() -> None:
    values = {"near": 1, "radius_km": 2, "page": 3}
    assert _first_named("« radius_km » sans « near »", values) == "radius_km"
    assert _first_named("autre", values) == "query"
    full = OSError(errno.ENOSPC, "No space left", "/disque/fichier")
    assert system(full).startswith("/disque/fichier : ") and system(full).endswith(".")
    assert system(OSError(9999, "Odd")) == "Odd." and system(OSError("seul")) == "seul."


@pytest.mark.parametrize(
    ("kilometres", "ring", "total"),
    [
        ([RINGS_KM[0] - 0.1], RINGS_KM[0], 1),
        ([RINGS_KM[0] - 0.1, RINGS_KM[0] + 0.1], RINGS_KM[0], 1),
        ([RINGS_KM[0] + 0.1, RINGS_KM[1] - 0.1], RINGS_KM[1], 2),
        ([], FARTHEST_KM, 0),
    ],
)
def test_the_nearest_are_those_of_the_first_ring_that_has_somebody(
    kilometres: list[float], ring: float, total: int, tmp_path: Path, lexicon: Lexicon
) -> None:
    offers = [{"trade": "blanchisserie"}]
    away = [
        {"id": str(n), "location": {"lon": -1.7, "lat": 48.1 + km / 111.195}, "offers": offers}
        for n, km in enumerate(kilometres)
    ]
    here = {"id": "here", "location": {"lon": -1.7, "lat": 48.1}, "offers": offers}
    snapshot = small_index(tmp_path, suppliers=[here, *away])
    asked = query(near="-1.7,48.1", radius_km=10, trade=["blanchisserie"])
    found = beyond.farther(plan_of(asked, snapshot, lexicon, date(2026, 11, 24)), snapshot)
    assert (found.km, found.total, [hit.id for hit in found.hits]) == (ring, total, [str(n) for n in range(total)])
    assert [beyond._distance(Hit("a", 0, 99.0, {}, {"inside": n})) for n in (0, 1)] == [99.0, 0.0]
    counts = {f"farther within {km:g} km": sum(each <= km for each in kilometres) for km in RINGS_KM}
    if kilometres:
        assert beyond.counted(counts) == beyond.Farther(total, ring)
    assert beyond.counted({f"farther within {km:g} km": 99 for km in RINGS_KM}).total == beyond.NEAREST


def test_the_address_of_a_query_has_what_differs_from_its_defaults() -> None:
    asked = query(q="linge & co", trade=["blanchisserie", "traiteur"], near="-1.7,48.1", radius_km=10, page=2)
    assert url_of("/suppliers", asked) == (
        "/suppliers?q=linge%20%26%20co&near=-1.7,48.1&radius_km=10.0&trade=blanchisserie&trade=traiteur&page=2"
    )
    assert url_of("/suppliers", query()) == "/suppliers" and pairs(query(page=1, group=())) == []
    assert pairs(query(facets=())) == [("facets", "")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("180,90", None),
        ("-180,-90", None),
        ("180.1,0", "point"),
        ("0,90.1", "point"),
        ("inf,0", "point"),
        ("1,2,3", "point"),
        ("a,b", "point"),
        ("1", "point"),
        ("48.85,2.35", "swapped"),
        ("41,-6", "swapped"),
        ("52,10", "swapped"),
        ("40.9,0", None),
        ("52.1,0", None),
        ("45,-6.1", None),
        ("45,10.1", None),
    ],
)
def test_a_point_is_a_longitude_then_a_latitude_of_the_earth(text: str, kind: str | None) -> None:
    if kind is None:
        assert parse_point(text) == tuple(map(float, text.split(",")))
    else:
        with pytest.raises(PydanticCustomError) as raised:
            parse_point(text)
        assert raised.value.type == kind


def test_a_circle_has_a_point_and_a_radius() -> None:
    check_circle(None, None)
    check_circle((0.0, 0.0), 1.0)
    for circle in (((0.0, 0.0), None), (None, 1.0)):
        with pytest.raises(PydanticCustomError):
            check_circle(*circle)


def test_a_code_leads_to_the_trades_that_surely_answer_it_else_to_the_best(lexicon: Lexicon) -> None:
    for cpv in ("77310000", "98310000", "15000000", "45000000", "90910000"):
        found = lexicon.trades.by_cpv(cpv)
        sure = tuple(trade.code for trade, weight in found if weight >= 0.5)
        assert trades_of_cpv(lexicon, cpv) == (sure or tuple(trade.code for trade, _ in found[:1])), cpv
        assert {*trades_meant_by_cpv(lexicon, cpv)} <= {*trades_of_cpv(lexicon, cpv)}
    assert trades_of_cpv(lexicon, "99999999") == () and "entretien-espaces-verts" in trades_meant_by_cpv(
        lexicon, "77310000"
    )
    ladder = evidence_from(lexicon, "certified")
    assert ladder[-1] == "certified" and evidence_from(lexicon, ladder[0]) == ladder[:1]


def ring(size: float, more: int = 0) -> str:
    """A square of degrees at the equator, with more points on its first side."""
    side = [[size * n / (more + 1), 0.0] for n in range(more + 1)]
    return orjson.dumps(
        {"type": "Polygon", "coordinates": [[*side, [size, 0.0], [size, size], [0.0, size], [0.0, 0.0]]]}
    ).decode()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ring(1.0), None),
        (ring(2.84), None),
        (ring(2.85), "too_large"),
        (ring(1.0, 495), None),
        (ring(1.0, 496), "too_many_vertices"),
        ('{"type":"Point","coordinates":[1,2]}', "unreadable_polygon"),
        ("x", "unreadable_polygon"),
        ('{"type":"Polygon","coordinates":[]}', "unreadable_polygon"),
        ('{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}', "invalid_polygon"),
    ],
)
def test_a_polygon_has_five_hundred_points_and_a_hundred_thousand_square_kilometres_at_most(
    text: str, code: str | None
) -> None:
    if code is None:
        [[exterior]] = polygon_rings(text)
        assert exterior[0] == exterior[-1] and len(exterior) >= 4
    else:
        with pytest.raises(InvalidRequest) as raised:
            polygon_rings(text)
        assert [(error.field, error.code) for error in raised.value.errors] == [("polygon", code)]


def test_the_documents_of_values_are_numbered_in_the_order_of_ids_and_an_unknown_one_is_minus_one() -> None:
    members = Members.of({"x": ("b", "a"), "y": (), "z": ("b", "c")})
    assert dict(members) == {"x": ("b", "a"), "y": (), "z": ("b", "c")} and len(members) == 3
    assert (members.value_of.tolist(), members.document_of.tolist()) == ([0, 0, 2, 2], [1, 0, 1, 2])
    assert members.documents.tolist() == [0, 1, 2]
    assert members.among({"a": 7, "b": 5}).tolist() == [5, 7, 5, -1] and Members.of({}).among({"a": 1}).tolist() == []
    other = Members.of({"w": ("b", "d")})
    assert members.among_those_of(other).tolist() == [0, -1, 0, -1]
    alike = Members(("v",), np.array([0, 0]), np.array([1, 2]), members.ids)
    assert members.among_those_of(alike).tolist() == [0, -1, 0, 1]
    assert alike.among_those_of(Members(("u",), np.array([0]), np.array([2]), members.ids)).tolist() == [-1, 0]
    groups = Groups(("x", "y"), {"n": np.array([2.0, 0.0])})
    assert groups.counts("n") == {"x": 2, "y": 0}
