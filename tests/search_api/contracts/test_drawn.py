"""What is due month by month, and what is drawn of contracts: a mark a seat around the place of who asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from search_api.contracts.pages.agenda import Item, agenda
from search_api.contracts.pages.buyer_map import HEIGHT, WIDTH, BuyerMap, buyer_map
from search_api.pages.outlines import KM_PER_DEGREE
from vivier.contracts.profile import Zone
from vivier.contracts.ranking import RankedBuyer
from vivier.contracts.shares import Share
from vivier.lexicon import Lexicon

DAY = date(2026, 11, 24)
RENNES, CESSON, BREST, MARSEILLE, SAINT_DENIS, SAINT_MALO = "35238", "35051", "29019", "13055", "97411", "35288"


def item(day: date, kind: str, title: str = "t") -> Item:
    return Item(day, kind, title, "/x", "Ville")


def test_items_are_given_month_by_month_for_two_years_in_the_order_of_their_days() -> None:
    crowd = [item(DAY, "b", str(n)) for n in range(3)]
    others = [(2026, 11, 1), (2028, 10, 31), (2028, 11, 1), (2026, 10, 31), (2027, 1, 5)]
    months = agenda([*crowd, *(item(date(*day), "a") for day in others)], DAY)
    assert [(month.id, month.name, len(month.items)) for month in months] == [
        ("mois-2026-11", "novembre 2026", 4),
        ("mois-2027-01", "janvier 2027", 1),
        ("mois-2028-10", "octobre 2028", 1),
    ]
    assert [each.title for each in months[0].items] == ["t", "0", "1", "2"]


def test_months_are_unfolded_until_eight_items() -> None:
    months = [(2026, 11)] * 7 + [(2026, 12)] + [(2027, 1)]
    made = agenda([item(date(*month, 25), "a") for month in months], DAY)
    assert [month.unfolded for month in made] == [True, True, False] and agenda([], DAY) == ()


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
