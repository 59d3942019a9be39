"""« Pourquoi pas moi ? »: each purchase that was not won has one fact, verified by asking again; the rest is counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import get_args

import pytest
from fastapi.testclient import TestClient

from search_api.app import create_app
from tests.demo_home import TODAY, demo_home
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.missed import FACTS, MissedFound, changes, find_missed
from vivier.contracts.missed_query import Fact, MissedQuery
from vivier.contracts.missed_question import Question
from vivier.contracts.query_profile import own_profile, profile_of
from vivier.engine import open_engine
from vivier.lexicon import Lexicon
from vivier.search.operators import All
from vivier.search.port import Hit, Store
from vivier.search.query import parse_parameters
from vivier.search.snapshot import Snapshot
from vivier.trades.near import near_trades

RENNES = (-1.68, 48.11)


class Asked:
    """The demonstration, asked what a profile did not win."""

    def __init__(self, engine: Store, lexicon: Lexicon) -> None:
        self.engine, self.snapshot, self.lexicon = engine, Snapshot(engine), lexicon

    def find(self, query: MissedQuery) -> MissedFound:
        return find_missed(query, self.snapshot, self.lexicon, TODAY)

    def suppliers(self) -> list[str]:
        """Forty suppliers of the demonstration."""
        return [hit.id for hit in self.snapshot.suppliers.scan(All())][:40]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory, lexicon: Lexicon) -> Iterator[Asked]:
    with closing(open_engine(demo_home(tmp_path_factory.mktemp("missed")))) as engine:
        yield Asked(engine, lexicon)


def by_hand(**changes: object) -> MissedQuery:
    given = {"trade": ("entretien-espaces-verts",), "near": RENNES, "radius_km": 40.0, "kind": ("ESAT",), "months": 120}
    return MissedQuery.model_validate(given | changes)


@pytest.mark.slow
def test_every_fact_shown_opens_the_purchase_when_asked_again(asked: Asked) -> None:
    seen: dict[Fact, int] = {}
    for supplier in asked.suppliers():
        for missed in asked.find(MissedQuery(supplier=supplier, months=120)).found:
            if missed.query is None:
                continue
            seen[missed.fact] = seen.get(missed.fact, 0) + 1
            for first in ("nothing", "supposed"):
                again = asked.find(missed.query.changed(fact=(first,), per_page=100, more_km=200))
                if missed.id in {one.id for one in again.found}:
                    break
            else:
                lots = {one.lots for one in again.found}
                assert lots != {0}, missed  # another lot of its consultation may stand for it
    assert {"trade", "farther"} <= seen.keys(), seen


@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "code", "texts"),
    [
        ("Lot 5 : blanchisserie et location de linge", "45421000", []),
        ("Lot 5 : aménagement intérieur des bureaux", "45421000", ["un métier non publié : Aménagement"]),
        ("Lot 5", "", ["publier vos métiers"]),
    ],
)
def test_a_trade_that_opens_a_purchase_is_one_that_its_lot_means(
    asked: Asked, title: str, code: str, texts: list[str]
) -> None:
    """A laundry lot is not opened by fitting-out works, whatever the code of its consultation."""
    query = by_hand(trade=("peinture-batiment",))
    own, record = own_profile(query, asked.snapshot, asked.lexicon, TODAY)
    question = Question(query, own, record, asked.lexicon, TODAY, {})
    hit = Hit("lot", 0, None, {"object": title, "cpv": code})
    told = list(dict.fromkeys(text for _, text in changes(question, hit, "trade")))
    assert len(told) == len(texts)
    assert all(text.startswith(beginning) for text, beginning in zip(told, texts, strict=True))


@pytest.mark.slow
def test_each_purchase_looked_at_is_counted_once(asked: Asked) -> None:
    for supplier in asked.suppliers():
        found = asked.find(MissedQuery(supplier=supplier, months=120))
        assert sum(found.totals.values()) + found.several == found.looked_at and found.several >= 0


@pytest.mark.slow
def test_every_collection_of_the_demonstration_is_looked_at(asked: Asked) -> None:
    assert asked.find(by_hand()).missing == ()


@pytest.mark.slow
def test_what_the_supplier_won_is_not_there(asked: Asked) -> None:
    held = 0
    for supplier in asked.suppliers():
        siren = asked.snapshot.suppliers.get([supplier])[supplier].get("siren", {}).get("value")
        for fact in get_args(Fact):
            for missed in asked.find(MissedQuery(supplier=supplier, months=120, fact=(fact,), per_page=100)).found:
                held += 1
                assert siren not in {holder.get("siren") for holder in missed.record.get("holders", ())}
    assert held


@pytest.mark.slow
def test_looking_farther_never_shows_less(asked: Asked) -> None:
    near, far = (asked.find(by_hand(more_km=km)) for km in (5, 150))
    assert near.looked_at <= far.looked_at
    assert near.totals["farther"] <= far.totals["farther"]


@pytest.mark.slow
def test_a_place_out_of_the_zone_is_told_in_kilometres_more(asked: Asked) -> None:
    seen = 0
    for supplier in asked.suppliers():
        found = asked.find(MissedQuery(supplier=supplier, months=120, fact=("farther",), more_km=150))
        km = found.profile.zone.km
        for missed in found.found if km is not None else ():
            seen += 1
            assert (
                missed.distance_km
                and missed.distance_km > (km or 0)
                and "km de plus" in missed.text.replace("\u202f", " ").replace("\xa0", " ")
            )
    assert seen


@pytest.mark.slow
def test_another_kind_is_named_only_for_what_is_reserved_to_others(asked: Asked) -> None:
    found = asked.find(MissedQuery(kind=("ESAT",), territory=("FR",), months=120, fact=("kind",), per_page=100)).found
    assert found
    for missed in found:
        assert set(missed.record["reserved_for"]).isdisjoint({"EA_ESAT", "unknown"})
        assert missed.query is not None and len(missed.query.kind) == 2


@pytest.mark.slow
def test_partners_are_told_only_when_the_lot_is_too_large_alone(asked: Asked) -> None:
    query = MissedQuery(
        territory=("FR",), kind=("ESAT",), turnover=60_000.0, months=120, fact=("partner",), per_page=100
    )
    found = asked.find(query).found
    assert found and all("cotraitance" in missed.text for missed in found)
    assert not asked.find(query.changed(turnover=1e12)).found


@pytest.mark.slow
def test_a_supplier_without_published_trade_is_never_told_that_nothing_was_missing(asked: Asked) -> None:
    for supplier in asked.suppliers():
        found = asked.find(MissedQuery(supplier=supplier))
        assert ("nothing" in found.totals) == bool(found.profile.trades or found.profile.staffing)


@pytest.mark.slow
def test_only_a_like_trade_is_told_to_be_missing(asked: Asked) -> None:
    """A cobbler's contract is not missed by gardeners."""
    trades = asked.lexicon.trades
    seen = 0
    for supplier in asked.suppliers():
        found = asked.find(MissedQuery(supplier=supplier, months=120, fact=("trade",), per_page=100))
        near = near_trades(found.profile.wanted, trades)
        for missed in found.found:
            seen += 1
            assert missed.query is not None and missed.query.trade[-1] in {*near.close, *near.family}
    assert seen


@pytest.mark.slow
def test_no_lead_is_told_to_be_closed_to_the_supplier(asked: Asked) -> None:
    """Leads and what was missed have one rule: what is a lead today lacks no trade, no place, no kind and, but for a clause, no size."""
    seen = 0
    profiles = [{"supplier": supplier} for supplier in asked.suppliers()]
    by_trade = {"trade": "entretien-espaces-verts", "near": "-1.68,48.11", "radius_km": "40"}
    profiles += [{**by_trade, "kind": kind} for kind in ("ETTI", "AI", "ESAT", "EI")]
    for profile in profiles:
        wanted = [*profile.items(), ("per_page", "100")]
        asking = parse_parameters(wanted, asked.lexicon, LeadsQuery)
        own = profile_of(asking, asked.snapshot, asked.lexicon, TODAY)
        leads = {lead.id: lead.kind for lead in find_leads(asking, own, asked.snapshot, asked.lexicon, TODAY).leads}
        for fact in ("supposed", "trade", "farther", "kind", "partner"):
            query = parse_parameters([*wanted, ("months", "120"), ("fact", fact)], asked.lexicon, MissedQuery)
            found = {missed.id for missed in asked.find(query).found}
            seen += len(found)
            for id_ in found & leads.keys():
                clause = leads[id_] == "clause_holder"
                assert (fact == "partner" and clause) or (fact == "supposed" and not (clause and own.staffing)), (
                    profile,
                    id_,
                )
    assert seen


@pytest.mark.slow
def test_one_fact_is_one_list(asked: Asked) -> None:
    assert {missed.fact for missed in asked.find(by_hand(fact=("trade",), per_page=50)).found} <= {"trade"}
    assert set(FACTS) == set(get_args(Fact))


@pytest.mark.slow
def test_a_question_for_nobody_is_refused_and_the_page_asks_for_whom(asked: Asked) -> None:
    with TestClient(create_app(asked.engine, asked.lexicon, today=lambda: TODAY)) as client:
        refused = client.get("/v1/missed")
        assert refused.status_code == 422 and refused.json()["errors"][0]["code"] == "profile_missing"
        page = client.get("/pourquoi-pas-moi")
        assert page.status_code == 200 and "Pour qui" in page.text
        found = client.get("/v1/missed", params={"trade": "entretien-espaces-verts", "territory": "region:53"})
        assert found.status_code == 200 and found.json()["meta"]["looked_at"] >= found.json()["total"]
