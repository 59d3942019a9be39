"""Trades near some others: whoever does one of them may know how to do these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from vivier.trades.table import Trades


@dataclass(frozen=True)
class NearTrades:
    """Trades near some others. ``close``: their broader trades and the trades of the same parent; ``family``: the other trades of their
    group."""

    close: tuple[str, ...]
    family: tuple[str, ...]


@lru_cache(maxsize=1024)
def near_trades(codes: tuple[str, ...], trades: Trades) -> NearTrades:
    """The trades near those of some codes. Narrower trades are left out: suppliers that do them match the search itself. Raises
    ``NotFound`` for an unknown code."""
    within = {*codes, *(narrower.code for code in codes for narrower in trades.descendants(code))}
    broader = [above.code for code in codes for above in trades.ancestors(code)]
    parents = {trades.get(code).parent for code in codes} - {None}
    groups = {trades.get(code).group for code in codes}
    close = dict.fromkeys((*broader, *(trade.code for trade in trades if trade.parent in parents)))
    family = dict.fromkeys(trade.code for trade in trades if trade.group in groups)
    return NearTrades(
        tuple(code for code in close if code not in within),
        tuple(code for code in family if code not in within and code not in close),
    )


def joined(codes: Iterable[str], trades: Trades) -> tuple[tuple[str, ...], ...]:
    """The trades in groups, in order: those that are near enough that who does one may do the others (one is broader than the other, or both
    have the same parent) go together. Raises ``NotFound`` for an unknown code."""
    order, groups = list(dict.fromkeys(codes)), list[list[str]]()
    for code in order:
        near = {*near_trades((code,), trades).close, *(each.code for each in trades.descendants(code))}
        touched = [group for group in groups if not near.isdisjoint(group)]
        groups = [group for group in groups if group not in touched]
        groups.append([each for group in touched for each in group] + [code])
    return tuple(sorted((tuple(sorted(group, key=order.index)) for group in groups), key=lambda g: order.index(g[0])))
