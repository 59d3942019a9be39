"""Trades near those of a search: neighbours, then the family, and never those that the search already finds."""

from __future__ import annotations

from vivier.lexicon import Lexicon
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
