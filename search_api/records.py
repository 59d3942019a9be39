"""A record as it is shown: its parts, chosen by ``fields``, and the sources it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from vivier.model import Member, Model, OtherValue, Provenance, members
from vivier.model.views import SupplierView
from vivier.suppliers.query import FIELDS
from vivier.suppliers.sources import sources_of

__all__ = ["PARTS", "shown", "sources_of"]

PARTS: dict[str, tuple[str, ...]] = {
    part: tuple(name for name, member in members().items() if member.shown.part == part) for part in FIELDS
}
"""Members of a supplier that each value of ``fields`` brings; every member but ``id`` is in exactly one."""

_BLANK_PROVENANCE: dict[str, None] = dict.fromkeys(Provenance.model_fields)


def shown(record: SupplierView, fields: Iterable[str] = ()) -> dict[str, Any]:
    """The parts asked (all by default). Unknown is ``null``; what was not asked is absent.

    Records are stored without their unknown members (a third smaller to read): they are put back here.
    """
    asked = tuple(fields) or FIELDS
    get = record.get
    return {member: _WRITTEN[member](get(member)) for part in asked for member in PARTS[part]}


def _fact_of(blank: dict[str, None] | None) -> Callable[[Any], Any]:
    """How one fact is written: its value with the unknown members of ``blank``, if it has members, and its provenance."""

    def written(fact: Any) -> Any:
        if fact is None:
            return None
        value = fact["value"] if blank is None else blank | fact["value"]
        return {"value": value, "provenance": _BLANK_PROVENANCE | fact["provenance"]}

    return written


def _facts_of(blank: dict[str, None] | None) -> Callable[[Any], Any]:
    """How several facts are written. A page holds hundreds of them: each is written on the spot, without a call."""
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
"""How the members that are no facts are written, by the type of their values."""


def _written(member: Member) -> Callable[[Any], Any]:
    """How a member of a supplier is written; ``None`` is what the record does not hold."""
    if member.fact is None:
        return _LISTS[member.kind]
    value = member.value
    blank = dict.fromkeys(value.model_fields) if issubclass(value, Model) else None
    return _facts_of(blank) if member.several else _fact_of(blank)


_WRITTEN: dict[str, Callable[[Any], Any]] = {name: _written(member) for name, member in members().items()}
