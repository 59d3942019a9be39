"""A search in several places: the distance is to the nearest, the same order on both engines; who covers all of a place comes first."""

from __future__ import annotations

import pytest

from tests.suppliers.conftest import House
from vivier.suppliers.groups import TITLES
from vivier.territory import load_gazetteer
from vivier.territory.coverage import distance_km

RENNES, LYON, NANTES = "commune:35238", "commune:69123", "commune:44109"
TOWNS = (
    f"{RENNES},{NANTES}",
    f"{NANTES},{RENNES}",
    f"{RENNES},{LYON}",
    f"departement:35,{LYON}",
    f"{LYON},departement:35",
)


@pytest.fixture(params=["demo", pytest.param("demo_on_node", marks=pytest.mark.node)])
def house(request: pytest.FixtureRequest) -> House:
    """The demonstration on each engine in turn."""
    served: House = request.getfixturevalue(request.param)
    return served


@pytest.mark.slow
@pytest.mark.parametrize("towns", TOWNS)
def test_the_distance_told_is_to_the_nearest_of_the_places(house: House, towns: str) -> None:
    gazetteer = load_gazetteer()
    points = [gazetteer.reference_point(town) for town in towns.split(",")]
    results = house.ask(territory=towns, group=",".join(TITLES), per_page="100").results
    assert len(results) > 10
    for result in results:
        seat = result.record.get("address", {}).get("value", {})
        point = seat.get("point")
        if point is None:
            continue
        if any(reason.text == "siège dans le territoire" for reason in result.reasons):
            assert result.distance_km == 0
            continue
        nearest = min(distance_km((point["lon"], point["lat"]), place) for place in points if place is not None)
        assert result.distance_km == pytest.approx(nearest, abs=0.011), result.id


@pytest.mark.parametrize("towns", TOWNS)
def test_a_seat_in_any_of_the_places_is_at_no_distance(demo: House, towns: str) -> None:
    inside = {id_ for town in towns.split(",") for id_ in demo.all(seat=town)}
    assert inside
    for result in demo.ask(territory=towns, coverage="seat", per_page="100").results:
        assert (result.distance_km == 0) == (result.id in inside), result.id
        assert result.coverage is not None and result.coverage.seat_in_territory == (result.id in inside)


@pytest.mark.node
@pytest.mark.parametrize("sort", ["relevance", "distance"])
@pytest.mark.parametrize("towns", TOWNS)
def test_both_engines_order_several_places_alike(
    demo: House, request: pytest.FixtureRequest, towns: str, sort: str
) -> None:
    other: House = request.getfixturevalue("demo_on_node")
    for group in ("exact", ",".join(TITLES)):
        parameters = {"territory": towns, "sort": sort, "group": group}
        assert demo.ids(**parameters) == other.ids(**parameters)


@pytest.mark.slow
def test_who_covers_everybody_is_worth_more_than_who_covers_nearly_everybody(demo: House) -> None:
    """Of two structures alike in all else, that of the whole place comes first."""
    values: dict[bool, set[float]] = {True: set(), False: set()}
    for place in ("FR", *(f"departement:{code}" for code in load_gazetteer().names["departement"])):
        found = demo.ask(territory=place, per_page="100")
        ranks: dict[tuple[tuple[str, int], ...], list[bool]] = {}
        for result in found.results:
            coverage = result.coverage
            if coverage is None or coverage.cls != "full" or coverage.basis not in ("code", "radius"):
                continue
            worth = next(part.value for part in result.components if part.name == "coverage")
            values[coverage.share == 1].add(round(worth, 3))
            others = tuple((part.name, part.points) for part in result.components if part.name != "coverage")
            ranks.setdefault(others, []).append(coverage.share == 1)
        assert all(alike == sorted(alike, reverse=True) for alike in ranks.values()), place
    assert values == {True: {1.0}, False: {0.9}}
