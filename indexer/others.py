"""Finds the values that sources give beside the one a supplier keeps: they are shown, never dropped."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from indexer.clusters import Keys
from indexer.spelling import line_likeness
from indexer.survivorship import SURVIVORSHIP, Roles, by_trust
from vivier.identity import fold
from vivier.model import Address, OtherValue, Record

SAME_LINE: Final = 0.7
"""Likeness (0–1) from which two address lines of one commune are one address."""

_FIELDS: Final = tuple(rule.field for rule in SURVIVORSHIP if rule.others)
_NUMBERS: Final = ("siren", "siret", "finess")


def other_values(
    records: Sequence[Record], keys: Sequence[Keys], chosen: Mapping[str, Any], roles: Roles
) -> tuple[OtherValue, ...]:
    """The values that differ from the ``chosen`` ones (facts by field), the most trusted first, each once."""
    if len(records) == 1:
        return ()
    key_of = {id(record): key for record, key in zip(records, keys, strict=True)}
    found: list[OtherValue] = []
    for field in _FIELDS:
        given = [(record, _value(field, record, key_of[id(record)])) for record in records]
        if len({value for _, value in given if value is not None}) > 1:
            found += _others(field, records, {id(record): value for record, value in given}, chosen[field], roles)
    return tuple(found)


def _value(field: str, record: Record, key: Keys) -> Any:
    value = getattr(key if field in _NUMBERS else record, field)
    return None if value in ("", Address()) else value


def _others(
    field: str, records: Sequence[Record], values: Mapping[int, Any], chosen: Any, roles: Roles
) -> Iterator[OtherValue]:
    shown = [chosen.value]
    alike = _ALIKE.get(field, _equal)
    for record in by_trust(field, records, roles):
        value = values[id(record)]
        if value is not None and not any(alike(value, other) for other in shown):
            shown.append(value)
            yield OtherValue(field=field, value=value, provenance=record.provenance)


def _equal(left: object, right: object) -> bool:
    return left == right


def _same_site(left: str, right: str) -> bool:
    """Whether two web addresses differ only by their scheme, « www. » and final slash."""
    return _bare(left) == _bare(right)


def _bare(url: str) -> str:
    return url.lower().partition("://")[2].removeprefix("www.").rstrip("/") or url.lower()


def _same_code(left: str, right: str) -> bool:
    return left.replace(".", "").upper() == right.replace(".", "").upper()


def same_place(left: Address, right: Address) -> bool:
    """Whether two addresses are one place: no known part of them contradicts the other. Streets may be spelled in two ways."""
    if left.commune is not None and right.commune is not None and left.commune != right.commune:
        return False
    if left.line is None or right.line is None or fold(left.line) == fold(right.line):
        return True
    likeness = line_likeness(fold(left.line), fold(right.line))
    return likeness is None or likeness >= SAME_LINE


_ALIKE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "website": _same_site,
    "naf": _same_code,
    "address": same_place,
}
