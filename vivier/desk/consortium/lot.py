"""The groups shown with a lot that has several trades or places, or that no structure is known to bear alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from vivier.desk.consortium.build import supplied
from vivier.desk.consortium.need import MOST_PARTS, MOST_TRADES, Cell, Need, Supplies
from vivier.desk.consortium.read import Studied, among, by_part
from vivier.desk.method.assessing import Pool
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot

TOO_MANY: Final = f"Groupements non cherchés : {MOST_TRADES} métiers et {MOST_PARTS} lieux au plus par lot."


def too_many(need: Need) -> bool:
    """Whether the lot has too many trades or places to look for groups."""
    return len(need.trades) > MOST_TRADES or len(need.parts) > MOST_PARTS


def of_lot(
    need: Need,
    by_trade: Mapping[str, Pool],
    snapshot: Snapshot,
    lexicon: Lexicon,
) -> Studied | None:
    """Groups for a lot, preferably of known capacities. ``None`` for a lot of one trade and one place that one structure is known
    to bear, or that has no amount. ``by_trade``: the candidates of each trade."""
    pools = {
        cell: pool
        for trade in need.trades
        for cell, pool in _cells(trade, by_trade[trade], need, snapshot, lexicon).items()
    }
    supplies = supplied(need, pools)
    if len(pools) == 1 and _one_suffices(need, supplies):
        return None
    return among(need, supplies, snapshot, lexicon, surely=True)


def _cells(trade: str, pool: Pool, need: Need, snapshot: Snapshot, lexicon: Lexicon) -> dict[Cell, Pool]:
    if len(need.parts) == 1:
        return {(trade, need.parts[0]): pool}
    found = by_part(trade, pool.candidates, need.parts, need.as_of, snapshot, lexicon)
    return {cell: Pool(some) for cell, some in found.items()}


def _one_suffices(need: Need, supplies: Supplies) -> bool:
    """Whether one structure is known to bear the lot. Without an amount, any structure bears it."""
    return any(
        need.annual is None or structure.bears(need.annual, need.share) == "able"
        for cells in supplies.values()
        for supply in cells.values()
        for structure in supply.eligible
    )
