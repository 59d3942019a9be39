"""An offer that a label certifies counts on the days the label holds, on both engines, wherever offers are read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.conftest import ENGINES, opened
from tests.engine.reference import Reference
from tests.suppliers.conftest import House, serve
from vivier.contracts.profile import profile_of_record
from vivier.desk.facts.around import around
from vivier.desk.facts.candidates import SupplyAsked, candidates
from vivier.desk.facts.depth_read import TradeIndex
from vivier.lexicon import load_lexicon
from vivier.model import Address, Agreement, Evidence, Offer, Point, Provenance, Record
from vivier.search.operators import Search, Terms
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import find
from vivier.suppliers.query import SupplierQuery

FROM, UNTIL = date(2024, 3, 1), date(2026, 12, 31)
TRADE, PLACE = "isolation", "departement:69"
LYON = Address(post_code="69003", town="Lyon", commune="69123", point=Point(lon=4.85, lat=45.76), precision="address")
SOURCE = Provenance(source_id="test", producer="essai", dataset="essai (fictif)", licence="fictif")
DAYS = st.dates(date(2022, 1, 1), date(2029, 12, 31))


def record(key: str, evidence: Evidence, start: date | None, end: date | None) -> Record:
    return Record(
        source_id=key,
        provenance=SOURCE,
        name=f"Atelier {key}",
        agreements=(Agreement(kind="EI"),),
        address=LYON,
        offers=(Offer(trade=TRADE, evidence=evidence, service_types=("service",), valid_from=start, valid_until=end),),
    )


RECORDS = [
    record("certifié", "certified", FROM, UNTIL),
    record("sans fin", "certified", FROM, None),
    record("sans date", "certified", None, None),
    record("déclaré", "declared", None, None),
]


def expected(day: date) -> set[str]:
    """Names of the suppliers whose offer is valid on ``day``, computed without the engine."""
    valid = {"Atelier sans date", "Atelier déclaré"}
    valid |= {"Atelier sans fin"} if day >= FROM else set()
    return valid | ({"Atelier certifié"} if FROM <= day <= UNTIL else set())


@pytest.fixture(scope="module", params=ENGINES)
def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(request.param, request, tmp_path_factory.mktemp("dated")) as engine:
        yield serve(engine, RECORDS, load_lexicon())


def names(house: House, day: date, **filters: tuple[str, ...]) -> set[str]:
    query = SupplierQuery(as_of=day, per_page=50, **filters)  # type: ignore[arg-type]
    return {
        result.record["name"]["value"] for result in find(query, Snapshot(house.engine), house.lexicon, day).results
    }


@pytest.mark.slow
def test_a_certified_offer_answers_until_its_end_and_not_after(house: House) -> None:
    @settings(max_examples=30, deadline=None, derandomize=True, database=None)
    @given(DAYS | st.sampled_from([FROM, FROM - timedelta(1), UNTIL, UNTIL + timedelta(1)]))
    def check(day: date) -> None:
        assert names(house, day, trade=(TRADE,)) == expected(day)
        assert names(house, day, trade=(TRADE,), territory=(PLACE,)) == expected(day)
        assert names(house, day, service_type=("service",)) == expected(day)
        assert names(house, day, not_trade=(TRADE,)) == names(house, day) - expected(day)

    check()


def test_the_zone_of_an_offer_that_has_ended_still_serves(house: House) -> None:
    assert names(house, UNTIL + timedelta(1), territory=(PLACE,)) == {f"Atelier {one.source_id}" for one in RECORDS}


def test_facets_count_the_offers_that_hold(house: House) -> None:
    for day, count in ((UNTIL, 4), (UNTIL + timedelta(1), 3), (FROM - timedelta(1), 2)):
        found = find(SupplierQuery(as_of=day), Snapshot(house.engine), house.lexicon, day)
        assert found.answer.facets["trade"].values[TRADE] == count
        assert found.answer.facets["trade"].missing == 4 - count


def test_a_trade_whose_certificate_has_ended_is_unknown_and_counted_so(house: House) -> None:
    found = house.find(SupplierQuery(as_of=UNTIL + timedelta(1), trade=(TRADE,)))
    assert found.unknown_excluded["trade"] == 1


def test_the_engine_and_the_plain_reading_of_documents_agree(house: House) -> None:
    from indexer.document import DocumentMaker
    from vivier.suppliers.plan import plan_search
    from vivier.territory.reach import load_reach_index

    maker = DocumentMaker(house.lexicon, load_reach_index())
    reference = Reference([maker.make(supplier) for supplier in house.suppliers])
    for day in (FROM - timedelta(1), FROM, UNTIL, UNTIL + timedelta(1)):
        query = SupplierQuery(as_of=day, trade=(TRADE,), territory=(PLACE,))
        where = plan_search(query, house.lexicon, day).search.where
        found = {hit.id for hit in house.engine.open("suppliers").scan(where, records=False)}
        assert found == reference.ids(where)


def test_the_end_of_the_certificate_is_a_reason(house: House) -> None:
    query = SupplierQuery(as_of=UNTIL, trade=(TRADE,))
    texts = [reason.text for one in house.find(query).results for reason in one.reasons if reason.code == "trade"]
    assert any("valide jusqu'au 31/12/2026" in text for text in texts)


def test_the_desk_counts_only_the_offers_that_hold(house: House) -> None:
    for day in (FROM - timedelta(1), UNTIL, UNTIL + timedelta(1)):
        asked = SupplyAsked((TRADE,), (PLACE,), day, others=False)
        assert {one.name for one in candidates(asked, Snapshot(house.engine), house.lexicon)} == expected(day)
        sites = TradeIndex(Snapshot(house.engine), (TRADE,), day).sites
        assert {one.name for one in sites.values()} == expected(day)


def test_who_would_cover_with_a_larger_zone_holds_its_certificate(house: House) -> None:
    near = ("departement:38",)
    for day in (UNTIL, UNTIL + timedelta(1)):
        asked = SupplyAsked((TRADE,), near, day)
        assert {one.name for one in around(asked, Snapshot(house.engine), house.lexicon)} <= expected(day)


def test_a_lead_is_for_the_trades_that_hold(house: House) -> None:
    (found,) = house.engine.open("suppliers").search(Search(where=Terms("name_sort", ("ATELIER CERTIFIE",)))).hits
    assert profile_of_record(found.record, house.lexicon, UNTIL).trades == (TRADE,)
    assert profile_of_record(found.record, house.lexicon, UNTIL + timedelta(1)).trades == ()
