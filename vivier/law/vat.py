"""The tax on a purchase, by its trades (``vat_rates.csv``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from mappings import read_table

USUAL_RATE: Final = 0.20
"""The rate of a trade that has none of its own, a share of the amount without tax."""


def vat_rates(trades: Iterable[str]) -> tuple[float, ...]:
    """The rates of tax of some trades, the likeliest first: « repas » 10 % or 5.5 %. Empty without any trade."""
    return tuple(dict.fromkeys(rate for code in trades for rate in _rates().get(code, (USUAL_RATE,))))


@lru_cache(maxsize=1)
def _rates() -> Mapping[str, tuple[float, ...]]:
    rows = read_table("vat_rates")
    return {code: tuple(map(float, row["rates"].split())) for row in rows for code in row["trades"].split()}
