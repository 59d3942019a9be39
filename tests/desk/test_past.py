"""What others did for the like, and what was reserved around: counted on contracts, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.awarded import BUYERS, TODAY, TRADE, contract, put, structure
from tests.engine.conftest import ENGINES, opened
from vivier.desk.facts.past import History, Past, history, past
from vivier.lexicon import Lexicon
from vivier.search.port import Store
from vivier.search.snapshot import Snapshot

pytestmark = pytest.mark.slow


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with opened(request.param, request, tmp_path) as fresh:
        yield fresh


def told(engine: Store, lexicon: Lexicon, amount: float | None = 48_000) -> Past:
    return past((TRADE,), ("77310000",), amount, 24, TODAY, Snapshot(engine), lexicon)


def around(engine: Store, lexicon: Lexicon, territory: str = "commune:35047") -> History:
    return history((TRADE,), (territory,), TODAY, Snapshot(engine), lexicon)


def test_offers_and_durations_are_medians_of_the_contracts_that_tell_them(engine: Store, lexicon: Lexicon) -> None:
    contracts = [
        contract("c1", offers=1, months=12),
        contract("c2", offers=4, months=24),
        contract("c3", offers=7, months=36),
        contract("c4", months=48),
        contract("other class", cpv="90910000", offers=9),
        contract("concession", kind="concession", offers=20),
    ]
    put(engine, lexicon, [structure(0)], contracts)
    found = told(engine, lexicon)
    assert (found.basis, found.total) == ("CPV 7731", 5)
    assert (found.offers_known, found.offers_median, found.one_offer) == (3, 4.0, 1)
    assert found.months_median == 30


def test_nothing_is_said_of_offers_that_nobody_tells(engine: Store, lexicon: Lexicon) -> None:
    put(engine, lexicon, [structure(0)], [contract("c1")])
    found = told(engine, lexicon)
    assert (found.offers_known, found.offers_median, found.one_offer) == (0, None, 0)


def test_contracts_of_like_size_are_counted_and_come_first(engine: Store, lexicon: Lexicon) -> None:
    made = [contract("small", amount=2_000), contract("like", amount=60_000), contract("large", amount=10**6)]
    put(engine, lexicon, [structure(0)], made)
    found = told(engine, lexicon)
    assert (found.alike, found.listed[0]["id"]) == (1, "like")
    assert told(engine, lexicon, None).alike is None


def test_a_nominal_amount_is_not_an_amount(engine: Store, lexicon: Lexicon) -> None:
    put(engine, lexicon, [structure(0)], [contract("framework", amount=1.0, quality=("amount_symbolic",))])
    assert "amount" not in told(engine, lexicon).listed[0]


def test_reserved_contracts_of_the_trade_come_before_the_others_of_the_departement(
    engine: Store, lexicon: Lexicon
) -> None:
    reserved = {"provision": "reserved", "reserved_for": "EA_ESAT", "buyer": BUYERS[1]}
    contracts = [
        contract("laundry", cpv="98310000", **reserved),
        contract("lawns", offers=2, **reserved),
        contract("elsewhere", place="commune:29232", **reserved),
        contract("not reserved"),
    ]
    put(engine, lexicon, [structure(0)], contracts)
    found = around(engine, lexicon)
    assert (found.territories, found.total, found.in_trade) == (("departement:35",), 2, 1)
    assert [(one["id"], one["in_trade"]) for one in found.listed] == [("lawns", True), ("laundry", False)]
