"""Depth with contracts, on both engines: demand, experience, and the response rate that reserved contracts show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.desk.awarded import BUYERS, TODAY, TRADE, contract, put, structure
from tests.engine.conftest import ENGINES, opened
from vivier.desk.facts.depth_read import observed
from vivier.desk.method.depth import Demand, Won
from vivier.desk.method.verdict import Options, calibrated
from vivier.desk.tell.depth_map import DepthAsked, DepthMap, depth_map
from vivier.lexicon import Lexicon
from vivier.model import Contract
from vivier.search.port import Store
from vivier.search.snapshot import Snapshot

pytestmark = pytest.mark.slow

HERE = "departement:35"
OTHER = structure(9, trade="blanchisserie")
SUPPLIERS = [
    *(structure(number, turnover=400_000) for number in range(3)),
    structure(3, "EI"),
    structure(4, "ACI", trade=None),
    OTHER,
]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with opened(request.param, request, tmp_path) as fresh:
        yield fresh


def drawn(engine: Store, lexicon: Lexicon) -> DepthMap:
    return depth_map(DepthAsked((TRADE,), TODAY, within=("region:53",)), Snapshot(engine), lexicon)


def row(found: DepthMap, id_: str = HERE) -> Any:
    return next(one.depth for one in found.rows if one.territory.id == id_)


def test_demand_adds_the_running_contracts_up_by_year_and_tells_maxima_and_unknown_amounts(
    engine: Store, lexicon: Lexicon
) -> None:
    contracts = [
        contract("c1"),
        contract("c2", months=6, amount=10_000, notified=date(2026, 9, 1)),
        contract("c3", amount=100_000, nature="accord_cadre"),
        contract("c4", amount=None),
        contract("child", parent="c3"),
        contract("renewed", renewed_by="c1", renewed_on=date(2026, 1, 5)),
        contract("ended", notified=date(2024, 1, 1), months=12),
        contract("elsewhere", place="commune:29232"),
        contract("other trade", cpv="98310000"),
    ]
    put(engine, lexicon, SUPPLIERS, contracts)
    found = drawn(engine, lexicon)
    assert row(found).demand == Demand(24_000 + 10_000 + 50_000, 50_000, 4, 3, 5, None)
    assert row(found, "departement:22").demand == Demand(0.0, 0.0, 0, 0)
    assert found.country.demand is not None and found.country.demand.annual == 108_000
    assert row(found).tension == pytest.approx(84_000 / 360_000)


def test_a_demand_without_any_amount_is_unknown(engine: Store, lexicon: Lexicon) -> None:
    put(engine, lexicon, SUPPLIERS, [contract("c1", amount=None)])
    found = row(drawn(engine, lexicon))
    assert (found.demand.annual, found.demand.contracts, found.tension) == (None, 1, None)


def test_the_median_of_twenty_awarded_contracts_is_the_reference_lot(engine: Store, lexicon: Lexicon) -> None:
    amounts = [10_000 * n for n in range(1, 21)]
    made = [contract(f"c{n}", amount=amount, months=12) for n, amount in enumerate(amounts)]
    put(engine, lexicon, SUPPLIERS, made)
    assert row(drawn(engine, lexicon)).reference == 105_000
    put(engine, lexicon, SUPPLIERS, made[:19])
    few = row(drawn(engine, lexicon))
    assert (few.reference, few.demand.awarded) == (None, 19)


def test_experience_counts_each_contract_once_with_its_buyers_and_marks(engine: Store, lexicon: Lexicon) -> None:
    contracts = [
        contract("together", holders=(0, 1)),
        contract("reserved", holders=(0,), provision="reserved", reserved_for="EA_ESAT"),
        contract("clause", holders=(3,), buyer=BUYERS[1], provision="clause", place="commune:29232"),
        contract("too old", holders=(2,), notified=date(2023, 11, 1)),
        contract("other trade", holders=(2,), cpv="98310000"),
        contract("of nobody here", holders=(9,)),
    ]
    put(engine, lexicon, SUPPLIERS, contracts)
    found = drawn(engine, lexicon)
    assert row(found).won == found.country.won == Won(contracts=3, structures=3, buyers=2, reserved=1, social=2)
    assert row(found, "departement:29").won == Won(0, 0, 0, 0, 0)


def test_without_contracts_demand_and_experience_are_unknown(engine: Store, lexicon: Lexicon) -> None:
    put(engine, lexicon, SUPPLIERS, None)
    found = drawn(engine, lexicon)
    assert (row(found).won, row(found).demand, row(found).tension, found.observed) == (None, None, None, None)
    assert calibrated(Options(), (found.observed, None)).basis == "assumed"


def test_sites_of_the_right_kind_silent_on_their_trade_are_told_not_counted(engine: Store, lexicon: Lexicon) -> None:
    put(engine, lexicon, SUPPLIERS, [])
    found = drawn(engine, lexicon)
    assert (row(found).count, row(found).around.untold) == (4, 1)
    assert (row(found, "departement:29").around.untold, found.country.around.untold) == (0, 1)


def test_people_of_the_town_of_a_structure_are_near_it_and_none_is_counted_over_the_sea(
    engine: Store, lexicon: Lexicon
) -> None:
    put(engine, lexicon, SUPPLIERS, [])
    found = depth_map(
        DepthAsked((TRADE,), TODAY, territories=("epci:243500139", HERE, "region:04")), Snapshot(engine), lexicon
    )
    rennes, whole, island = (one.depth.around for one in found.rows)
    assert rennes.least_km == 0 and rennes.mean_km is not None and whole.mean_km is not None
    assert rennes.mean_km < whole.mean_km < 60
    assert (island.mean_km, island.least_km) == (None, None)


def reserved(count: int, offers: int, of: str | None = "EA_ESAT") -> list[Contract]:
    return [contract(f"r{n}", provision="reserved", reserved_for=of, offers=offers) for n in range(count)]


def test_thirty_reserved_contracts_calibrate_the_response_rate(engine: Store, lexicon: Lexicon) -> None:
    """Three ESAT could answer each, one did: a third, drawn half way towards the assumption, held to the highest one."""
    put(engine, lexicon, SUPPLIERS, reserved(30, 1))
    seen = observed((TRADE,), TODAY, Snapshot(engine), lexicon.gazetteer, least=30)
    assert seen is not None and (seen.contracts, seen.offers, seen.could) == (30, 30, 90)
    made_of = calibrated(Options(), (seen, None))
    assert (made_of.basis, made_of.rate) == ("observed", 0.2)
    assert (
        "30 marchés, 30 offres, soit 33,3\u00a0% des structures" in made_of.text
        and "tenu entre 5\u00a0% et 20\u00a0%" in made_of.text
    )


def test_a_reserved_contract_whose_offers_are_not_told_calibrates_nothing(engine: Store, lexicon: Lexicon) -> None:
    silent = [contract(f"s{n}", provision="reserved", reserved_for="EA_ESAT") for n in range(15)]
    put(engine, lexicon, SUPPLIERS, [*reserved(15, 1), *silent])
    seen = observed((TRADE,), TODAY, Snapshot(engine), lexicon.gazetteer, least=30)
    assert seen is not None and (seen.contracts, seen.rate) == (15, None)


def test_contracts_whose_structures_are_not_read_leave_the_assumption(engine: Store, lexicon: Lexicon) -> None:
    put(engine, lexicon, SUPPLIERS, reserved(29, 1))
    made_of = calibrated(Options(), (observed((TRADE,), TODAY, Snapshot(engine), lexicon.gazetteer, least=30), None))
    assert (made_of.basis, made_of.rate) == ("assumed", 0.1)
    assert "faute de marchés réservés aux offres connues" in made_of.text


def test_a_reserved_contract_is_answered_by_those_of_its_article(engine: Store, lexicon: Lexicon) -> None:
    """One that names nobody may be answered by all the four."""
    put(engine, lexicon, SUPPLIERS, reserved(30, 1, None))
    seen = observed((TRADE,), TODAY, Snapshot(engine), lexicon.gazetteer, least=30)
    assert seen is not None and seen.could == 120
    put(engine, lexicon, SUPPLIERS, reserved(30, 1, "SIAE"))
    seen = observed((TRADE,), TODAY, Snapshot(engine), lexicon.gazetteer, least=30)
    assert seen is not None and seen.could == 30


def test_contracts_with_a_clause_are_told_and_make_no_rate(engine: Store, lexicon: Lexicon) -> None:
    put(engine, lexicon, SUPPLIERS, [contract(f"c{n}", provision="clause", offers=4) for n in range(40)])
    seen = observed((TRADE,), TODAY, Snapshot(engine), lexicon.gazetteer, least=30)
    assert seen is not None and (seen.contracts, seen.clause_contracts, seen.clause_offers) == (0, 40, 160)
    assert calibrated(Options(), (seen, None)).basis == "assumed"
