"""Nothing or little found: what else there is."""

from __future__ import annotations

import pytest

from tests.suppliers.conftest import TODAY, House
from vivier.search.snapshot import Snapshot
from vivier.suppliers.beyond import LITTLE, Beyond, beyond


def beyond_of(house: House, **parameters: str) -> Beyond:
    more = beyond(house.ask(**parameters), Snapshot(house.engine), house.lexicon, TODAY)
    assert more is not None
    return more


def test_enough_results_say_nothing_of_what_lies_beyond(judged: House) -> None:
    found = judged.ask(trade="entretien-espaces-verts")
    assert found.total >= LITTLE
    assert beyond(found, Snapshot(judged.engine), judged.lexicon, TODAY) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    "parameters",
    [
        {"trade": "debroussaillage", "territory": "departement:69"},
        {"cpv": "77340000", "territory": "departement:69", "kind": "ESAT"},
        {"q": "tonte pelouses", "territory": "departement:62"},
        {"q": "tonte pelouses", "kind": "EATT"},
    ],
)
def test_each_total_is_the_one_of_the_search_it_offers(judged: House, parameters: dict[str, str]) -> None:
    found = judged.ask(**parameters)
    more = beyond_of(judged, **parameters)
    for one in (*more.relaxations, *more.trades):
        assert judged.find(one.query).total == one.total > 0
    assert all(one.total > found.total for one in more.relaxations)


def test_a_place_that_is_dropped_is_called_as_on_the_page(judged: House) -> None:
    more = beyond_of(judged, cpv="77340000", territory="departement:69", kind="ESAT")
    texts = [one.text for one in more.relaxations]
    assert any("« Lieu »" in text for text in texts), texts
    assert not any("Territoire" in text for text in texts)


def test_a_change_is_counted_with_the_typing_errors_corrected_as_the_search_corrects_them(judged: House) -> None:
    more = beyond_of(judged, q="blanchiserie", kind="EATT")
    without = next(one for one in more.relaxations if one.parameter == "kind")
    assert judged.find(without.query).total == without.total > 0


def test_related_trades_are_of_the_family_and_not_those_asked(judged: House) -> None:
    trades = judged.lexicon.trades
    more = beyond_of(judged, trade="debroussaillage", territory="departement:69")
    group = trades.get("debroussaillage").group
    assert more.trades
    assert {trades.get(one.code).group for one in more.trades} == {group}
    assert "debroussaillage" not in {one.code for one in more.trades}


def test_trades_are_read_in_the_words_when_no_trade_is_asked(judged: House) -> None:
    more = beyond_of(judged, q="tonte de pelouses", territory="departement:75")
    assert "entretien-espaces-verts" in {one.code for one in more.trades}
    assert all(one.query.q is None and one.query.trade == (one.code,) for one in more.trades)


def test_when_no_single_change_is_enough_filters_are_dropped_two_by_two(judged: House) -> None:
    more = beyond_of(judged, trade="debroussaillage", q="zzyzx", kind="EATT")
    single = {"trade", "q", "kind"}
    pairs = [one for one in more.relaxations if one.parameter not in single]
    assert pairs == list(more.relaxations) and len(pairs) <= 4
    assert all(set(one.parameter.split(",")) <= single for one in pairs)
    assert [one.total for one in pairs] == sorted(one.total for one in pairs)
    assert all(judged.find(one.query).total == one.total > 0 for one in pairs)
