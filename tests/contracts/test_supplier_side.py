"""Leads, buyers, indicators on the fictitious contracts: what must hold whatever the data (docs/methods.md (h) and (i))."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.demo_home import TODAY, demo_home
from vivier.contracts.find import find_list, stream_list
from vivier.contracts.indicators import IndicatorsQuery, indicators
from vivier.contracts.leads import Leads, find_leads
from vivier.contracts.leads_query import BuyersQuery, LeadsQuery
from vivier.contracts.months import add_months, latest_end
from vivier.contracts.query import ContractQuery
from vivier.contracts.query_profile import profile_of
from vivier.contracts.ranking import RankedBuyers, rank_buyers
from vivier.contracts.shares import Share, wilson
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.procurement import LEAD_NAMES
from vivier.search.operators import All
from vivier.search.port import Store
from vivier.search.query import parse_parameters
from vivier.search.snapshot import Snapshot

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
COUNTS = st.integers(0, 400)


class Side:
    """The fictitious index, asked as a URL would."""

    def __init__(self, engine: Store, lexicon: Lexicon) -> None:
        self.engine, self.lexicon = engine, lexicon

    def leads(self, **asked: object) -> Leads:
        query = parse_parameters([(name, str(value)) for name, value in asked.items()], self.lexicon, LeadsQuery)
        return find_leads(
            query,
            profile_of(query, Snapshot(self.engine), self.lexicon, TODAY),
            Snapshot(self.engine),
            self.lexicon,
            TODAY,
        )

    def buyers(self, **asked: object) -> RankedBuyers:
        query = parse_parameters([(name, str(value)) for name, value in asked.items()], self.lexicon, BuyersQuery)
        return rank_buyers(
            query,
            profile_of(query, Snapshot(self.engine), self.lexicon, TODAY),
            Snapshot(self.engine),
            self.lexicon,
            TODAY,
        )

    def contracts(self, **asked: object) -> set[str]:
        query = parse_parameters([(name, str(value)) for name, value in asked.items()], self.lexicon, ContractQuery)
        return {one.id for one in stream_list(query, Snapshot(self.engine), self.lexicon, TODAY)}


@pytest.fixture(scope="module")
def side(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Side]:
    with closing(open_engine(demo_home(tmp_path_factory.mktemp("side")))) as engine:
        yield Side(engine, load_lexicon())


# -- shares ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("yes", "n", "low", "high"),
    [(19, 22, 0.667, 0.953), (14, 16, 0.640, 0.965), (10, 12, 0.552, 0.953), (2, 2, 0.342, 1), (0, 5, 0, 0.434)],
)
def test_wilson_gives_the_bounds_of_the_reference(yes: int, n: int, low: float, high: float) -> None:
    assert wilson(yes, n) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=1e-3))


@pytest.mark.slow
@given(COUNTS, COUNTS, COUNTS)
def test_an_unknown_lowers_coverage_and_leaves_the_share_of_recorded(yes: int, no: int, unknown: int) -> None:
    share, more = Share(yes, no, unknown), Share(yes, no, unknown + 1)
    assert share.of_recorded == more.of_recorded
    assert (more.coverage or 0) <= (share.coverage or 1)
    if share.n and share.recorded:
        assert (share.of_all or 0) <= (share.of_recorded or 0) <= (share.ceiling or 0) + 1e-12


@pytest.mark.slow
@given(st.integers(0, 300), st.integers(1, 300))
def test_more_yes_never_lowers_the_sure_share(yes: int, n: int) -> None:
    yes = min(yes, n)
    if yes < n:
        assert wilson(yes + 1, n)[0] >= wilson(yes, n)[0]


# -- dates -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [("2024-02-13", 11, "2025-01-13"), ("2024-08-31", 6, "2025-02-28"), ("2024-07-16", 48, "2028-07-16")],
)
def test_a_contract_ends_after_calendar_months(start: str, months: int, end: str) -> None:
    assert latest_end(date.fromisoformat(start), months) == date.fromisoformat(end)


@pytest.mark.slow
@given(DAYS, st.integers(1, 180), st.integers(0, 60))
def test_a_longer_contract_never_ends_sooner(start: date, months: int, more: int) -> None:
    assert add_months(start, months + more) >= add_months(start, months) > start


# -- leads -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_kind_of_lead_is_found_in_the_demo(side: Side) -> None:
    assert all(count > 0 for count in side.leads(kind="EI", territory="FR").totals.values())


@pytest.mark.slow
def test_a_lead_is_told_once_and_its_parts_add_up(side: Side) -> None:
    leads = side.leads(kind="EI", territory="FR", per_page=100).leads
    assert len({lead.id for lead in leads}) == len(leads)
    assert all(sum(part.points for part in lead.components) == lead.score for lead in leads)
    assert [lead.score for lead in leads] == sorted((lead.score for lead in leads), reverse=True)


@pytest.mark.slow
def test_pages_of_leads_are_the_whole_feed(side: Side) -> None:
    whole = [lead.id for lead in side.leads(kind="EI", territory="FR", per_page=60).leads]
    pages = [
        lead.id for page in (1, 2, 3) for lead in side.leads(kind="EI", territory="FR", per_page=20, page=page).leads
    ]
    assert pages == whole


def test_a_deadline_passed_is_never_open(side: Side) -> None:
    for days in (0, 10, 30, 90):
        day = TODAY + timedelta(days=days)
        found = side.leads(kind="EI", territory="FR", lead="open_notice", as_of=day, per_page=100)
        assert all(lead.due is None or lead.due >= day for lead in found.leads)


def test_contracts_told_as_ending_do_end_in_the_window(side: Side) -> None:
    found = side.leads(
        territory="FR", lead="expiring_contract", ends_after_months=3, ends_before_months=9, per_page=100
    )
    first, last = add_months(TODAY, 3), add_months(TODAY, 9)
    assert found.leads and all(lead.due is not None and first <= lead.due <= last for lead in found.leads)
    assert not any(lead.record.get("renewed_by") for lead in found.leads)


def test_what_is_reserved_to_my_family_comes_before_what_is_not(side: Side) -> None:
    parts = [
        {part.name: part.value for part in lead.components}
        for lead in side.leads(kind="ESAT", territory="FR", lead="expiring_contract", per_page=100).leads
        if "EA_ESAT" in lead.record.get("reserved_for", ())
    ]
    assert parts and all(one["provision"] == pytest.approx(1.0) for one in parts)


@pytest.mark.parametrize(
    "more", [{"trade": "entretien-espaces-verts"}, {"provision": "reserved"}, {"since": "2026-06-01"}]
)
def test_adding_a_filter_never_adds_leads(side: Side, more: dict[str, str]) -> None:
    whole, less = side.leads(kind="EI", territory="FR"), side.leads(kind="EI", territory="FR", **more)
    assert all(less.totals[kind] <= whole.totals[kind] for kind in LEAD_NAMES)


def test_a_supplier_of_the_index_is_a_profile(side: Side) -> None:
    hit = next(iter(side.engine.open("suppliers").scan(All())))
    found = side.leads(supplier=hit.id)
    assert found.profile.supplier == hit.id and found.profile.name == hit.record["name"]["value"]


# -- buyers ------------------------------------------------------------------------------------------------------


def test_the_factors_of_a_rank_multiply_to_its_score(side: Side) -> None:
    for buyer in side.buyers(near="2.35,48.85", radius_km=200, per_page=50).buyers:
        product = buyer.record_factor * buyer.volume_factor * buyer.proximity_factor * buyer.recency_factor
        assert buyer.score == pytest.approx(product, abs=1e-9)
        assert buyer.social.n == buyer.environmental.n == buyer.contracts


def test_the_environmental_order_ranks_the_environmental_record(side: Side) -> None:
    found = side.buyers(sort="environmental", per_page=100)
    assert found.record == "environmental"
    assert all(buyer.record_factor == pytest.approx(buyer.environmental.interval[0]) for buyer in found.buyers)
    assert [one.score for one in found.buyers] == sorted((one.score for one in found.buyers), reverse=True)
    assert [one.siren for one in found.buyers] != [one.siren for one in side.buyers(per_page=100).buyers]


@pytest.mark.parametrize("sort", ["rank", "unused"])
def test_an_ordinary_labelled_company_sees_the_environmental_record(side: Side, sort: str) -> None:
    labelled = side.buyers(label="EU_ECOLABEL", sort=sort)
    assert labelled.record == "environmental"
    assert all("considération sociale" not in rule.text for rule in labelled.left_out)
    assert sort == "rank" or any("considération environnementale" in rule.text for rule in labelled.left_out)
    inclusive = side.buyers(label="EU_ECOLABEL", kind="EI", sort=sort)
    assert inclusive.record == "social"
    assert all("environnementale" not in rule.text for rule in inclusive.left_out)


def test_buyers_are_ordered_and_each_told_once(side: Side) -> None:
    found = side.buyers(per_page=100)
    assert [one.score for one in found.buyers] == sorted((one.score for one in found.buyers), reverse=True)
    assert len({one.siren for one in found.buyers}) == len(found.buyers) <= found.total


def test_a_buyer_is_found_by_a_word_of_its_name(side: Side) -> None:
    first = side.buyers(sort="volume").buyers[0]
    assert first.record is not None and first.record["name"]
    named = side.buyers(q=first.record["name"], sort="volume", per_page=100)
    assert first.siren in {one.siren for one in named.buyers}


# -- indicators --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["year", "buyer_category", "division", "kind"])
def test_rows_of_indicators_add_up_to_the_whole(side: Side, by: str) -> None:
    query = parse_parameters([("by", by)], side.lexicon, IndicatorsQuery)
    found = indicators(query, Snapshot(side.engine), side.lexicon, TODAY)
    for name in ("social", "environmental"):
        rows = [getattr(row, name).share for row in found.rows]
        whole = getattr(found.total, name).share
        if by != "division":  # a contract without a CPV is in no division
            assert sum(share.n for share in rows) == whole.n
        assert all(share.yes + share.no + share.unknown == share.n for share in (*rows, whole))


def test_the_total_of_a_search_is_that_of_its_export(side: Side) -> None:
    query = parse_parameters([("provision", "clause"), ("per_page", "5")], side.lexicon, ContractQuery)
    found = find_list(query, Snapshot(side.engine), side.lexicon, TODAY)
    assert found.total == len(side.contracts(provision="clause")) > 5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("whole", "less"),
    [({}, {"social": "yes"}), ({"ending_months": 18}, {"ending_months": 6}), ({}, {"amount_min": 50000})],
)
def test_a_narrower_search_of_contracts_finds_nothing_more(
    side: Side, whole: dict[str, Any], less: dict[str, Any]
) -> None:
    assert side.contracts(**less) <= side.contracts(**whole)
