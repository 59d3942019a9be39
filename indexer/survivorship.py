"""Which source wins, field by field: a table, and the few lines that read it.

The table speaks of roles (``vivier.runs.records.Role``), never of sources: a new source is placed by its card. For every field:

- a field without a rule follows that of the name;
- an empty value never overwrites a value;
- roles win in the order of the rule;
- at equal role an official source comes before a declared one, then the more recent ``updated_at`` wins, a dated value
  before an undated one;
- a record that only adds facts to another's structure (``enriches``) comes after them all, and so do the name and the numbers of
  what is declared here of a structure, which are copied from its sheet;
- the last tie is settled by the key of the record, so that the order of the sources can never show.

The table is shown in ``docs/generated/survivorship.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from vivier.model import Provenance, Record
from vivier.runs.records import Role, role_of_basis
from vivier.vocabulary import SAID_HERE

Order = tuple[Role, ...]
Roles = Mapping[str, Role]
"""The role of each source by its id; a source left out has the role of the basis of its facts."""

_REGISTERS: Final[Order] = ("register", "companies", "platform", "label", "declared", "network", "website")
_COMPANIES: Final[Order] = ("companies", "register", "platform", "label", "declared", "network", "website")
_OWN: Final[Order] = ("declared", "network", "platform", "website", "register", "label", "companies")
_LABELS: Final[Order] = ("label", "companies", "platform", "register", "declared", "network", "website")


@dataclass(frozen=True)
class Rule:
    """How one field of a supplier is chosen: ``keep`` one value (*first*) or every distinct one (*all*).

    ``others``: other values than the one kept are shown as such (``Supplier.others``).
    """

    field: str
    keep: Literal["first", "all"]
    order: Order
    why: str
    others: bool = False


SURVIVORSHIP: Final[tuple[Rule, ...]] = (
    Rule("name", "first", _REGISTERS, "The register of the kind names the site, SIRENE the legal unit alone."),
    Rule("brand", "first", _OWN, "A trade name is what the supplier calls itself."),
    Rule("acronym", "first", _OWN, "As the trade name."),
    Rule(
        "siren", "first", _REGISTERS, "Registers are checked against SIRENE; a list may lag behind a succession.", True
    ),
    Rule(
        "siret", "first", _REGISTERS, "As the SIREN. Other SIRETs of the structure stay searchable identifiers.", True
    ),
    Rule("finess", "first", _REGISTERS, "FINESS is the register of its own number.", True),
    Rule("agreements", "all", _REGISTERS, "The authority that gives the agreement dates it."),
    Rule("labels", "all", _LABELS, "A label comes from its issuer's own data; all are kept with their provenance."),
    Rule("address", "first", _REGISTERS, "The address of the site; of one street the finest point wins.", True),
    Rule("offers", "all", _OWN, "What is offered and where is the supplier's to say."),
    Rule(
        "not_offered",
        "all",
        _OWN,
        "What is not done is the supplier's to say: for the trade it names, it wins over any source.",
    ),
    Rule("capacities", "all", _REGISTERS, "Units and states are never mixed: each size stays with its source."),
    Rule("networks", "all", _OWN, "A network names its members."),
    Rule("zones", "all", _REGISTERS, "A priority area is a fact of the place; each keeps the list that says it."),
    Rule("references", "all", _OWN, "A reference is put forward by the supplier."),
    Rule("website", "first", _OWN, "As the trade name.", True),
    Rule("mailbox", "first", _OWN, "How an organisation is reached is its own to say.", True),
    Rule("phone", "first", _OWN, "As the mailbox."),
    Rule("description", "first", _OWN, "The supplier's own words."),
    Rule("naf", "first", _COMPANIES, "SIRENE gives the code, the others copy it.", True),
    Rule("closed", "first", _COMPANIES, "A closure is SIRENE's or the register's to state; a list cannot close.", True),
)

RULES: Final[dict[str, Rule]] = {rule.field: rule for rule in SURVIVORSHIP}
DEFAULT: Final = RULES["name"]
"""What a field without a rule of its own follows."""
_RANKS: Final = {rule.field: {role: rank for rank, role in enumerate(rule.order)} for rule in SURVIVORSHIP}
_BASES: Final = {"official": 0, "declared": 1, "computed": 2, "inferred": 3}
_UNDATED: Final = date.min.toordinal()
NO_ROLES: Final[Roles] = {}
_COPIED: Final = frozenset(("name", "siren", "siret", "finess"))

Trust = tuple[int, int, int]


def trust(field: str, provenance: Provenance, roles: Roles = NO_ROLES) -> Trust:
    """Sort key of a provenance for one field, the most trusted first."""
    role = roles.get(provenance.source_id) or role_of_basis(provenance.basis)
    dated = _UNDATED if provenance.updated_at is None else provenance.updated_at.toordinal()
    return (_RANKS.get(field, _RANKS[DEFAULT.field])[role], _BASES[provenance.basis], -dated)


def by_trust(field: str, records: Sequence[Record], roles: Roles = NO_ROLES) -> Sequence[Record]:
    """Records of one structure, the most trusted first for a field. Ties keep the given order (by record key)."""
    if len(records) == 1:
        return records
    return sorted(records, key=lambda record: (_comes_last(field, record), trust(field, record.provenance, roles)))


def _comes_last(field: str, record: Record) -> bool:
    """Whether a record only adds to what others say of a field. The name and the numbers of what is declared here of a structure are copied from
    its sheet: they say whose declaration it is, and are no news of it."""
    return record.enriches is not None or (field in _COPIED and record.provenance.source_id in SAID_HERE)
