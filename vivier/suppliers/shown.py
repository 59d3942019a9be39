"""Renders a record as answers and files show it: its parts, chosen by ``fields``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from vivier.model import Member, Model, OtherValue, Provenance, members
from vivier.model.views import SupplierView
from vivier.suppliers.query import FIELDS

PARTS: dict[str, tuple[str, ...]] = {
    part: tuple(name for name, member in members().items() if member.shown.part == part) for part in FIELDS
}
"""Members of a supplier for each value of ``fields``; every member but ``id`` belongs to exactly one value."""

_BLANK: dict[str, None] = dict.fromkeys(Provenance.model_fields)


def shown(record: SupplierView, fields: Iterable[str] = ()) -> dict[str, object]:
    """The parts named by ``fields`` (all by default). Unknown members are ``null``; other parts are absent.

    Records are stored without their unknown members, which makes them a third smaller to read: they are added back here.
    """
    get = record.get
    return {
        name: written(facts) if (facts := get(name)) else ([] if several else None)
        for name, several, written in _members_of(tuple(fields))
    }


@cache
def _members_of(fields: tuple[str, ...]) -> tuple[tuple[str, bool, Callable[[Any], Any]], ...]:
    """The members of some parts, each with whether it holds several values and the function that renders what it holds."""
    named = [(name, members()[name]) for part in fields or FIELDS for name in PARTS[part]]
    return tuple((name, member.several, _written(member)) for name, member in named)


def _written(member: Member) -> Callable[[Any], Any]:
    """The function that renders what a member holds. A page has hundreds of facts: each is rendered inline, without a call, for speed."""
    if member.fact is None:
        return _LISTS[member.kind]
    if issubclass(member.value, Model):
        blank = dict.fromkeys(member.value.model_fields)
        if not member.several:
            return lambda fact: {"value": blank | fact["value"], "provenance": _BLANK | fact["provenance"]}
        return lambda facts: [
            {"value": blank | fact["value"], "provenance": _BLANK | fact["provenance"]} for fact in facts
        ]
    if not member.several:
        return lambda fact: {"value": fact["value"], "provenance": _BLANK | fact["provenance"]}
    return lambda facts: [{"value": fact["value"], "provenance": _BLANK | fact["provenance"]} for fact in facts]


_LISTS: dict[type[Any], Callable[[Any], Any]] = {
    str: lambda texts: texts,
    Provenance: lambda sources: [_BLANK | provenance for provenance in sources],
    OtherValue: lambda others: [{**other, "provenance": _BLANK | other["provenance"]} for other in others],
}
"""Functions that render the members that are not facts, by the type of their values."""
