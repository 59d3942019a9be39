"""Public contracts: what one source says of a contract, and the contract that all sources give together.

A contract is one marché or one concession: one lot, in its current version. Amounts are euros, taxes excluded, over the
whole duration, renewals included; durations are calendar months and maxima.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from vivier.law.articles import ReservedFor
from vivier.model.base import Indexed, Model
from vivier.model.place import Point
from vivier.model.provenance import Provenance
from vivier.procurement import Consideration, ContractKind, Provision, Signal, State


class Organisation(Model):
    """A buyer, a holder or a subcontractor, as declared. ``siren`` is set only when the identifier is valid;
    ``raw_id`` keeps what was written otherwise; ``name_source`` names the register a name comes from when the record gives none. Names of natural persons are never kept."""

    siret: str | None = None
    siren: str | None = None
    raw_id: str | None = None
    id_type: str | None = None
    name: str | None = None
    name_source: str | None = None

    @property
    def number(self) -> str | None:
        """The SIREN, else what is written instead of it; ``None`` for zeros, which number nobody."""
        return self.siren or (self.raw_id if self.raw_id and self.raw_id.strip("0") else None)


class BuyerPlace(Model):
    """Where a buyer sits, when its source says it; ``category`` is the source's own word."""

    commune: str | None = None
    departement: str | None = None
    post_code: str | None = None
    town: str | None = None
    point: Point | None = None
    category: str | None = None


class DeclaredPlace(Model):
    """The place of performance as written: its code, what the source says the code is (a code of
    :data:`vivier.procurement.PLACE_TYPES`), and the name it gives."""

    code: str | None = None
    code_type: str | None = None
    name: str | None = None


class Considerations(Model):
    """A closed list as declared. ``raw`` keeps the source's values, with those we do not know.

    The state follows docs/contracts.md, « States »: an empty list says nothing, « none » beside another value is a
    contradiction.
    """

    values: tuple[Consideration, ...] = ()
    raw: tuple[str, ...] = ()

    @property
    def contradictory(self) -> bool:
        """Whether « Pas de considération » is declared beside a consideration."""
        return "none" in self.values and len(self.values) > 1

    @property
    def state(self) -> State:
        """``yes``, ``no`` or ``unknown``; a contradiction is ``unknown``."""
        if not self.values or self.contradictory:
            return "unknown"
        return "no" if self.values == ("none",) else "yes"


class Modification(Model):
    """An amendment as declared: the new totals, by law; ``None`` for what it does not touch."""

    number: int | None = None
    notified: date | None = None
    published: date | None = None
    amount: float | None = None
    months: int | None = None
    holders: tuple[Organisation, ...] = ()


class OtherValues(Model):
    """Values that a record in force declares under the same number for the same holders, and that are not retained."""

    amount: float | None = None
    months: int | None = None
    notified: date | None = None


class Subcontract(Model):
    """A declared subcontracting act."""

    subcontractor: Organisation
    amount: float | None = None
    months: int | None = None
    notified: date | None = None


class ContractRecord(Model):
    """One contract as one source gives it, values normalised (docs/contracts.md, « Normalised values »), nothing merged.

    ``source_id`` tells the record inside its run (file, position). ``form`` is the layout (:data:`vivier.procurement.FORMS`).
    ``object`` is ``None`` where the source has none (some extracts have no such column). ``number`` is the buyer's own id, never unique.
    ``version``: modification number of a tabular row (0: initial); ``current`` whether the source calls it the version in
    force. ``issues`` are the codes of what is doubted. Lists hold codes of :mod:`vivier.procurement`; a value that is in no
    list is kept in ``unread`` as « field: value ».
    """

    source_id: str
    provenance: Provenance
    form: str
    kind: ContractKind = "marche"
    number: str | None = None
    buyer: Organisation
    buyer_place: BuyerPlace | None = None
    holders: tuple[Organisation, ...] = ()
    object: str | None = None
    cpv: str | None = None
    nature: str | None = None
    procedure: str | None = None
    techniques: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    ccag: str | None = None
    grouping: str | None = None
    framework: str | None = None
    place: DeclaredPlace | None = None
    amount: float | None = None
    months: int | None = None
    notified: date | None = None
    started: date | None = None
    published: date | None = None
    offers: Annotated[int | None, Field(ge=0)] = None
    subcontracted: bool | None = None
    innovative: bool | None = None
    social: Considerations = Considerations()
    environmental: Considerations = Considerations()
    modifications: tuple[Modification, ...] = ()
    subcontracts: tuple[Subcontract, ...] = ()
    version: int | None = None
    current: bool | None = None
    unread: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()


class ProvisionEvidence(Model):
    """Why we think a contract or notice bears a provision. ``excerpt`` is at most one sentence of the text;
    ``reserved_for`` is empty when the signal does not say who; ``confidence`` in ]0, 1]
    (docs/contracts.md, « Evidence of a provision »)."""

    provision: Provision
    signal: Signal
    provenance: Provenance
    value: str | None = None
    excerpt: str | None = None
    reserved_for: tuple[ReservedFor, ...] = ()
    confidence: Annotated[float, Field(gt=0, le=1)]


class InclusiveHolder(Model):
    """A holder known as an inclusive structure. ``match``: by ``siret`` (the very site) or by ``siren`` (perhaps a sister
    site); ``subcontractor``: it is not a holder but a declared subcontractor."""

    siren: str
    supplier_id: str
    name: str
    kinds: tuple[str, ...]
    match: str
    confidence: float
    subcontractor: bool = False


class Contract(Model):
    """One contract in its current version, merged from the records that tell of it.

    ``key`` is stable (docs/contracts.md, « Key »). ``ends`` is the latest possible end: start + the longest duration, renewals
    included. ``quality`` are the codes of what a reader should doubt. ``place`` is a territory id, ``None`` when unresolved.
    What a member marked ``Indexed`` holds is also a field of the index. ``renewed_on`` is the day the contract that took over was notified: before it, nobody had renewed this one.
    ``published`` is the first publication, ``changed_on`` the last one, of a record or of an amendment. ``amended`` is the day of the last
    amendment; ``amount_since`` and ``months_since`` are those of the amendments that gave the amount and the duration their value, ``None`` when
    none did. ``others`` are the values of its number that are declared and not retained (``rows_disagree``).
    """

    key: str
    kind: Annotated[ContractKind, Indexed()]
    number: str | None = None
    buyer: Organisation
    buyer_category: Annotated[str | None, Indexed()] = None
    buyer_seat: str | None = None
    holders: tuple[Organisation, ...] = ()
    inclusive: tuple[InclusiveHolder, ...] = ()
    object: str
    lot: int | None = None
    cpv: str | None = None
    category: Annotated[str | None, Indexed()] = None
    nature: Annotated[str | None, Indexed()] = None
    procedure: Annotated[str | None, Indexed()] = None
    techniques: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    ccag: str | None = None
    grouping: str | None = None
    consortium: bool = False
    multi_award: bool = False
    framework: str | None = None
    subsequent: bool = False
    parent: Annotated[str | None, Indexed()] = None
    consultation: Annotated[str | None, Indexed()] = None
    declared_place: DeclaredPlace | None = None
    place: str | None = None
    amount: float | None = None
    initial_amount: float | None = None
    months: Annotated[int | None, Indexed()] = None
    initial_months: int | None = None
    notified: Annotated[date | None, Indexed()] = None
    starts: date | None = None
    ends: Annotated[date | None, Indexed()] = None
    published: Annotated[date | None, Indexed()] = None
    changed_on: Annotated[date | None, Indexed()] = None
    amended: date | None = None
    amount_since: date | None = None
    months_since: date | None = None
    offers: Annotated[int | None, Indexed()] = None
    subcontracted: bool | None = None
    social: Considerations = Considerations()
    social_state: State = "unknown"
    environmental: Considerations = Considerations()
    environmental_state: State = "unknown"
    reserved_for: tuple[ReservedFor, ...] = ()
    evidence: tuple[ProvisionEvidence, ...] = ()
    modifications: tuple[Modification, ...] = ()
    others: tuple[OtherValues, ...] = ()
    subcontracts: tuple[Subcontract, ...] = ()
    renewed_by: str | None = None
    renewed_on: Annotated[date | None, Indexed()] = None
    quality: Annotated[tuple[str, ...], Indexed()] = ()
    sources: tuple[Provenance, ...] = ()
