"""Types of the records that the index gives back: the models of this folder as they are stored, in JSON.

Written by ``python -m scripts.build_views``: do not edit. A date is a text in ISO 8601, and a member that is unknown, or that has
its default, may be absent.
"""

from __future__ import annotations

from typing import Generic, Literal, NotRequired, TypeVar

from typing_extensions import TypedDict

T = TypeVar("T")


class FactView(TypedDict, Generic[T]):
    """A value and its provenance."""

    value: T
    provenance: ProvenanceView


class ProvenanceView(TypedDict):
    """Producer, licence and date of a fact."""

    source_id: str
    producer: str
    dataset: str
    licence: str
    url: NotRequired[str]
    updated_at: NotRequired[str]
    fetched_at: NotRequired[str]
    basis: NotRequired[Literal["official", "declared", "inferred", "computed"]]


class AgreementView(TypedDict):
    """A kind held by a structure (ESAT, EI…) and the dates of the agreement."""

    kind: str
    scope: NotRequired[Literal["legal_unit"]]
    valid_from: NotRequired[str]
    valid_until: NotRequired[str]
    proved_until: NotRequired[str]
    number: NotRequired[str]


class LabelView(TypedDict):
    """A label with what it covers and until when."""

    code: str
    scope: NotRequired[Literal["site", "legal_unit", "product", "qualification"]]
    domain: NotRequired[str]
    title: NotRequired[str]
    number: NotRequired[str]
    issuer: NotRequired[str]
    audience: NotRequired[Literal["individuals", "professionals"]]
    valid_from: NotRequired[str]
    valid_until: NotRequired[str]
    suspended: NotRequired[bool]
    proof_url: NotRequired[str]


class PointView(TypedDict):
    """WGS84 degrees."""

    lon: float
    lat: float


class AddressView(TypedDict):
    """A postal address as published, and what was resolved from it."""

    line: NotRequired[str]
    post_code: NotRequired[str]
    town: NotRequired[str]
    commune: NotRequired[str]
    arrondissement: NotRequired[str]
    point: NotRequired[PointView]
    precision: NotRequired[Literal["address", "street", "commune", "unknown"]]
    score: NotRequired[float]


class CountryZoneView(TypedDict):
    """Serves the whole country."""

    type: Literal["country"]


class RadiusZoneView(TypedDict):
    """Serves every commune whose reference point is within ``km`` kilometres of the seat, or of the reference point of the commune ``around`` (its INSEE code) when one is chosen."""

    type: Literal["radius"]
    km: float
    around: NotRequired[str]


class TerritoriesZoneView(TypedDict):
    """Serves the listed territories, typed ids in the long form (``departement:38``)."""

    type: Literal["territories"]
    territories: list[str]


class UndeclaredZoneView(TypedDict):
    """No zone was published: an explicit state, answered with the stated default of the kind and shown as such."""

    type: Literal["undeclared"]


class OfferView(TypedDict):
    """One thing a supplier offers: trade, service types and zone hold together."""

    trade: NotRequired[str]
    supposed_trade: NotRequired[str]
    family: NotRequired[str]
    service_types: NotRequired[list[Literal["service", "goods", "staffing"]]]
    zone: NotRequired[CountryZoneView | RadiusZoneView | TerritoriesZoneView | UndeclaredZoneView]
    evidence: NotRequired[Literal["declared", "certified", "statute", "contract", "job", "text", "name", "activity"]]
    title: NotRequired[str]
    description: NotRequired[str]
    valid_from: NotRequired[str]
    valid_until: NotRequired[str]


class NotOfferedView(TypedDict):
    """What a supplier says that it does not do: ``trade``, of the table, with its narrower ones, or ``words`` of its own."""

    trade: NotRequired[str]
    words: NotRequired[str]


class CapacityView(TypedDict):
    """A size with its unit: never mixed, never guessed."""

    value: float
    up_to: NotRequired[float]
    unit: Literal["places", "etp", "etp_insertion", "persons", "eur_year", "volume_eur_year"]
    status: NotRequired[str]
    year: NotRequired[int]


class ReferenceView(TypedDict):
    """A client or contract the supplier puts forward."""

    client: str
    title: NotRequired[str]
    year: NotRequired[int]


class OtherValueView(TypedDict):
    """A value that a source gives for ``field`` (a member of :class:`Supplier`) and that another source's was preferred to."""

    field: str
    value: bool | str | AddressView
    provenance: ProvenanceView


class LearntView(TypedDict):
    """What answers tell of a trade that no source gives: how many say that it is done (``yes``) or not (``no``), as they count (:mod:`vivier.belief.learnt`)."""

    trade: str
    yes: float
    no: float


class SupplierView(TypedDict):
    """One structure (a site), merged from its records."""

    id: str
    name: FactView[str]
    brand: NotRequired[FactView[str]]
    acronym: NotRequired[FactView[str]]
    siren: NotRequired[FactView[str]]
    siret: NotRequired[FactView[str]]
    finess: NotRequired[FactView[str]]
    other_names: NotRequired[list[str]]
    identifiers: NotRequired[list[str]]
    agreements: NotRequired[list[FactView[AgreementView]]]
    labels: NotRequired[list[FactView[LabelView]]]
    address: NotRequired[FactView[AddressView]]
    offers: NotRequired[list[FactView[OfferView]]]
    not_offered: NotRequired[list[FactView[NotOfferedView]]]
    capacities: NotRequired[list[FactView[CapacityView]]]
    networks: NotRequired[list[FactView[str]]]
    zones: NotRequired[list[FactView[str]]]
    references: NotRequired[list[FactView[ReferenceView]]]
    website: NotRequired[FactView[str]]
    mailbox: NotRequired[FactView[str]]
    phone: NotRequired[FactView[str]]
    description: NotRequired[FactView[str]]
    naf: NotRequired[FactView[str]]
    closed: NotRequired[FactView[bool]]
    sources: NotRequired[list[ProvenanceView]]
    issues: NotRequired[list[str]]
    others: NotRequired[list[OtherValueView]]
    learnt: NotRequired[list[LearntView]]


class OrganisationView(TypedDict):
    """A buyer, a holder or a subcontractor, as declared."""

    siret: NotRequired[str]
    siren: NotRequired[str]
    raw_id: NotRequired[str]
    id_type: NotRequired[str]
    name: NotRequired[str]
    name_source: NotRequired[str]


class InclusiveHolderView(TypedDict):
    """A holder known as an inclusive structure."""

    siren: str
    supplier_id: str
    name: str
    kinds: list[str]
    match: str
    confidence: float
    subcontractor: NotRequired[bool]


class DeclaredPlaceView(TypedDict):
    """The place of performance as written: its code, what the source says the code is (a code of :data:`vivier.procurement.PLACE_TYPES`), and the name it gives."""

    code: NotRequired[str]
    code_type: NotRequired[str]
    name: NotRequired[str]


class ConsiderationsView(TypedDict):
    """A closed list as declared."""

    values: NotRequired[list[Literal["reserved", "criterion", "clause", "none"]]]
    raw: NotRequired[list[str]]


class ProvisionEvidenceView(TypedDict):
    """Why we think a contract or notice bears a provision."""

    provision: Literal["reserved", "criterion", "clause", "environmental", "social_unspecified"]
    signal: Literal["declared", "boamp_criteria", "notice_code", "article", "other_code", "words", "winner", "cpv"]
    provenance: ProvenanceView
    value: NotRequired[str]
    excerpt: NotRequired[str]
    reserved_for: NotRequired[list[Literal["EA_ESAT", "SIAE", "PRISON", "ESS"]]]
    confidence: float


class ModificationView(TypedDict):
    """An amendment as declared: the new totals, by law; ``None`` for what it does not touch."""

    number: NotRequired[int]
    notified: NotRequired[str]
    published: NotRequired[str]
    amount: NotRequired[float]
    months: NotRequired[int]
    holders: NotRequired[list[OrganisationView]]


class OtherValuesView(TypedDict):
    """Values that a record in force declares under the same number for the same holders, and that are not retained."""

    amount: NotRequired[float]
    months: NotRequired[int]
    notified: NotRequired[str]


class SubcontractView(TypedDict):
    """A declared subcontracting act."""

    subcontractor: OrganisationView
    amount: NotRequired[float]
    months: NotRequired[int]
    notified: NotRequired[str]


class ContractView(TypedDict):
    """One contract in its current version, merged from the records that tell of it."""

    key: str
    kind: Literal["marche", "concession"]
    number: NotRequired[str]
    buyer: OrganisationView
    buyer_category: NotRequired[str]
    buyer_seat: NotRequired[str]
    holders: NotRequired[list[OrganisationView]]
    inclusive: NotRequired[list[InclusiveHolderView]]
    object: str
    lot: NotRequired[int]
    cpv: NotRequired[str]
    category: NotRequired[str]
    nature: NotRequired[str]
    procedure: NotRequired[str]
    techniques: NotRequired[list[str]]
    modalities: NotRequired[list[str]]
    ccag: NotRequired[str]
    grouping: NotRequired[str]
    consortium: NotRequired[bool]
    multi_award: NotRequired[bool]
    framework: NotRequired[str]
    subsequent: NotRequired[bool]
    parent: NotRequired[str]
    consultation: NotRequired[str]
    declared_place: NotRequired[DeclaredPlaceView]
    place: NotRequired[str]
    amount: NotRequired[float]
    initial_amount: NotRequired[float]
    months: NotRequired[int]
    initial_months: NotRequired[int]
    notified: NotRequired[str]
    starts: NotRequired[str]
    ends: NotRequired[str]
    published: NotRequired[str]
    changed_on: NotRequired[str]
    amended: NotRequired[str]
    amount_since: NotRequired[str]
    months_since: NotRequired[str]
    offers: NotRequired[int]
    subcontracted: NotRequired[bool]
    social: NotRequired[ConsiderationsView]
    social_state: NotRequired[Literal["yes", "no", "unknown"]]
    environmental: NotRequired[ConsiderationsView]
    environmental_state: NotRequired[Literal["yes", "no", "unknown"]]
    reserved_for: NotRequired[list[Literal["EA_ESAT", "SIAE", "PRISON", "ESS"]]]
    evidence: NotRequired[list[ProvisionEvidenceView]]
    modifications: NotRequired[list[ModificationView]]
    others: NotRequired[list[OtherValuesView]]
    subcontracts: NotRequired[list[SubcontractView]]
    renewed_by: NotRequired[str]
    renewed_on: NotRequired[str]
    quality: NotRequired[list[str]]
    sources: NotRequired[list[ProvenanceView]]


class BuyerPlaceView(TypedDict):
    """Where a buyer sits, when its source says it; ``category`` is the source's own word."""

    commune: NotRequired[str]
    departement: NotRequired[str]
    post_code: NotRequired[str]
    town: NotRequired[str]
    point: NotRequired[PointView]
    category: NotRequired[str]


class BuyerContactView(TypedDict):
    """Where a buyer is written to, as its notices say: its web site, the page of its consultations, the mailbox of a service."""

    website: NotRequired[str]
    profile: NotRequired[str]
    mailbox: NotRequired[str]


class AwardCriterionView(TypedDict):
    """An award criterion as written; ``weight`` as published, its unit is the notice's."""

    name: str
    kind: NotRequired[str]
    weight: NotRequired[float]


class RecurrenceView(TypedDict):
    """Whether a buyer will buy the same again (``recurrent``), and when it expects to publish the next notice: ``text`` as written, ``first`` and ``last`` the days of the period that it names, ``None`` when it names none."""

    recurrent: bool
    text: NotRequired[str]
    first: NotRequired[str]
    last: NotRequired[str]


class NoticeView(TypedDict):
    """A notice among the others, as indexed."""

    source_id: str
    provenance: ProvenanceView
    source: Literal["boamp", "ted", "approch"]
    number: str
    folder: NotRequired[str]
    lot: NotRequired[str]
    form: str
    nature: str
    published: NotRequired[str]
    planned: NotRequired[str]
    deadline: NotRequired[str]
    follows: NotRequired[list[str]]
    buyer: OrganisationView
    buyer_place: NotRequired[BuyerPlaceView]
    buyer_contact: NotRequired[BuyerContactView]
    title: str
    description: NotRequired[str]
    cpv: NotRequired[list[str]]
    descriptors: NotRequired[list[str]]
    category: NotRequired[str]
    procedure: NotRequired[str]
    nuts: NotRequired[list[str]]
    departements: NotRequired[list[str]]
    national: NotRequired[bool]
    months: NotRequired[int]
    starts: NotRequired[str]
    ends: NotRequired[str]
    amount_min: NotRequired[float]
    amount_max: NotRequired[float]
    criteria: NotRequired[list[AwardCriterionView]]
    conditions: NotRequired[str]
    winners: NotRequired[list[OrganisationView]]
    offers: NotRequired[int]
    recurrence: NotRequired[RecurrenceView]
    evidence: NotRequired[list[ProvisionEvidenceView]]
    wanted_inclusive: NotRequired[bool]
    issues: NotRequired[list[str]]
    key: str
    status: NotRequired[Literal["corrected", "cancelled", "awarded"]]
    settled: NotRequired[str]
    linked: NotRequired[list[str]]
    twin: NotRequired[str]
    places: NotRequired[list[str]]
    buyer_seat: NotRequired[str]
    buyer_category: NotRequired[str]
    reserved_for: NotRequired[list[Literal["EA_ESAT", "SIAE", "PRISON", "ESS"]]]
    sources: NotRequired[list[ProvenanceView]]
    seen: NotRequired[str]


class BuyerView(TypedDict):
    """One buyer, by SIREN."""

    siren: str
    name: NotRequired[str]
    name_source: NotRequired[str]
    other_names: NotRequired[list[str]]
    sirets: NotRequired[list[str]]
    category: str
    seat: NotRequired[str]
    contracts: int
    first: NotRequired[str]
    last: NotRequired[str]
    sources: NotRequired[list[ProvenanceView]]


ZoneView = CountryZoneView | RadiusZoneView | TerritoriesZoneView | UndeclaredZoneView
