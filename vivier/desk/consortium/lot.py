"""The groups shown with a lot: when it names several trades or places, or when no structure alone is known to bear it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from vivier.desk.consortium.build import gated
from vivier.desk.consortium.need import MOST_PARTS, MOST_TRADES, Need, Supplies
from vivier.desk.consortium.read import Studied, among, by_part
from vivier.desk.method.supply import Candidate
from vivier.engine.snapshot import Snapshot
from vivier.lexicon import Lexicon

TOO_MANY: Final = f"Groupements non cherchés : {MOST_TRADES} métiers et {MOST_PARTS} lieux au plus par lot."


def too_many(need: Need) -> bool:
    """More trades or places than groups are looked for."""
    return len(need.trades) > MOST_TRADES or len(need.parts) > MOST_PARTS


def of_lot(
    need: Need,
    pool: Callable[[str], Sequence[Candidate]],
    snapshot: Snapshot,
    lexicon: Lexicon,
) -> Studied | None:
    """Groups for a lot, those of known capacities first; ``None`` when one structure is known to suffice, or when the lot has
    neither several trades nor an amount. ``pool``: the candidates of a trade, already read."""
    pools = {
        cell: some
        for trade in need.trades
        for cell, some in by_part(trade, pool(trade), need.parts, need.as_of, snapshot, lexicon).items()
    }
    supplies = gated(need, pools)
    if len(pools) == 1 and _one_suffices(need, supplies):
        return None
    return among(need, supplies, snapshot, lexicon, surely=True)


def _one_suffices(need: Need, supplies: Supplies) -> bool:
    """Somebody is known to bear the lot; without an amount anybody does."""
    return any(
        need.annual is None or one.bears(need.annual, need.share) == "able"
        for cells in supplies.values()
        for supply in cells.values()
        for one in supply.eligible
    )
