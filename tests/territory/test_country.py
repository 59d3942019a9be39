"""« Toute la France » said from one shore of it does not cross the sea: the mainland and Corse go together."""

from __future__ import annotations

import pytest

from vivier.model import Address, CountryZone
from vivier.territory import load_gazetteer
from vivier.territory.coverage import coverage
from vivier.territory.reach import load_reach_index

PARIS, AJACCIO, SAINT_DENIS = (Address(commune=code) for code in ("75056", "2A004", "97411"))


@pytest.mark.parametrize(
    ("seat", "territory", "covered"),
    [
        (PARIS, "departement:2A", True),
        (AJACCIO, "departement:35", True),
        (PARIS, "departement:974", False),
        (SAINT_DENIS, "departement:2A", False),
        (SAINT_DENIS, "departement:974", True),
    ],
)
def test_the_country_is_the_mainland_and_corse(seat: Address, territory: str, covered: bool) -> None:
    gazetteer = load_gazetteer()
    found = coverage((CountryZone(),), seat, territory, gazetteer, default_km=30.0)
    assert found.cls == ("full" if covered else "overseas_unconfirmed")
    reach = load_reach_index().reach(CountryZone(), seat, 30.0)
    assert (f"bloc:{gazetteer.block(territory)}" in reach.all) is covered


@pytest.mark.parametrize(("seat", "covered"), [(PARIS, "full"), (SAINT_DENIS, "partial")])
def test_the_whole_country_is_covered_but_for_what_is_beyond_the_sea(seat: Address, covered: str) -> None:
    gazetteer, reach = load_gazetteer(), load_reach_index().reach(CountryZone(), seat, 30.0)
    found = coverage((CountryZone(),), seat, "FR", gazetteer)
    assert found.cls == covered
    assert found.share == pytest.approx(reach.shares["FR"], abs=1e-4)
    assert (reach.full if covered == "full" else reach.partial) == ("FR",)
