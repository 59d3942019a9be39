"""Sizes: the bands of INSEE, and the size that represents a supplier for each unit (the one in the index)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from vivier.model.facts import Capacity

HEADCOUNT_BANDS: Final[dict[str, tuple[int, int]]] = {
    "00": (0, 0),
    "01": (1, 2),
    "02": (3, 5),
    "03": (6, 9),
    "11": (10, 19),
    "12": (20, 49),
    "21": (50, 99),
    "22": (100, 199),
    "31": (200, 249),
    "32": (250, 499),
    "41": (500, 999),
    "42": (1_000, 1_999),
    "51": (2_000, 4_999),
    "52": (5_000, 9_999),
    "53": (10_000, 9_999_999),
}
"""Employees of each INSEE band (variable « tranche d'effectifs salariés »), both ends included; the last has no upper end."""


def is_known(size: Capacity) -> bool:
    """Whether a size says something: a turnover or a volume of zero or less is unknown, since accounts that nobody published are written so."""
    return size.unit not in ("eur_year", "volume_eur_year") or size.value > 0


def newest_sizes(capacities: Iterable[Capacity]) -> dict[str, Capacity]:
    """For each unit, the size to use: a number before a band (it is more precise), then the newest year; the first
    given among equals."""
    found: dict[str, Capacity] = {}
    for size in capacities:
        if size.unit not in found or _worth(size) > _worth(found[size.unit]):
            found[size.unit] = size
    return found


def _worth(size: Capacity) -> tuple[bool, int]:
    return size.up_to is None, size.year or 0
