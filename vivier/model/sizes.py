"""Which size of each unit speaks for a supplier: one rule for the index and for what is shown."""

from __future__ import annotations

from collections.abc import Iterable

from vivier.model.record import Capacity


def newest_sizes(capacities: Iterable[Capacity]) -> dict[str, Capacity]:
    """By unit: a number before a band (it says more), then the newest year; the first given among equals."""
    found: dict[str, Capacity] = {}
    for size in capacities:
        if size.unit not in found or _worth(size) > _worth(found[size.unit]):
            found[size.unit] = size
    return found


def _worth(size: Capacity) -> tuple[bool, int]:
    return size.up_to is None, size.year or 0
