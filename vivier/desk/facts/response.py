"""How often structures answered the reserved contracts of all trades: what the response rate of one trade is drawn towards."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from functools import partial
from typing import Final

from vivier.desk.facts.depth_read import observed
from vivier.desk.facts.experience import RESERVED, Observed, indexed, window
from vivier.desk.facts.remembered import on
from vivier.desk.method.verdict import Response
from vivier.law.parameters import value
from vivier.lexicon import Lexicon
from vivier.memory import Room
from vivier.search.operators import Measure, Range, conjunction
from vivier.search.snapshot import Snapshot

_MOST_TRADES: Final = 20
"""Trades that are read: those of the most reserved contracts. Each one reads its suppliers."""
_REMEMBERED: Final[Room[Hashable, Observed]] = Room()


def of_all_trades(as_of: date, snapshot: Snapshot, lexicon: Lexicon) -> Observed | None:
    """The sum of what :func:`observed` gives of each trade, computed once for a day and two generations; ``None`` when no contract is
    indexed. A contract of two trades counts once for each, with the structures of each."""
    if not indexed(snapshot):
        return None
    return _REMEMBERED.of(on(snapshot, as_of, "suppliers", "contracts"), lambda: _summed(as_of, snapshot, lexicon))


def _summed(as_of: date, snapshot: Snapshot, lexicon: Lexicon) -> Observed:
    where = conjunction(RESERVED, Range("offers", gte=1), window(as_of))
    found = snapshot.contracts.group(where, "trades", (Measure("contracts"),))
    counted = sorted(zip(-found.measures["contracts"], found.values, strict=True))[:_MOST_TRADES]
    known = [trade for _, trade in counted if trade in lexicon.trades]
    every = snapshot.together(
        *(partial(observed, (trade,), as_of, snapshot, lexicon.gazetteer, least=1) for trade in known)
    )
    several = [seen for seen in every if seen is not None and seen.rate is not None]
    return Observed(
        sum(seen.contracts for seen in several),
        sum(seen.offers for seen in several),
        sum(seen.could for seen in several),
    )


def response(trades: tuple[str, ...], as_of: date, snapshot: Snapshot, lexicon: Lexicon) -> Response:
    """What reserved contracts tell of the response rate: those of some trades, then those of all trades."""
    least = int(value("calibration_least"))
    return snapshot.together(
        lambda: observed(trades, as_of, snapshot, lexicon.gazetteer, least=least),
        lambda: of_all_trades(as_of, snapshot, lexicon),
    )
