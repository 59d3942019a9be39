"""What SIRENE and the lists of priority areas say of a merged supplier.

SIRENE has the first word on closure and NAF (reference: survivorship). A headcount is a band, never a number; a turnover is
that of the legal unit. A sole trader is shown only when an official list publishes it, and then with what that list says; who
asked not to be shown is reduced to a commune.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from indexer.aside import ODD, SetAside, aside
from indexer.context import Context
from indexer.merge import Merged
from vivier.identity import name_key
from vivier.model import Address, Capacity, Fact, Label, Supplier, members
from vivier.model.context import Establishment
from vivier.model.provenance import Provenance
from vivier.model.sizes import HEADCOUNT_BANDS
from vivier.territory.address import resolve_address

NAME_WITHHELD = "Entreprise individuelle (nom non diffusé)"
_SHARED: Final[dict[str, Any]] = {
    name: member.fact
    for name, member in members().items()
    if name in Establishment.model_fields and name != "siret" and member.fact is not None
}
"""Members of a supplier on which SIRENE has the first word: those that an establishment has under the same name."""
_REGISTER = "https://annuaire-entreprises.data.gouv.fr/etablissement/"


def in_context(merged: Merged, context: Context, left_out: SetAside | None = None) -> Merged:
    """The suppliers with what registers say, less the sole traders that no official list publishes (counted), and those of which
    registers say what cannot be read (``left_out``)."""
    if not context.statistics:
        return merged
    counts: Counter[str] = Counter()
    left = SetAside() if left_out is None else left_out
    suppliers = []
    for supplier in merged.suppliers:
        try:
            completed = _told(supplier, context, counts)
        except ODD as error:
            left.add([aside(supplier.id, error)], len(merged.suppliers))
            continue
        suppliers += [completed] if completed is not None else []
    return replace(merged, suppliers=suppliers, counts={**merged.counts, **dict(sorted(counts.items()))})


def _told(supplier: Supplier, context: Context, counts: Counter[str]) -> Supplier | None:
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
    """An official register of kinds or labels names it."""
    said = [agreement.provenance for agreement in supplier.agreements]
    said += [label.provenance for label in supplier.labels]
    return any(provenance.basis == "official" for provenance in said)


def _by_sirene(supplier: Supplier, fact: Establishment, context: Context) -> Supplier:
    if not fact.known:
        return _changed(supplier, issues=_with(supplier.issues, "unknown_siret"))
    said = context.provenance("sirene", f"{_REGISTER}{fact.siret}")
    supplier = _with_facts(_with_source(supplier, said), fact, said)
    if fact.sole_trader:
        supplier = _only_labels(supplier)
    return _withheld(supplier, fact, said, context) if fact.restricted else supplier


def _with_facts(supplier: Supplier, fact: Establishment, said: Provenance) -> Supplier:
    changes: dict[str, Any] = {"capacities": (*supplier.capacities, *_sizes(fact, said))}
    for name, made in _SHARED.items():
        value = getattr(fact, name)
        if value is not None:
            changes[name] = made(value=value, provenance=said)
    if fact.closed is not None and supplier.closed is not None and supplier.closed.value != fact.closed:
        changes["issues"] = _with(supplier.issues, "closed_conflict")
    if fact.mission and not any(label.value.code == "SOCIETE_MISSION" for label in supplier.labels):
        label = Label(code="SOCIETE_MISSION", scope="legal_unit", issuer="SIRENE", proof_url=said.url)
        changes["labels"] = (*supplier.labels, Fact[Label](value=label, provenance=said))
    if fact.legal_name and name_key(fact.legal_name) not in _names(supplier):
        changes["other_names"] = (*supplier.other_names, fact.legal_name)
    return _changed(supplier, **changes)


def _names(supplier: Supplier) -> set[str]:
    known = [fact.value for fact in (supplier.name, supplier.brand, supplier.acronym) if fact is not None]
    return {name_key(name) for name in (*known, *supplier.other_names)}


def _sizes(fact: Establishment, said: Provenance) -> Iterable[Fact[Capacity]]:
    band = HEADCOUNT_BANDS.get(fact.headcount or "")
    if band is not None:
        size = Capacity(
            value=band[0], up_to=band[1], unit="persons", status="tranche d'effectif salarié", year=fact.headcount_year
        )
        yield Fact[Capacity](value=size, provenance=said)
    if fact.turnover is not None:
        size = Capacity(value=fact.turnover, unit="eur_year", status="unité légale", year=fact.turnover_year)
        yield Fact[Capacity](value=size, provenance=said)


def _only_labels(supplier: Supplier) -> Supplier:
    """What an official list says of a sole trader: kinds, labels, certified trades, place."""
    return _changed(
        supplier,
        acronym=None,
        other_names=(),
        offers=tuple(offer for offer in supplier.offers if offer.value.evidence == "certified"),
        capacities=(),
        networks=(),
        references=(),
        website=None,
        description=None,
    )


def _withheld(supplier: Supplier, fact: Establishment, said: Provenance, context: Context) -> Supplier:
    """Reduced to a commune; a natural person's name goes too."""
    changes: dict[str, Any] = {"issues": _with(supplier.issues, "address_withheld")}
    if supplier.address is not None:
        address = supplier.address.value
        kept = Address(post_code=address.post_code, town=address.town, commune=address.commune)
        changes["address"] = supplier.address.model_copy(
            update={"value": resolve_address(kept, context.gazetteer)[0].model_copy(update={"arrondissement": None})}
        )
    if fact.sole_trader:
        said = said.model_copy(update={"basis": "computed"})
        changes |= {"name": Fact[str](value=NAME_WITHHELD, provenance=said), "brand": None}
        changes["issues"] = _with(changes["issues"], "name_withheld")
    return _changed(supplier, **changes)


def _in_areas(supplier: Supplier, context: Context) -> Supplier:
    if supplier.address is None or not context.areas.known:
        return supplier
    known = {zone.value for zone in supplier.zones}
    found = [zone for zone in context.areas.of(supplier.address.value) if zone not in known]
    if not found:
        return supplier
    said = context.provenance("zones").model_copy(update={"basis": "computed"})
    zones = (*supplier.zones, *(Fact[str](value=zone, provenance=said) for zone in found))
    return _with_source(_changed(supplier, zones=zones), said)


def _with_source(supplier: Supplier, said: Provenance) -> Supplier:
    return supplier if said in supplier.sources else _changed(supplier, sources=(*supplier.sources, said))


def _changed(supplier: Supplier, **changes: Any) -> Supplier:
    return supplier.model_copy(update=changes)


def _with(issues: tuple[str, ...], code: str) -> tuple[str, ...]:
    return tuple(sorted({*issues, code}))
