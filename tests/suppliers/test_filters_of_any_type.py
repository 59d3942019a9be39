"""One declared line makes a filter of any type: here a date, on a query of one's own, from the URL to both engines."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field

from search_api.pages.words import left_out, value_label
from tests.suppliers.conftest import House
from vivier.errors import InvalidRequest
from vivier.lexicon import Lexicon
from vivier.search.filters import Filter
from vivier.search.query import Day, days, unknowns
from vivier.suppliers.query import SupplierQuery, parse_query


class DatedQuery(SupplierQuery):
    """The search for suppliers, and two bounds on the day of the newest fact."""

    updated_after: Annotated[
        Day | None,
        Field(description="mis à jour à partir du"),
        Filter("Mis à jour à partir du", "updated", bound="gte", unknown="la mise à jour"),
    ] = None
    updated_before: Annotated[
        Day | None, Field(description="mis à jour jusqu'au"), Filter("Mis à jour jusqu'au", "updated", bound="lte")
    ] = None


def matching_ids(house: House, **parameters: str) -> set[str]:
    """The ids of all the suppliers that match the parameters."""
    query = parse_query(parameters.items(), house.lexicon, DatedQuery)
    found = house.find(query)
    return {hit.id for hit in house.engine.open("suppliers").scan(found.plan.search.where, records=False)}


@pytest.mark.slow
@pytest.mark.parametrize("served", ["demo", pytest.param("demo_on_node", marks=pytest.mark.node)])
def test_a_date_is_a_bound_like_another_on_both_engines(served: str, request: pytest.FixtureRequest) -> None:
    house: House = request.getfixturevalue(served)
    whole = matching_ids(house)
    after, before = matching_ids(house, updated_after="2026-06-01"), matching_ids(house, updated_before="2026-05-31")
    assert after and before and not after & before
    assert after | before <= whole
    assert matching_ids(house, updated_after="2026-06-01", include_unknown="updated") == whole - before


def test_bounds_on_days_the_wrong_way_round_are_refused_by_their_titles(lexicon: Lexicon) -> None:
    given = {"updated_after": "2026-06-02", "updated_before": "2026-06-01"}
    with pytest.raises(InvalidRequest, match="Mis à jour à partir du"):
        parse_query(given.items(), lexicon, DatedQuery)


def test_what_may_be_unknown_is_read_off_the_declared_bounds(lexicon: Lexicon) -> None:
    assert set(unknowns(DatedQuery)) == {*unknowns(SupplierQuery), "updated"}
    with pytest.raises(InvalidRequest, match=", ".join(unknowns(DatedQuery))):
        parse_query({"include_unknown": "seat"}.items(), lexicon, DatedQuery)
    schema = DatedQuery.model_json_schema()["properties"]["include_unknown"]["items"]
    assert schema["enum"] == list(unknowns(DatedQuery))


def test_a_page_asks_a_day_with_a_calendar_whatever_its_name() -> None:
    assert days(DatedQuery) == {*days(SupplierQuery), "updated_after", "updated_before"}


def test_a_day_without_its_month_is_refused_in_french(lexicon: Lexicon) -> None:
    with pytest.raises(InvalidRequest) as refused:
        parse_query({"updated_after": "2026"}.items(), lexicon, DatedQuery)
    assert [error.message for error in refused.value.errors] == [
        "« updated_after » est une date AAAA-MM-JJ (reçu : 2026)."
    ]


def test_what_is_unknown_has_the_french_name_of_its_declaration(lexicon: Lexicon) -> None:
    assert value_label("include_unknown", "updated", lexicon, DatedQuery) == "la mise à jour"
    assert left_out({"updated": 2}, "structure", DatedQuery) == [
        "2 structures dont on ignore la mise à jour : hors de cette liste."
    ]
