"""How often the structures of a kind do a trade: ``mappings/tables/kind_shares.csv``, counted by ``benchmarks/kind_shares.py`` in texts
read by hand (leads have a table of judgement, ``kind_trades.csv``). It is what is known of a structure of which nothing but its kind is told: an ESAT does green spaces more often than not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from mappings import read_table

SAME_AS: Final = {"EA": "ESAT"}
"""Kinds of which no text was read, and the kind whose shares they take: networks and surveys describe both together."""


@lru_cache(maxsize=1)
def shares() -> Mapping[tuple[str, str], float]:
    """The share (0 to 1) of the structures of a kind that do a trade, by kind and trade."""
    return {(row["kind"], row["trade"]): float(row["share"]) for row in read_table("kind_shares")}


@lru_cache(maxsize=4096)
def usual(kinds: Iterable[str], trades: Iterable[str]) -> float:
    """Probability (0 to 1) that a structure of these ``kinds`` does one of these ``trades``, when nothing else is known of it: the largest
    share; 0 for a trade that no text told, or a kind that was not read. Both are tuples."""
    known = shares()
    return max((known.get((SAME_AS.get(kind, kind), trade), 0.0) for kind in kinds for trade in trades), default=0.0)
