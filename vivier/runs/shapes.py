"""The fields that records have, counted for the report of a run: what a source stops giving shows there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

from vivier.model import Considerations, Model
from vivier.runs.records import AnyRecord

_ALWAYS: Final = frozenset(
    ("source_id", "provenance", "form", "kind", "issues", "unread", "current", "version", "source")
)
"""Members that say how a record was read."""
_LARGE: Final = {"amount": 1_000.0, "amount_min": 1_000.0, "amount_max": 1_000.0, "months": 6}
"""Figures that count apart from there on: written in thousands of euros or in years, few would be as large."""
_HUGE: Final = {"amount": 2_000_000.0, "amount_min": 2_000_000.0, "amount_max": 2_000_000.0}
"""Figures that count apart from there on: written in cents, many would be as large."""
_WITHIN: Final = frozenset(("address", "offers", "holders", "buyer", "agreements", "labels", "place", "lots"))
"""Members whose own members count: an address without a commune, an offer without a trade."""


Shape = tuple[str, tuple[str, ...]]
"""The names of members that a record has, and the name of the member that they are within: empty for those of the record itself."""


def shapes_of(record: AnyRecord) -> Iterator[Shape]:
    """The fields that a record has, as shapes. Records of a source have few of them: to count shapes costs a fifth of counting each name."""
    values = record.__dict__
    yield "", _members_of(values)
    for name in _WITHIN & values.keys():
        if value := values[name]:
            parts = [part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, Model)]
            if len(parts) == 1:
                yield name, _members_of(parts[0].__dict__)
            else:
                yield name, tuple(dict.fromkeys(chain.from_iterable([_members_of(part.__dict__) for part in parts])))
    for word, bounds in (("large", _LARGE), ("huge", _HUGE)):
        for name, least in bounds.items():
            if (values.get(name) or 0) >= least:
                yield name, (word,)
    if evidence := values.get("evidence"):
        yield "evidence", tuple(dict.fromkeys(piece.provision for piece in evidence))


def counted(shapes: Mapping[Shape, int]) -> Counter[str]:
    """How many records have each field, by name: ``months``, ``offers.trade``. A number that is zero is not had, a « no » is. A figure of an ordinary
    size counts apart (``amount.large``, ``amount.huge``), so that another unit is seen, and each provision of a notice
    (``evidence.reserved``)."""
    fields: Counter[str] = Counter()
    for (within, names), count in shapes.items():
        for name in names:
            if within:
                fields[f"{within}.{name}"] += count
            elif name not in _ALWAYS:
                fields[name] += count
    return fields


def _members_of(values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(
        [
            name
            for name, value in values.items()
            if (value or value is False) and (value.__class__ is not Considerations or value.values)
        ]
    )
