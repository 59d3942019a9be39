"""A record as it is shown: its parts, chosen by ``fields``, and the sources it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from vivier.model import Address, Agreement, Capacity, Label, Model, Offer, Provenance, Reference
from vivier.query import FIELDS
from vivier.sourcing.sources import sources_of

__all__ = ["PARTS", "shown", "sources_of"]

PARTS: dict[str, tuple[str, ...]] = {
    "name": ("name", "brand", "acronym", "other_names"),
    "identifiers": ("siren", "siret", "finess", "identifiers", "naf", "closed"),
    "kinds": ("agreements",),
    "labels": ("labels",),
    "address": ("address", "zones"),
    "offers": ("offers",),
    "capacities": ("capacities",),
    "networks": ("networks",),
    "references": ("references",),
    "website": ("website",),
    "description": ("description",),
    "sources": ("sources", "issues", "others"),
}
"""Members of a supplier that each value of ``fields`` brings; every member but ``id`` is in exactly one."""

_MODELS: dict[str, type[Model]] = {
    "agreements": Agreement,
    "labels": Label,
    "address": Address,
    "offers": Offer,
    "capacities": Capacity,
    "references": Reference,
}
_SEVERAL = frozenset(
    [
        "agreements",
        "labels",
        "offers",
        "capacities",
        "networks",
        "zones",
        "references",
        "sources",
        "issues",
        "identifiers",
        "other_names",
        "others",
    ]
)
_BLANKS: dict[str, dict[str, None]] = {name: dict.fromkeys(model.model_fields) for name, model in _MODELS.items()}
_BLANK_PROVENANCE: dict[str, None] = dict.fromkeys(Provenance.model_fields)


def shown(record: Mapping[str, Any], fields: Iterable[str] = ()) -> dict[str, Any]:
    """The parts asked (all by default). Unknown is ``null``; what was not asked is absent.

    Records are stored without their unknown members (a third smaller to read): they are put back here.
    """
    asked = tuple(fields) or FIELDS
    return {member: _member(member, record.get(member)) for part in asked for member in PARTS[part]}


def _member(name: str, value: Any) -> Any:
    if name == "sources":
        return [_BLANK_PROVENANCE | provenance for provenance in value or ()]
    if name == "others":
        return [{**other, "provenance": _BLANK_PROVENANCE | other["provenance"]} for other in value or ()]
    if name in _SEVERAL:
        return [_fact(name, one) if isinstance(one, dict) else one for one in value or ()]
    return None if value is None else _fact(name, value)


def _fact(name: str, fact: dict[str, Any]) -> dict[str, Any]:
    blank = _BLANKS.get(name)
    value = fact["value"] if blank is None else blank | fact["value"]
    return {"value": value, "provenance": _BLANK_PROVENANCE | fact["provenance"]}
