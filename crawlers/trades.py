"""The bridge between what sources say of trades (ROME codes, names) and the trade table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from vivier.trades import load_trades


@cache
def trades_of_rome(code: str) -> tuple[str, ...]:
    """Codes of the trades that recruit under a ROME code; empty when the table has none."""
    return tuple(trade.code for trade in load_trades().by_rome(code))


@cache
def trade_names() -> Mapping[str, str]:
    """French name of every trade, by code."""
    return {trade.code: trade.name for trade in load_trades()}
