"""Which fields a record has: two runs of a source are compared by how many of their records have each (docs/operate.md, « Gates »)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from vivier.model import Considerations, Model
from vivier.runs.records import AnyRecord

_ALWAYS: Final = frozenset(
    ("source_id", "provenance", "form", "kind", "issues", "unread", "current", "version", "source")
)
"""Members that say how a record was read."""
_LARGE: Final = {"amount": 1_000.0, "amount_min": 1_000.0, "amount_max": 1_000.0, "months": 6}
"""Figures that count apart from there on: written in thousands of euros or in years, few would be as large."""
_WITHIN: Final = frozenset(("address", "offers", "holders", "buyer", "agreements", "labels", "place", "lots"))
"""Members whose own members count: an address without a commune, an offer without a trade."""


def filled(record: AnyRecord) -> Iterator[str]:
    """The fields that a record has, once each, by name: ``months``, ``offers.trade``. A number that is zero is not had. A figure
    of an ordinary size counts apart (``amount.large``), so that another unit is seen."""
    for name, value in record.__dict__.items():
        if name in _ALWAYS or not _has(value):
            continue
        yield name
        if name in _WITHIN:
            yield from {
                f"{name}.{inner}" for part in _parts(value) for inner, own in part.__dict__.items() if _has(own)
            }
        elif name in _LARGE and value >= _LARGE[name]:
            yield f"{name}.large"


def _has(value: Any) -> bool:
    return bool(value.values) if isinstance(value, Considerations) else bool(value)


def _parts(value: Any) -> Iterator[Model]:
    for part in value if isinstance(value, tuple) else (value,):
        if isinstance(part, Model):
            yield part
