"""Which source wins, field by field: a table, and the few lines that read it.

Reference: the order of trust of ``suppliers.md`` §3. For every field:

- an empty value never overwrites a value;
- sources named by the rule win in that order; a source it does not name comes after them, an official one before a
  declared one;
- at equal trust the more recent ``updated_at`` wins, a dated value before an undated one;
- a record that only adds facts to another's structure (``enriches``) comes after them all;
- the last tie is settled by the key of the record, so that the order of the sources can never show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Literal

from vivier.model import Provenance, Record

_REGISTERS = ("finess", "esat", "siae", "emplois", "list")
_DECLARED = ("list", "emplois", "siae", "finess", "esat")


@dataclass(frozen=True)
class Rule:
    """How one field of a supplier is chosen: ``keep`` one value (*first*) or every distinct one (*all*)."""

    field: str
    keep: Literal["first", "all"]
    order: tuple[str, ...]
    why: str


SURVIVORSHIP: Final[tuple[Rule, ...]] = (
    Rule("name", "first", _REGISTERS, "The register of the kind has the legal name; the others go to other_names."),
    Rule("brand", "first", _DECLARED, "A trade name is what the supplier calls itself."),
    Rule("acronym", "first", _DECLARED, "As the trade name."),
    Rule("siren", "first", _REGISTERS, "Registers are checked against SIRENE; a list may lag behind a succession."),
    Rule("siret", "first", _REGISTERS, "As the SIREN. Other SIRETs of the structure stay searchable identifiers."),
    Rule("finess", "first", ("finess", "esat", "list"), "FINESS is the register of its own number."),
    Rule("agreements", "all", ("siae", "finess", "esat", "emplois", "list"), "The authority dates the agreement."),
    Rule("labels", "all", ("list",), "A label comes from its issuer's own data; all are kept with their provenance."),
    Rule("address", "first", _REGISTERS, "FINESS gives the geographic address; in one commune the finest point wins."),
    Rule("offers", "all", _DECLARED, "What is offered and where is the supplier's to say."),
    Rule("capacities", "all", _REGISTERS, "Units and states are never mixed: each size stays with its source."),
    Rule("networks", "all", _DECLARED, "A network names its members."),
    Rule("references", "all", _DECLARED, "A reference is put forward by the supplier."),
    Rule("website", "first", _DECLARED, "As the trade name."),
    Rule("description", "first", _DECLARED, "The supplier's own words."),
    Rule("naf", "first", ("siae", "finess", "esat", "emplois", "list"), "Registers copy it from SIRENE."),
    Rule("closed", "first", _REGISTERS, "A closure is the register's to state; a list cannot close a structure."),
)

RULES: Final[dict[str, Rule]] = {rule.field: rule for rule in SURVIVORSHIP}
_BASES: Final = {"official": 0, "declared": 1, "computed": 2, "inferred": 3}
_UNDATED: Final = date.min.toordinal()

Trust = tuple[int, int, int]


def trust(field: str, provenance: Provenance) -> Trust:
    """Sort key of a provenance for one field, the most trusted first."""
    dated = _UNDATED if provenance.updated_at is None else provenance.updated_at.toordinal()
    return (_rank(field, provenance.source_id), _BASES[provenance.basis], -dated)


def by_trust(field: str, records: Sequence[Record]) -> Sequence[Record]:
    """Records of one structure, the most trusted first for a field; ties keep the order given (by record key)."""
    if len(records) == 1:
        return records
    return sorted(records, key=lambda record: (record.enriches is not None, trust(field, record.provenance)))


@lru_cache(maxsize=4096)
def _rank(field: str, source_id: str) -> int:
    """Place of a source in the order of a field. ``list-reseau`` or ``list:reseau`` counts as ``list``."""
    order = RULES[field].order
    for rank, known in enumerate(order):
        if source_id == known or source_id.startswith((f"{known}-", f"{known}:", f"{known}_", f"{known}/")):
            return rank
    return len(order)
