"""Trades near those of a search: neighbours, then the family, and never those that the search already finds."""

from __future__ import annotations

import pytest

from vivier.belief.does import doing
from vivier.lexicon import Lexicon
from vivier.trades.find import find_trades
from vivier.trades.near import near_trades


def test_neighbours_and_family_leave_out_what_the_search_finds(lexicon: Lexicon) -> None:
    for trade in lexicon.trades:
        within = {trade.code, *(narrower.code for narrower in lexicon.trades.descendants(trade.code))}
        found = near_trades((trade.code,), lexicon.trades)
        assert within.isdisjoint(found.close) and within.isdisjoint(found.family), trade.code
        assert set(found.close).isdisjoint(found.family), trade.code
        assert {each.code for each in lexicon.trades.ancestors(trade.code)} <= {*found.close}
        assert {lexicon.trades.get(code).group for code in found.family} <= {trade.group}
        siblings = {each.code for each in lexicon.trades if trade.parent and each.parent == trade.parent} - within
        assert siblings <= {*found.close}


def test_a_trade_is_found_by_its_name_then_by_its_words_else_by_spelling(lexicon: Lexicon) -> None:
    table, analysis = lexicon.trades, lexicon.analysis
    trade = table.get("blanchisserie")
    assert find_trades(trade.name, table, analysis)[0] == trade
    assert find_trades("", table, analysis) == tuple(map(table.get, table.suggest("", 10)))
    nearest = find_trades("blanchiserrie", table, analysis)
    assert nearest[0] == trade and len(nearest) <= 10
    for each in list(table)[:40]:
        assert each in find_trades(each.name, table, analysis)


@pytest.mark.parametrize(
    ("kinds", "does"),
    [((), True), (("ETTI",), False), (("GEIQ", "EATT"), False), (("ETTI", "ESAT"), True), (("EI",), True)],
)
def test_a_structure_that_only_lends_people_does_not_do_the_work(kinds: tuple[str, ...], does: bool) -> None:
    assert doing(kinds) is does
