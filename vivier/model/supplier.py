"""The shape of a supplier: a record is what one source says of it, a supplier what all sources say, each fact with its provenance.

A member of :class:`Supplier` says beside its type how it is shown (:class:`Shown`) and indexed (:class:`Indexed`): the parts of an answer, its
schema, the columns of exports and the plain fields of the index follow from it. So does the merge: a member that a record has
under the same name is taken from the most trusted record.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin

from pydantic import Field

from vivier.model.base import Indexed, Model
from vivier.model.facts import Agreement, Capacity, Label, Learnt, NotOffered, Offer, Reference
from vivier.model.place import Address
from vivier.model.provenance import Fact, Provenance

SupplierAgreement = Fact[Agreement]
SupplierLabel = Fact[Label]
SupplierOffer = Fact[Offer]


@dataclass(frozen=True)
class Shown:
    """How a member is shown.

    ``part``: the value of ``fields`` that brings it in an answer. ``header`` and ``meaning``, in French: of its column in
    exports; without a header it has none of its own. ``link``: it is a web address; ``on_demand``: its column comes only when
    ``fields`` names its part.
    """

    part: str
    header: str | None = None
    meaning: str = ""
    link: bool = False
    on_demand: bool = False


class Record(Model):
    """One site as one source gives it. Identifiers are optional; what is unknown stays ``None``.

    ``enriches`` is the key (``source:key``) of the record whose structure it adds facts to: such a record makes no supplier of
    its own, and is left out when that one is gone.
    ``source_id`` is the key inside the source; ``issues`` names what was doubtful (``siret_invalid``…);
    ``closed`` is ``True`` when the source says so, ``None`` when it does not say; ``zones`` are codes of priority areas
    (``qpv``, ``frr``, ``zrr``) the source says the seat is in.
    """

    source_id: str
    provenance: Provenance
    name: Annotated[str, Field(min_length=1, max_length=300)]
    brand: str | None = None
    acronym: str | None = None
    siren: str | None = None
    siret: str | None = None
    former_sirets: tuple[str, ...] = ()
    finess: str | None = None
    agreements: tuple[Agreement, ...] = ()
    labels: tuple[Label, ...] = ()
    address: Address = Address()
    offers: tuple[Offer, ...] = ()
    not_offered: tuple[NotOffered, ...] = ()
    capacities: tuple[Capacity, ...] = ()
    networks: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    website: str | None = None
    mailbox: str | None = None
    phone: str | None = None
    description: str | None = None
    naf: str | None = None
    closed: bool | None = None
    enriches: str | None = None
    issues: tuple[str, ...] = ()


class OtherValue(Model):
    """A value that a source gives for ``field`` (a member of :class:`Supplier`) and that another source's was preferred to."""

    field: str
    value: bool | str | Address
    provenance: Provenance


class Supplier(Model):
    """One structure (a site), merged from its records.

    ``id`` is Vivier's own stable id; SIREN, SIRET and FINESS are attributes (a SIRET may be shared by several ESAT sites).
    ``sources`` are the distinct provenances, first the one of the retained name. ``others`` are the values that sources
    give beside the one retained, ``issues`` what a reader should doubt. ``learnt`` is what answers tell of its trades: it is no fact, and is
    shown through what is believed.
    """

    id: str
    name: Annotated[Fact[str], Shown("name", "Nom", "nom retenu")]
    brand: Annotated[Fact[str] | None, Shown("name")] = None
    acronym: Annotated[Fact[str] | None, Shown("name")] = None
    siren: Annotated[Fact[str] | None, Shown("identifiers", "SIREN", "unité légale, en texte")] = None
    siret: Annotated[Fact[str] | None, Shown("identifiers", "SIRET", "établissement, en texte")] = None
    finess: Annotated[Fact[str] | None, Shown("identifiers")] = None
    other_names: Annotated[tuple[str, ...], Shown("name")] = ()
    identifiers: Annotated[tuple[str, ...], Shown("identifiers")] = ()
    agreements: Annotated[tuple[SupplierAgreement, ...], Shown("kinds")] = ()
    labels: Annotated[tuple[SupplierLabel, ...], Shown("labels")] = ()
    address: Annotated[Fact[Address] | None, Shown("address")] = None
    offers: Annotated[tuple[SupplierOffer, ...], Shown("offers")] = ()
    not_offered: Annotated[tuple[Fact[NotOffered], ...], Shown("offers")] = ()
    capacities: Annotated[tuple[Fact[Capacity], ...], Shown("capacities")] = ()
    networks: Annotated[tuple[Fact[str], ...], Shown("networks"), Indexed()] = ()
    zones: Annotated[tuple[Fact[str], ...], Shown("address"), Indexed()] = ()
    references: Annotated[tuple[Fact[Reference], ...], Shown("references")] = ()
    website: Annotated[Fact[str] | None, Shown("website", "Site", "adresse du site", link=True)] = None
    mailbox: Annotated[
        Fact[str] | None, Shown("contacts", "Courriel de l'organisation", "boîte d'un service, jamais d'une personne")
    ] = None
    phone: Annotated[
        Fact[str] | None, Shown("contacts", "Téléphone de l'organisation", "standard, jamais un portable")
    ] = None
    description: Annotated[
        Fact[str] | None, Shown("description", "Présentation", "texte du fournisseur", on_demand=True)
    ] = None
    naf: Annotated[Fact[str] | None, Shown("identifiers")] = None
    closed: Annotated[Fact[bool] | None, Shown("identifiers"), Indexed()] = None
    sources: Annotated[tuple[Provenance, ...], Shown("sources")] = ()
    issues: Annotated[tuple[str, ...], Shown("sources")] = ()
    others: Annotated[tuple[OtherValue, ...], Shown("sources")] = ()
    learnt: tuple[Learnt, ...] = ()


@dataclass(frozen=True)
class Member:
    """A member of a supplier as its declaration reads: the ``kind`` of its values (``Fact[str]``, ``str``), ``several`` when it
    holds any number of them."""

    name: str
    kind: type[Any]
    several: bool
    shown: Shown

    @property
    def fact(self) -> Any:
        """The class of its facts, ``None`` when its values are no facts."""
        return self.kind if issubclass(self.kind, Fact) else None

    @property
    def value(self) -> Any:
        """The type of a value without its provenance: ``str`` of a ``Fact[str]``."""
        return self.kind.model_fields["value"].annotation if issubclass(self.kind, Fact) else self.kind


@cache
def members() -> dict[str, Member]:
    """The members of a supplier by name, in their order; its id, which always comes, is none."""
    return {
        name: Member(name, *_type_of(field.annotation), shown)
        for name, field in Supplier.model_fields.items()
        for shown in field.metadata
        if isinstance(shown, Shown)
    }


def _type_of(annotation: Any) -> tuple[type[Any], bool]:
    """``Fact[str]``, alone or ``None``: one value; ``tuple[Fact[str], ...]``: several."""
    if get_origin(annotation) is tuple:
        return get_args(annotation)[0], True
    return next((part for part in get_args(annotation) if part is not type(None)), annotation), False
