"""The same fictitious contracts in both engines: the same leads and buyers, in the same order, with the same counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from indexer.contracts.workers import ContractDocuments, buyer_document, buyers_of
from tests.engine.conftest import opened
from tests.search_api.contracts.corpus import TODAY, contracts
from vivier.contracts.calls import calls_of
from vivier.contracts.held_labels import HeldLabel
from vivier.contracts.lead_search import lead_search
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import BuyersQuery, LeadsQuery
from vivier.contracts.profile import Profile, Zone
from vivier.contracts.ranking import rank_buyers
from vivier.lexicon import Lexicon, load_lexicon
from vivier.procurement import LeadKind
from vivier.search.operators import Sort
from vivier.search.port import Store
from vivier.search.snapshot import Snapshot

ROUBAIX = (3.18, 50.69)
KNOWN = Profile(("entretien-espaces-verts",), Zone(ROUBAIX, 40.0), ("ESAT",), supplier="pages-jardins")
SILENT = replace(KNOWN, trades=(), supposed=(("entretien-espaces-verts", 5), ("blanchisserie", 4)), people=2.0)
EVERYWHERE = Profile((), Zone(), ("ETTI",))
LABELLED = replace(KNOWN, kinds=(), labels=(HeldLabel("ISO14001"), HeldLabel("FSC")), ordinary=True)
PROFILES = {"known": KNOWN, "silent": SILENT, "everywhere": EVERYWHERE, "labelled": LABELLED}
QUERIES = (
    LeadsQuery(kind=("ESAT",)),
    LeadsQuery(kind=("ESAT",), also=("too_large", "national", "expired")),
    LeadsQuery(kind=("ESAT",), per_page=3, page=2),
)


def served(engine: Store, lexicon: Lexicon) -> Snapshot:
    documents = ContractDocuments(lexicon)
    for collection, made in (
        ("contracts", (documents.make(contract) for contract in contracts())),
        ("buyers", (buyer_document(buyer, lexicon) for buyer in buyers_of(contracts()))),
    ):
        building = engine.build(collection)  # type: ignore[arg-type]
        building.add(made)
        engine.promote(collection, building.finish({}).name)  # type: ignore[arg-type]
    return Snapshot(engine)


@pytest.fixture(scope="module")
def embedded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with opened("embedded", request, tmp_path_factory.mktemp("embedded")) as engine:
        yield served(engine, load_lexicon())


@pytest.fixture(scope="module")
def node(
    opensearch_url: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Snapshot]:
    with opened("opensearch", request, tmp_path_factory.mktemp("node")) as engine:
        yield served(engine, load_lexicon())


@pytest.mark.parametrize("query", QUERIES, ids=str)
@pytest.mark.parametrize("who", PROFILES)
def test_leads_are_the_same_on_both_engines(embedded: Snapshot, node: Snapshot, who: str, query: LeadsQuery) -> None:
    one, other = (find_leads(query, PROFILES[who], snapshot, load_lexicon(), TODAY) for snapshot in (embedded, node))
    assert one == other


@pytest.mark.parametrize("sort", ["rank", "call", "reserved", "volume"])
@pytest.mark.parametrize("who", PROFILES)
def test_buyers_are_the_same_on_both_engines(embedded: Snapshot, node: Snapshot, who: str, sort: str) -> None:
    query = BuyersQuery(kind=("ESAT",), sort=sort)
    one, other = (rank_buyers(query, PROFILES[who], snapshot, load_lexicon(), TODAY) for snapshot in (embedded, node))
    assert one == other
    assert calls_of(query, one, embedded, TODAY) == calls_of(query, other, node, TODAY)


def test_a_lead_counted_beside_is_in_no_list(embedded: Snapshot) -> None:
    """What a search counts as left out meets none of its own conditions."""
    search = lead_search("expiring_contract", QUERIES[0], SILENT, load_lexicon(), TODAY)
    found = {hit.id for hit in embedded.contracts.scan(search.where, records=False)}
    for _, condition in search.counts:
        assert found.isdisjoint(hit.id for hit in embedded.contracts.scan(condition, records=False))


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        ("open_notice", "deadline"),
        ("planned_project", "planned"),
        ("expiring_contract", "ends"),
        ("clause_holder", "ends"),
    ],
)
def test_of_equal_leads_the_soonest_comes_first(kind: LeadKind, day: str) -> None:
    assert lead_search(kind, QUERIES[0], KNOWN, load_lexicon(), TODAY).sort == (Sort("score"), Sort(day))
