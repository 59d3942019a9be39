"""The bridge between what sources say of trades (ROME codes, names) and the trade table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from vivier.trades import Trade, load_trades

TOO_MANY = 4


@cache
def trades_of_rome(code: str) -> tuple[str, ...]:
    """Codes of the trades a job of this ROME code is evidence of; empty when the table has none.

    A ROME code is a job, coarser than a trade: K2204 (cleaner) stands under office cleaning, hospital cleaning, façades,
    vehicles… A cleaner hired proves the first, not the others. So only the trades that name the code first are kept (all
    of them when none does), and a specialisation is left out when the broader trade is there. A code that still stands for
    more than :data:`TOO_MANY` trades (a shop assistant, a cook's help) proves none.
    """
    listed = load_trades().by_rome(code)
    found = [trade for trade in listed if trade.rome[0] == code.strip().upper()] or list(listed)
    codes = {trade.code for trade in found}
    kept = tuple(trade.code for trade in found if not _broader(trade) & codes)
    return kept if len(kept) <= TOO_MANY else ()


def _broader(trade: Trade) -> set[str]:
    return {ancestor.code for ancestor in load_trades().ancestors(trade.code)}


@cache
def trade_names() -> Mapping[str, str]:
    """French name of every trade, by code."""
    return {trade.code: trade.name for trade in load_trades()}
