"""A declared volume and a trade that is refused, on each engine: the same capacity, the same groups."""

from __future__ import annotations

import pytest

from indexer.build import build_generation
from indexer.merge import merge
from indexer.stock import Ready
from tests.indexer.records import record
from tests.search_api.corpus import TODAY
from vivier.lexicon import Lexicon
from vivier.model import Address, Agreement, Capacity, NotOffered, Offer
from vivier.search.port import Store
from vivier.search.snapshot import Snapshot
from vivier.suppliers.find import find, groups
from vivier.suppliers.query import parse_query

pytestmark = pytest.mark.slow
TRADE, NARROWER = "entretien-espaces-verts", "elagage-abattage"
PLACE = Address(town="RENNES", post_code="35000", commune="35238")


@pytest.fixture
def served(engine: Store, lexicon: Lexicon) -> Snapshot:
    """Four structures of Rennes: three do a trade, one is silent; two of them declare."""
    kinds = (Agreement(kind="EI"),)
    does = (Offer(trade=NARROWER, evidence="declared"),)
    small = (Capacity(value=100_000, unit="eur_year", year=2024),)
    able = (*small, Capacity(value=80_000, unit="volume_eur_year", year=2026))
    refused = (NotOffered(trade=TRADE),)
    records = [
        record("list", "small", agreements=kinds, address=PLACE, offers=does, capacities=small),
        record("list", "able", agreements=kinds, address=PLACE, offers=does, capacities=able),
        record("list", "refuses", agreements=kinds, address=PLACE, offers=does, not_offered=refused),
        record("list", "silent", agreements=kinds, address=PLACE, not_offered=refused),
    ]
    named = [one.changed(name=one.source_id) for one in records]
    generation, _ = build_generation(engine, Ready(merge(named).suppliers), lexicon)
    engine.promote("suppliers", generation.name)
    return Snapshot(engine)


def names(served: Snapshot, lexicon: Lexicon, *query: tuple[str, str]) -> dict[str, list[str]]:
    found = find(parse_query((*query, ("territory", "departement:35")), lexicon), served, lexicon, TODAY)
    answer = {
        group.code: [each.record["name"]["value"] for each in group.results] for group in groups(found, served, lexicon)
    }
    return {**answer, "exact": [each.record["name"]["value"] for each in found.results]}


def test_who_refuses_a_trade_is_in_no_group_for_it(served: Snapshot, lexicon: Lexicon) -> None:
    for trade in (TRADE, NARROWER):
        found = names(served, lexicon, ("trade", trade))
        assert sorted(found["exact"]) == ["able", "small"] and found["to_ask"] == found["farther"] == []
    other = names(served, lexicon, ("trade", "blanchisserie"))
    assert sorted(other["to_ask"]) == ["refuses", "silent"]


def test_a_declared_volume_orders_and_filters(served: Snapshot, lexicon: Lexicon) -> None:
    assert names(served, lexicon, ("trade", TRADE), ("lot_amount", "50000"))["exact"] == ["able", "small"]
    assert names(served, lexicon, ("volume_min", "80000"))["exact"] == ["able"]
    assert names(served, lexicon, ("volume_min", "80001"))["exact"] == []
