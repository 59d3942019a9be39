"""Renders a record as answers and files show it: its parts, chosen by ``fields``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from vivier.model import Member, Model, OtherValue, Provenance, members
from vivier.model.views import SupplierView
from vivier.suppliers.query import FIELDS

PARTS: dict[str, tuple[str, ...]] = {
    part: tuple(name for name, member in members().items() if member.shown.part == part) for part in FIELDS
}
"""Members of a supplier for each value of ``fields``; every member but ``id`` belongs to exactly one value."""

_BLANK_PROVENANCE: dict[str, None] = dict.fromkeys(Provenance.model_fields)


def shown(record: SupplierView, fields: Iterable[str] = ()) -> dict[str, object]:
    """The parts named by ``fields`` (all by default). Unknown members are ``null``; other parts are absent.

    Records are stored without their unknown members, which makes them a third smaller to read: they are added back here.
    """
    parts = tuple(fields) or FIELDS
    get = record.get
    return {member: _WRITTEN[member](get(member)) for part in parts for member in PARTS[part]}


def _fact_of(blank: dict[str, None] | None) -> Callable[[Any], Any]:
    """A function that renders one fact: its value, with the unknown members of ``blank`` if it has members, and its provenance."""

    def written(fact: Any) -> Any:
        if fact is None:
            return None
        value = fact["value"] if blank is None else blank | fact["value"]
        return {"value": value, "provenance": _BLANK_PROVENANCE | fact["provenance"]}

    return written


def _facts_of(blank: dict[str, None] | None) -> Callable[[Any], Any]:
    """A function that renders several facts. A page has hundreds of them: each is rendered inline, without a call, for speed."""
    if blank is None:
        return lambda facts: [
            {"value": fact["value"], "provenance": _BLANK_PROVENANCE | fact["provenance"]} for fact in facts or ()
        ]
    return lambda facts: [
        {"value": blank | fact["value"], "provenance": _BLANK_PROVENANCE | fact["provenance"]} for fact in facts or ()
    ]


def _sources(sources: Any) -> Any:
    return [_BLANK_PROVENANCE | provenance for provenance in sources or ()]


def _others(others: Any) -> Any:
    return [{**other, "provenance": _BLANK_PROVENANCE | other["provenance"]} for other in others or ()]


def _texts(texts: Any) -> Any:
    return texts or []


_LISTS: dict[type[Any], Callable[[Any], Any]] = {str: _texts, Provenance: _sources, OtherValue: _others}
"""Functions that render the members that are not facts, by the type of their values."""


def _written(member: Member) -> Callable[[Any], Any]:
    """The function that renders a member of a supplier; it is given ``None`` for a member that the record does not have."""
    if member.fact is None:
        return _LISTS[member.kind]
    value = member.value
    blank = dict.fromkeys(value.model_fields) if issubclass(value, Model) else None
    return _facts_of(blank) if member.several else _fact_of(blank)


_WRITTEN: dict[str, Callable[[Any], Any]] = {name: _written(member) for name, member in members().items()}
