"""The rates of tax of what is bought (``vat_rates.csv``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from mappings import read_table

USUAL_RATE: Final = 0.20
"""The rate of a trade that has none of its own."""


def vat_rates(trades: Iterable[str]) -> tuple[float, ...]:
    """The rates of what trades sell, the likeliest first: « repas » 10 % or 5.5 %."""
    found = (rate for code in trades for rate in _rates().get(code, (USUAL_RATE,)))
    return tuple(dict.fromkeys(found)) or (USUAL_RATE,)


@lru_cache(maxsize=1)
def _rates() -> Mapping[str, tuple[float, ...]]:
    rows = read_table("vat_rates")
    return {code: tuple(map(float, row["rates"].split())) for row in rows for code in row["trades"].split()}
