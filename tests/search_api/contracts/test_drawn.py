"""What is drawn of contracts: a dot a day that matters, month by month, and a mark a seat around the place of who asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from search_api.contracts.pages.buyer_map import HEIGHT, WIDTH, BuyerMap, buyer_map
from search_api.contracts.pages.timeline import Dot, Item, timeline
from search_api.pages.outlines import KM_PER_DEGREE
from vivier.contracts.profile import Zone
from vivier.contracts.ranking import RankedBuyer
from vivier.contracts.shares import Share
from vivier.lexicon import Lexicon

DAY = date(2026, 11, 24)
RENNES, CESSON, BREST, MARSEILLE, SAINT_DENIS, SAINT_MALO = "35238", "35051", "29019", "13055", "97411", "35288"


def item(day: date, kind: str, title: str = "t") -> Item:
    return Item(day, kind, title, "/x", "Ville")


def test_items_are_stacked_three_abreast_by_month_for_two_years() -> None:
    crowd = [item(DAY, "b", str(n)) for n in range(30)]
    others = [(2026, 11, 1), (2028, 10, 31), (2028, 11, 1), (2026, 10, 31), (2027, 1, 5)]
    drawn = timeline([*crowd, *(item(date(*day), "a") for day in others)], ("a", "b", "c"), DAY)
    assert drawn.kinds == (("a", 3), ("b", 30)) and drawn.places == {"a": 0, "b": 1, "c": 2}
    assert (drawn.height, drawn.base, drawn.later, drawn.total) == (162.5, 128.5, 1, 33)
    first, january, last = drawn.months
    told = [(month.id, month.name, month.x, month.text, month.more, month.unfolded) for month in drawn.months]
    assert told == [
        ("mois-2026-11", "novembre 2026", 0.0, "novembre 2026 : 31 échéances", 4, True),
        ("mois-2027-01", "janvier 2027", 80.0, "janvier 2027 : 1 échéance", 0, False),
        ("mois-2028-10", "octobre 2028", 920.0, "octobre 2028 : 1 échéance", 0, False),
    ]
    assert first.dots[:4] == (Dot(7.5, 120.5, 0), Dot(20.0, 120.5, 1), Dot(32.5, 120.5, 1), Dot(7.5, 108.0, 1))
    assert (len(first.dots), first.dots[-1], last.dots) == (27, Dot(32.5, 20.5, 1), (Dot(927.5, 120.5, 0),))
    assert [each.title for each in first.items[:2]] == ["t", "0"] and january.dots[0].x == 87.5


def test_months_are_unfolded_until_eight_items_and_an_empty_drawing_has_its_axis() -> None:
    months = [(2026, 11)] * 7 + [(2026, 12)] + [(2027, 1)]
    drawn = timeline([item(date(*month, 25), "a") for month in months], ("a",), DAY)
    assert [month.unfolded for month in drawn.months] == [True, True, False] and drawn.base == 53.5
    empty = timeline([], ("a",), DAY)
    assert (empty.months, empty.kinds, empty.later, empty.total, empty.base) == ((), (), 0, 0, 53.5)
    assert [(tick.x, tick.name, tick.year) for tick in empty.ticks[:3]] == [
        (20.0, "nov.", "2026"),
        (60.0, "déc.", ""),
        (100.0, "janv.", "2027"),
    ]
    assert (len(empty.ticks), empty.ticks[-1].x, empty.ticks[-1].name) == (24, 940.0, "oct.")


def buyer(commune: str | None) -> RankedBuyer:
    none = Share(0, 0, 0)
    record: Any = None if commune is None else {"name": "Ville", **({"seat": f"commune:{commune}"} if commune else {})}
    return RankedBuyer("1", record, none, none, 0, 0, None, None, 0, 1, None, None, 0, 0, 0, 0, 0)


def drawn(lexicon: Lexicon, zone: Zone, *communes: str | None) -> BuyerMap | None:
    names = [f"Ville {number}" for number in range(1, len(communes) + 1)]
    return buyer_map([buyer(commune) for commune in communes], names, zone, lexicon.gazetteer)


def test_buyers_of_one_place_share_a_mark_and_those_without_a_seat_are_counted(lexicon: Lexicon) -> None:
    assert drawn(lexicon, Zone(), None, "") is None
    made = drawn(lexicon, Zone(), RENNES, None, BREST, RENNES, "")
    assert made is not None
    assert [(mark.numbers, mark.title, mark.text) for mark in made.marks] == [
        ((1, 4), "1. Ville 1 ; 4. Ville 4", "1, 4"),
        ((3,), "3. Ville 3", "3"),
    ]
    assert (made.unplaced, made.away, made.circle, made.areas) == ((2, 5), (), None, ())
    assert [mark.half for mark in made.marks] == [pytest.approx(22.8), 14.0]
    west, south, east, north = made.frame.box
    assert west < -4.5 and east > -1.69 and south < 48.12 and north > 48.4
    assert all(0 < mark.x < WIDTH and 0 < mark.y < HEIGHT for mark in made.marks)


def test_a_circle_frames_its_place_and_leaves_out_who_is_three_times_farther(lexicon: Lexicon) -> None:
    gazetteer = lexicon.gazetteer
    point = gazetteer.reference_point(f"commune:{RENNES}")
    assert point is not None
    made = drawn(lexicon, Zone(point=point, km=30), CESSON, MARSEILLE, SAINT_DENIS)
    assert made is not None and (made.away, made.unplaced, made.areas) == ((2, 3), (), ())
    assert [mark.numbers for mark in made.marks] == [(1,)] and made.circle is not None
    x, y, radius = made.circle
    placed = made.frame.place(*point)
    assert (x, y) == (round(placed[0], 1), round(placed[1], 1)) == pytest.approx((WIDTH / 2, HEIGHT / 2), abs=1)
    assert radius == round(30 / KM_PER_DEGREE * made.frame.scale, 1)
    west, south, east, north = made.frame.box
    assert 0.5 < north - south < 0.7 and 0.75 < east - west < 1.1
    far = drawn(lexicon, Zone(point=point, km=100), BREST)
    assert far is not None and far.away == () and far.frame.box[0] < -4.5


def test_a_territory_is_drawn_and_the_whole_country_is_none(lexicon: Lexicon) -> None:
    local = drawn(lexicon, Zone(territories=("departement:35",)), RENNES, SAINT_MALO, MARSEILLE)
    whole = drawn(lexicon, Zone(territories=("FR",)), RENNES, MARSEILLE)
    assert local is not None and whole is not None
    assert (len(local.areas), local.circle, local.away) == (1, None, (3,)) and local.areas[0].startswith("M")
    assert [mark.numbers for mark in local.marks] == [(1,), (2,)]
    assert (whole.areas, whole.circle, whole.away) == ((), None, ())
    small, wide = (len("".join(made.paths)) for made in (local, whole))
    assert small and wide and local.paths != whole.paths
