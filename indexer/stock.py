"""The suppliers of a build, made a few at a time where their documents are made: no process holds them all.

Adds what SIRENE and the lists of priority areas say of a merged supplier.

SIRENE has the first word on closure and NAF (reference: survivorship). A headcount is a band, never a number; a
turnover is that of the legal unit. A sole trader is shown only when an official list publishes it, and then with what
that list says; a person who asked not to be shown is reduced to a commune.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from indexer.aside import ODD, Aside, aside
from indexer.assemble import Assembler
from indexer.context import Context
from indexer.joined import Joined, Structure, counted, linked
from indexer.legal_units import LabelsOnly
from indexer.merge import assembled
from indexer.traits import Records
from vivier.identity import name_key
from vivier.model import Address, Capacity, Fact, Label, Supplier, members
from vivier.model.context import Establishment
from vivier.model.provenance import Provenance
from vivier.model.sizes import HEADCOUNT_BANDS
from vivier.privacy.opposition import Opposition
from vivier.territory.address import resolve_address
from vivier.vocabulary import SAID_HERE

NAME_WITHHELD = "Entreprise individuelle (nom non diffusé)"
_SHARED: Final[dict[str, Any]] = {
    name: member.fact
    for name, member in members().items()
    if name in Establishment.model_fields and name != "siret" and member.fact is not None
}
"""Members of a supplier on which SIRENE has the first word: those that an establishment has under the same name."""
_OF_A_SOLE_TRADER: Final = frozenset(
    (
        *("id", "name", "brand", "siren", "siret", "finess", "identifiers"),
        *("agreements", "labels", "address", "zones", "closed", "sources", "issues"),
    )
)
"""Members of a supplier that are shown of a sole trader, beside its certified offers."""
_REGISTER = "https://annuaire-entreprises.data.gouv.fr/etablissement/"


def in_context(supplier: Supplier, context: Context, counts: Counter[str]) -> Supplier | None:
    """The supplier completed by registers, ``None`` for a sole trader that no official list publishes. What was found is added to
    ``counts``. Raises one of :data:`indexer.aside.ODD` when its facts in registers cannot be read."""
    if not context.statistics:
        return supplier
    fact = context.establishments.get(supplier.siret.value) if supplier.siret is not None else None
    if fact is not None:
        counts["known_to_sirene"] += fact.known
        if fact.sole_trader and not _is_published(supplier):
            counts["sole_trader_left_out"] += 1
            return None
        supplier = _by_sirene(supplier, fact, context)
    supplier = _in_areas(supplier, context)
    address = supplier.address.value if supplier.address is not None else None
    if address is not None and address.score is not None:
        counts["point_from_ban"] += 1
        supplier = _with_source(supplier, context.provenance("ban"))
    return supplier


def _is_published(supplier: Supplier) -> bool:
    """Whether an official register of kinds or labels names the supplier."""
    provenances = [agreement.provenance for agreement in supplier.agreements]
    provenances += [label.provenance for label in supplier.labels]
    return any(provenance.basis == "official" for provenance in provenances)


def _by_sirene(supplier: Supplier, fact: Establishment, context: Context) -> Supplier:
    if not fact.known:
        return _changed(supplier, issues=_with(supplier.issues, "unknown_siret"))
    provenance = context.provenance("sirene", f"{_REGISTER}{fact.siret}")
    supplier = _with_facts(_with_source(supplier, provenance), fact, provenance)
    if fact.sole_trader:
        supplier = _only_labels(supplier)
    return _withheld(supplier, fact, provenance, context) if fact.restricted else supplier


def _with_facts(supplier: Supplier, fact: Establishment, provenance: Provenance) -> Supplier:
    changes: dict[str, object] = {"capacities": (*supplier.capacities, *_sizes(fact, provenance))}
    for name, made in _SHARED.items():
        value = getattr(fact, name)
        if value is not None:
            changes[name] = made(value=value, provenance=provenance)
    if fact.closed is not None and supplier.closed is not None and supplier.closed.value != fact.closed:
        changes["issues"] = _with(supplier.issues, "closed_conflict")
    if fact.mission and not any(label.value.code == "SOCIETE_MISSION" for label in supplier.labels):
        label = Label(code="SOCIETE_MISSION", scope="legal_unit", issuer="SIRENE", proof_url=provenance.url)
        changes["labels"] = (*supplier.labels, Fact[Label](value=label, provenance=provenance))
    if fact.legal_name and name_key(fact.legal_name) not in _names(supplier):
        changes["other_names"] = (*supplier.other_names, fact.legal_name)
    return _changed(supplier, **changes)


def _names(supplier: Supplier) -> set[str]:
    known = [fact.value for fact in (supplier.name, supplier.brand, supplier.acronym) if fact is not None]
    return {name_key(name) for name in (*known, *supplier.other_names)}


def _sizes(fact: Establishment, provenance: Provenance) -> Iterable[Fact[Capacity]]:
    band = HEADCOUNT_BANDS.get(fact.headcount or "")
    if band is not None:
        size = Capacity(
            value=band[0], up_to=band[1], unit="persons", status="tranche d'effectif salarié", year=fact.headcount_year
        )
        yield Fact[Capacity](value=size, provenance=provenance)
    if fact.turnover is not None and fact.turnover > 0:  # zero is unknown (vivier.model.sizes.is_known)
        size = Capacity(value=fact.turnover, unit="eur_year", status="unité légale", year=fact.turnover_year)
        yield Fact[Capacity](value=size, provenance=provenance)


def _only_labels(supplier: Supplier) -> Supplier:
    """The supplier of a sole trader reduced to what an official list says: kinds, labels, certified trades, place.
    Its activity code goes too: it would let suppose a trade. So does any field that is not named in ``_OF_A_SOLE_TRADER``."""
    blank = {name: field.default for name, field in Supplier.model_fields.items() if name not in _OF_A_SOLE_TRADER}
    certified = tuple(offer for offer in supplier.offers if offer.value.evidence == "certified")
    others = tuple(other for other in supplier.others if other.field in _OF_A_SOLE_TRADER)
    return _changed(supplier, **blank | {"offers": certified, "others": others})


def _withheld(supplier: Supplier, fact: Establishment, provenance: Provenance, context: Context) -> Supplier:
    """The supplier reduced to a commune; the name of a natural person is removed too."""
    changes: dict[str, Any] = {
        "issues": _with(supplier.issues, "address_withheld"),
        "others": tuple(other for other in supplier.others if other.field != "address"),
    }
    if supplier.address is not None:
        address = supplier.address.value
        reduced = Address(post_code=address.post_code, town=address.town, commune=address.commune)
        changes["address"] = supplier.address.model_copy(
            update={"value": resolve_address(reduced, context.gazetteer)[0].model_copy(update={"arrondissement": None})}
        )
    if fact.sole_trader:
        provenance = provenance.model_copy(update={"basis": "computed"})
        changes |= {"name": Fact[str](value=NAME_WITHHELD, provenance=provenance), "brand": None}
        changes["issues"] = _with(changes["issues"], "name_withheld")
    return _changed(supplier, **changes)


def _in_areas(supplier: Supplier, context: Context) -> Supplier:
    if supplier.address is None or not context.areas.known:
        return supplier
    known = {zone.value for zone in supplier.zones}
    found = [zone for zone in context.areas.of(supplier.address.value) if zone not in known]
    if not found:
        return supplier
    provenance = context.provenance("zones").model_copy(update={"basis": "computed"})
    zones = (*supplier.zones, *(Fact[str](value=zone, provenance=provenance) for zone in found))
    return _with_source(_changed(supplier, zones=zones), provenance)


def _with_source(supplier: Supplier, provenance: Provenance) -> Supplier:
    return supplier if provenance in supplier.sources else _changed(supplier, sources=(*supplier.sources, provenance))


def _changed(supplier: Supplier, **changes: Any) -> Supplier:
    return supplier.model_copy(update=changes)


def _with(issues: tuple[str, ...], code: str) -> tuple[str, ...]:
    return tuple(sorted({*issues, code}))


@dataclass
class Seen:
    """What was met while suppliers were made: it is small, and sent back to the building process.

    ``suppliers``: how many were made; ``sirens``: how many have each SIREN; ``labels``: numbers of the records of labels given out;
    ``found``: counts of registers; ``opposed`` and ``alone``: how many were left out for these reasons.
    """

    suppliers: int = 0
    sirens: Counter[str] = field(default_factory=Counter)
    labels: set[int] = field(default_factory=set)
    found: Counter[str] = field(default_factory=Counter)
    opposed: int = 0
    alone: int = 0
    odd: list[Aside] = field(default_factory=list)

    def add(self, other: Seen) -> None:
        """Adds what was met elsewhere, but the odd suppliers."""
        self.suppliers += other.suppliers
        self.sirens.update(other.sirens)
        self.labels |= other.labels
        self.found.update(other.found)
        self.opposed += other.opposed
        self.alone += other.alone


class Stock(Protocol):
    """The suppliers of a build, by their place from 0."""

    def __len__(self) -> int: ...

    def take(self, start: int, stop: int) -> tuple[Sequence[Supplier], Seen]:
        """The suppliers of these places, without those left out. It runs in any process."""

    def note(self, seen: Seen) -> None:
        """Takes note, in the building process, of what a :meth:`take` has seen."""


@dataclass(frozen=True)
class Ready:
    """Suppliers that are there already."""

    suppliers: Sequence[Supplier]

    def __len__(self) -> int:
        return len(self.suppliers)

    def take(self, start: int, stop: int) -> tuple[Sequence[Supplier], Seen]:
        return self.suppliers[start:stop], Seen()

    def note(self, seen: Seen) -> None:
        """There is nothing to note."""


class Assembled:
    """Suppliers assembled from kept records, completed by labels of legal units and by registers, without those that opposed.

    A supplier that only its own declaration knows is left out too: a declaration completes a sheet, it never makes one.
    """

    def __init__(
        self,
        joined: Joined,
        keeping: Records,
        assembler: Assembler,
        apart: LabelsOnly,
        context: Context,
        opposition: Opposition | None = None,
    ) -> None:
        self._joined, self._keeping, self._assembler = joined, keeping, assembler
        self._apart, self._context = apart, context
        self._opposition = opposition if opposition is not None and opposition.hashes else None
        self._seen = Seen()

    def __len__(self) -> int:
        return len(self._joined.structures)

    def take(self, start: int, stop: int) -> tuple[Sequence[Supplier], Seen]:
        seen = Seen()
        made = (self._made(structure, seen) for structure in self._joined.structures[start:stop])
        return [supplier for supplier in made if supplier is not None], seen

    def note(self, seen: Seen) -> None:
        self._seen.add(seen)
        self._apart.given |= seen.labels

    def counts(self) -> dict[str, int]:
        """The counts of the merge, of labels and of registers, once every supplier was taken."""
        seen = self._seen
        counts = counted(self._joined, seen.suppliers, linked(seen.sirens)) | self._apart.counts()
        counts |= dict(sorted(seen.found.items()))
        if self._opposition is not None:
            counts |= {"opposed": seen.opposed}
        if seen.alone:
            counts |= {"declared_alone": seen.alone}
        return counts

    def _made(self, structure: Structure, seen: Seen) -> Supplier | None:
        supplier = assembled(structure, self._keeping, self._assembler)
        if isinstance(supplier, Aside):
            seen.odd.append(supplier)
            return None
        if supplier.siren is not None:
            seen.sirens[supplier.siren.value] += 1
        supplier, given = self._apart.completed(supplier)
        seen.labels |= given
        try:
            completed = in_context(supplier, self._context, seen.found)
        except ODD as error:
            seen.odd.append(aside(supplier.id, error))
            return None
        return completed if completed is not None and self._is_kept(completed, seen) else None

    def _is_kept(self, supplier: Supplier, seen: Seen) -> bool:
        """Opposition comes after the merge, because a record without SIRET goes with the one that has it."""
        if self._opposition is not None and self._opposition.among(supplier.identifiers):
            seen.opposed += 1
            return False
        if all(source.source_id in SAID_HERE for source in supplier.sources):
            seen.alone += 1
            return False
        seen.suppliers += 1
        return True
