"""Whoever lends people is found by the trade of lending them, by the kind of its service or the statute of its kind, with the trades it lends for."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.homes import opened
from tests.demo_home import TODAY, demo_home
from vivier.lexicon import load_lexicon
from vivier.search.operators import All
from vivier.suppliers.find import find
from vivier.suppliers.offers import lends
from vivier.suppliers.query import SupplierQuery
from vivier.trades.table import STAFFING
from vivier.validity import holds_on


@pytest.mark.slow
def test_every_supplier_with_an_offer_of_staffing_answers_the_trade_of_lending_people(tmp_path: Path) -> None:
    lexicon, found, page = load_lexicon(), set[str](), 1
    with opened(demo_home(tmp_path)) as snapshot:
        lending = {
            hit.id
            for hit in snapshot.suppliers.scan(All())
            if any(lends(fact["value"]) and holds_on(fact["value"], TODAY) for fact in hit.record.get("offers", ()))
            and not hit.record.get("closed", {}).get("value")
            and not hit.record.get("not_offered")
        }
        while True:
            query = SupplierQuery(trade=(STAFFING,), per_page=100, page=page)
            results = find(query, snapshot, lexicon, TODAY).results
            found |= {result.id for result in results}
            if not results:
                break
            assert all(any(why.code in ("trade", "service_type") for why in each.reasons) for each in results)
            page += 1
    assert len(lending) > 20 and lending <= found
