"""Compares the records of one key in two readings: a column that is shifted, swapped or emptied changes what was known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from vivier.french import percent
from vivier.identity import fold
from vivier.runs.profile import FALL, FEWEST, Finding, least

_CHANGED: Final = 0.25
"""Share of the known values of a field that may change."""
_UNCHANGING: Final = (
    *("name", "siret", "finess", "naf", "object", "title", "cpv", "amount", "months", "notified", "offers", "planned"),
    *("amount_min", "amount_max", "nature", "deadline", "buyer.siren", "buyer.name", "holders.siren", "holders.name"),
    *("winners.siren", "address.post_code", "address.town", "address.commune", "capacities.value", "departements"),
    *("labels.code", "labels.valid_from", "agreements.kind", "published", "place.code", "description"),
)
"""Members of a record that seldom change from a reading to the next. Days until which something is valid do."""
_START, _END = "labels.valid_from", "labels.valid_until"
_NAMED: Final = {
    "buyer.siren": "buyer",
    "holders.siren": "winner",
    "winners.siren": "winner",
    "holders.name": "winner.name",
    "buyer.name": "buyer.name",
    "capacities.value": "capacity",
    "labels.code": "label",
    "agreements.kind": "kind",
}


def changed(pairs: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> list[Finding]:
    """The fields of which most values changed, for records of the same key in the former reading and in this one."""
    both: Counter[str] = Counter()
    other: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    for former, fresh in pairs:
        for path in _UNCHANGING:
            was, now = _at(former, path), _at(fresh, path)
            if (path == "published" and "title" not in former) or (
                path == _START and _at(former, _END) != _at(fresh, _END)
            ):
                continue  # a contract is published again, a label that is renewed has another start
            if was is not None:
                both[path] += 1
                other[path] += now is not None and was != now and _folded(was) != _folded(now)
                gone[path] += now is None
    lost = [
        Finding(
            _name(path), f"{percent(count / both[path])} des valeurs déjà connues manquent, presque aucune attendue"
        )
        for path, count in gone.items()
        if both[path] >= FEWEST and least(count, both[path]) > FALL
    ]
    return lost + [
        Finding(_name(path), f"{percent(count / both[path])} des valeurs déjà connues ont changé, peu attendues")
        for path, count in other.items()
        if both[path] >= FEWEST and least(count, both[path]) > _CHANGED
    ]


def _name(path: str) -> str:
    return _NAMED.get(path) or path.rpartition(".")[2]


def _at(record: Mapping[str, Any], path: str) -> Any:
    value: Any = record
    for name in path.split("."):
        if isinstance(value, list):
            value = value[0] if value else None
        value = value.get(name) if isinstance(value, dict) else None
    return value or None


def _folded(value: Any) -> Any:
    return fold(value) if isinstance(value, str) else value
