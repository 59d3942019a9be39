"""How often each rung of evidence is right about a trade: ``mappings/tables/trade_rungs.csv``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from mappings import read_table

TAKEN_AS_IT_IS: Final = ("declared", "certified", "statute")
"""Rungs that are not measured and are believed: the supplier's own word, the list of an issuer, the law of a kind."""


@lru_cache(maxsize=1)
def measured() -> Mapping[str, float | None]:
    """The share of trades that each rung gives right (0 to 1), ``None`` when it was not measured."""
    return {row["rung"]: int(row["right"]) / int(row["of"]) if row["of"] else None for row in read_table("trade_rungs")}


def precision(rung: str | None, unmeasured: float) -> float:
    """The probability (0 to 1) that a trade given by ``rung`` is right: measured, 1 for the rungs that are believed, else ``unmeasured``.
    ``None`` stands for a trade given without evidence. Raises ``KeyError`` for an unknown rung."""
    if rung is None:
        return unmeasured
    if rung in TAKEN_AS_IT_IS:
        return 1.0
    share = measured()[rung]
    return unmeasured if share is None else share
