"""One declared line makes a filter on any list of the supplier side: here on queries of one's own, from the URL to the answer."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field

from tests.search_api.contracts.corpus import TODAY
from vivier.contracts.find import find_list
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import BuyersQuery, LeadsQuery
from vivier.contracts.query import ContractQuery
from vivier.contracts.query_profile import profile_of
from vivier.contracts.ranking import rank_buyers
from vivier.contracts.relax import relaxed_list, relaxed_profile
from vivier.engine.embedded.store import EmbeddedStore
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon
from vivier.search.filters import Filter
from vivier.search.query import Amount, Codes, parse_parameters, unknowns
from vivier.search.snapshot import Snapshot

CATEGORIES = {"services": "services", "works": "travaux", "supplies": "fournitures"}
Category = Annotated[
    Codes, Field(description="type d'achat"), Filter("Type d'achat", "category", allowed=CATEGORIES, facet=True)
]


class LongQuery(ContractQuery):
    """Contracts by their duration."""

    months_min: Annotated[
        Amount | None,
        Field(description="durée minimale, mois"),
        Filter("Durée minimale", "months", bound="gte", unknown="la durée"),
    ] = None


class LeadsByCategory(LeadsQuery):
    """Leads by the category of the purchase."""

    category: Category = ()


class BuyersByCategory(BuyersQuery):
    """Buyers by the category of what they buy."""

    category: Category = ()


@pytest.fixture
def snapshot(engine: EmbeddedStore) -> Snapshot:
    return Snapshot(engine)


def test_a_number_is_a_bound_and_counts_what_it_leaves_out_unknown(snapshot: Snapshot, lexicon: Lexicon) -> None:
    def total(**asked: str) -> int:
        query = parse_parameters(asked.items(), lexicon, LongQuery)
        return find_list(query, snapshot, lexicon, TODAY).total

    found = find_list(LongQuery(months_min=24), snapshot, lexicon, TODAY)
    assert 0 < found.total < total()
    assert all(result.record["months"] >= 24 for result in found.results)
    assert total(months_min="24", include_unknown="months") == found.total + found.unknown_excluded["months"]
    assert unknowns(LongQuery)["months"] == "la durée"


def test_an_empty_list_proposes_to_drop_it_by_its_title(snapshot: Snapshot, lexicon: Lexicon) -> None:
    found = find_list(LongQuery(months_min=1000), snapshot, lexicon, TODAY)
    assert [one.text for one in relaxed_list(found, snapshot, lexicon)] == ["sans « Durée minimale »"]


@pytest.mark.parametrize("model", [LeadsByCategory, BuyersByCategory])
def test_a_code_filters_what_a_profile_is_given(
    model: type[LeadsByCategory] | type[BuyersByCategory], snapshot: Snapshot, lexicon: Lexicon
) -> None:
    def total(category: str) -> int:
        query = parse_parameters([("territory", "FR"), ("category", category)], lexicon, model)
        profile = profile_of(query, snapshot, lexicon, TODAY)
        if isinstance(query, LeadsByCategory):
            return find_leads(query, profile, snapshot, lexicon, TODAY).total
        return rank_buyers(query, profile, snapshot, lexicon, TODAY).total

    assert total("services") > 0 == total("works")
    with pytest.raises(InvalidRequest, match="category"):
        total("nothing")


def test_a_profile_without_any_lead_is_told_what_its_filter_removes(snapshot: Snapshot, lexicon: Lexicon) -> None:
    query = LeadsByCategory(territory=("FR",), category=("works",))
    assert "sans « Type d'achat »" in [one.text for one in relaxed_profile(query, 0, snapshot, lexicon, TODAY)]
