"""One supplier: what all sources say of one structure, each fact with its provenance."""

from __future__ import annotations

from vivier.model.base import Model
from vivier.model.place import Address
from vivier.model.provenance import Fact, Provenance
from vivier.model.record import Agreement, Capacity, Label, Offer, Reference

SupplierAgreement = Fact[Agreement]
SupplierLabel = Fact[Label]
SupplierOffer = Fact[Offer]


class OtherValue(Model):
    """A value that a source gives for ``field`` (a member of :class:`Supplier`) and that another source's was preferred to."""

    field: str
    value: bool | str | Address
    provenance: Provenance


class Supplier(Model):
    """One structure (a site), merged from its records.

    ``id`` is Vivier's own stable id; SIREN, SIRET and FINESS are attributes (a SIRET may be shared by several ESAT sites).
    ``sources`` are the distinct provenances, first the one of the retained name. ``others`` are the values that sources
    give beside the one retained, ``issues`` what a reader should doubt.
    """

    id: str
    name: Fact[str]
    brand: Fact[str] | None = None
    acronym: Fact[str] | None = None
    siren: Fact[str] | None = None
    siret: Fact[str] | None = None
    finess: Fact[str] | None = None
    other_names: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    agreements: tuple[SupplierAgreement, ...] = ()
    labels: tuple[SupplierLabel, ...] = ()
    address: Fact[Address] | None = None
    offers: tuple[SupplierOffer, ...] = ()
    capacities: tuple[Fact[Capacity], ...] = ()
    networks: tuple[Fact[str], ...] = ()
    zones: tuple[Fact[str], ...] = ()
    references: tuple[Fact[Reference], ...] = ()
    website: Fact[str] | None = None
    description: Fact[str] | None = None
    naf: Fact[str] | None = None
    closed: Fact[bool] | None = None
    others: tuple[OtherValue, ...] = ()
    sources: tuple[Provenance, ...] = ()
    issues: tuple[str, ...] = ()
