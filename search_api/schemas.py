"""The shapes of the answers, for OpenAPI and for the tests that check real answers against them.

They are types of dictionaries: mypy checks what is written, and a request pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NotRequired

from typing_extensions import TypedDict

from vivier.bodies import Body
from vivier.model import Member, members
from vivier.needs import Need, NotApplied
from vivier.suppliers.believed import BeliefBody
from vivier.suppliers.query import Group
from vivier.suppliers.sources import SourceOut


class ProblemChoice(Body):
    """A value to give instead of a doubtful one, and its meaning."""

    value: str
    label_fr: str


class ProblemError(Body):
    """One thing to correct."""

    field: str
    code: str
    message: str
    allowed: NotRequired[list[str] | None]
    suggestion: NotRequired[str | None]
    choices: NotRequired[list[ProblemChoice] | None]


class Problem(Body):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str | None
    errors: NotRequired[list[ProblemError] | None]
    reasons: NotRequired[list[str] | None]


class ReasonOut(Body):
    """Why a supplier is proposed."""

    code: str
    text: str
    inferred: bool
    fits: bool


_Class = TypedDict(
    "_Class", {"class": Literal["full", "wide", "partial", "touch", "seat_only", "overseas_unconfirmed", "none"]}
)


class CoverageOut(Body, _Class):
    """How a supplier covers the territory asked; shares are of the population, 0 to 1."""

    label_fr: str
    share: float
    share_population: float | None
    share_area: float | None
    basis: str | None
    matched_zone: str | None
    distance_km: float | None
    seat_in_territory: bool
    borderline: bool | None
    reason: str | None
    published: bool


def _optional(member: Member) -> Any:
    """The type of a member of an answer: a list where the supplier has several values, ``null`` when unknown, absent when ``fields`` leaves it
    out."""
    kind: Any = list[member.kind] if member.several else member.kind  # type: ignore[name-defined]
    return NotRequired[kind | None]


if TYPE_CHECKING:

    class _Members(Body):
        id: str

else:
    _Members = TypedDict("_Members", {"id": str, **{name: _optional(member) for name, member in members().items()}})


class RecordOut(Body, _Members):
    """A supplier. ``null``: unknown; absent: not asked (``fields``)."""


class ComponentOut(Body):
    """One part of a score: ``value`` from 0 to 1, ``weight`` in this query, ``points`` brought to the total."""

    component: str
    label_fr: str
    value: float
    weight: float
    points: int


class ScoreOut(Body):
    """A score in points of 10,000: the sum of its parts."""

    points: int
    components: list[ComponentOut]


class CapacityOut(Body):
    """A year of the lot against the volume that the structure declares, else against a year of turnover (euros without VAT)."""

    state: Literal["fits", "too_large", "unknown"]
    annual_amount: float
    turnover: float | None
    share: float | None
    threshold: float
    volume: float | None


class FoundOut(Body):
    """What a search says of a supplier. ``score`` only when sorted by relevance, ``capacity`` only when an amount is given."""

    id: str
    group: Literal["exact", "label_unknown", "near_trade", "to_ask", "other_kind", "farther"]
    coverage: CoverageOut | None
    distance_km: float | None
    score: ScoreOut | None
    capacity: CapacityOut | None
    reasons: list[ReasonOut]


class ResultOut(RecordOut, FoundOut):
    """A supplier found."""


class FacetValue(Body):
    """Documents that hold a value, the filter of the facet itself not applied. ``groups``: for suppliers, how many in each group of the answer;
    empty when the query chooses its groups, which ``count`` then counts, or when the answer has a single group."""

    value: str
    label_fr: str
    count: int
    selected: bool
    groups: NotRequired[Mapping[Group, int]]


class OtherOut(Body, total=False):
    """How many rarer values a facet of suppliers leaves out."""

    other: int


class FacetOut(OtherOut):
    """``missing``: suppliers without any value; ``complete``: no rarer value was left out."""

    title: str
    values: list[FacetValue]
    missing: int
    complete: bool


class RelaxationOut(Body):
    """A change of the query that gives results."""

    parameter: str
    text: str
    total: int
    link: str | None


class RelatedTradeOut(Body):
    """A trade near those asked; ``total``: of the same search with it in their place."""

    code: str
    label_fr: str
    total: int
    link: str | None


class ListMeta(Body):
    """What the answer of any list rests on."""

    as_of: str
    index_generation: str
    method_versions: Mapping[str, str]
    unknown_excluded: Mapping[str, int]
    notices: list[str]


class Meta(ListMeta):
    """What an answer rests on. ``understood``: how its need was read, when it has one; the last two only with fewer than five results."""

    seed: str | None
    took_ms: NotRequired[float]
    understood: NotRequired[list[str] | None]
    relaxations: NotRequired[list[RelaxationOut] | None]
    related_trades: NotRequired[list[RelatedTradeOut] | None]


class Links(Body):
    """``null``: no such page, or the URL would be too long."""

    self: str | None
    next: str | None
    prev: str | None
    geojson: str | None
    csv: str | None
    xlsx: str | None
    jsonl: str | None


class GroupOut(Body):
    """A group of the answer: who meets all that is asked, or what they lack. ``results`` complete the page; ``link`` gives all.
    ``zone_unpublished``: how many of the group ``exact`` publish no zone, and count by their seat; ``in_part``: how
    many of it do a narrower trade than the one requested, alone."""

    group: Literal["exact", "label_unknown", "near_trade", "to_ask", "other_kind", "farther"]
    label_fr: str
    total: int
    zone_unpublished: int
    in_part: int
    sentence: str
    results: list[ResultOut]
    link: str | None


class Paging(Body):
    """How many results there are, and which of them a page has."""

    total: int
    total_relation: Literal["exact"]
    page: int
    per_page: int
    pages: int


class SearchAnswer(Paging):
    """A page of suppliers."""

    query: dict[str, object]
    results: list[ResultOut]
    groups: list[GroupOut]
    facets: dict[str, FacetOut]
    links: Links
    meta: Meta
    sources: list[SourceOut]


class SupplierMeta(Body):
    """What a record rests on."""

    index_generation: str


class DeclarationOut(Body):
    """What the structure declares of itself here, until ``ends_on``. ``signed_on``: the day on which a code sent to the mailbox that the register
    ``signed_by`` publishes signed it; ``None``: it is not signed."""

    received_on: str
    ends_on: str | None
    signed_on: str | None
    signed_by: str | None


class SupplierAnswer(Body):
    """One supplier, whole. ``beliefs``: trades that no source gives, from one chance in five; ``declaration``: ``None`` when it declares nothing here."""

    supplier: RecordOut
    declaration: DeclarationOut | None
    links: dict[str, str]
    meta: SupplierMeta
    sources: list[SourceOut]
    beliefs: list[BeliefBody]


class PointOut(Body):
    """Longitude and latitude."""

    type: Literal["Point"]
    coordinates: list[float]


class Feature(Body):
    """A supplier, or a département with a count."""

    type: Literal["Feature"]
    id: str
    geometry: PointOut | None
    properties: dict[str, object]


class EndingBody(Body):
    """What follows the features."""

    total: int
    aggregated: bool
    query: dict[str, object]
    meta: Meta
    sources: list[SourceOut]
    bbox: NotRequired[list[float]]


class FeatureCollection(EndingBody):
    """RFC 7946, WGS84."""

    type: Literal["FeatureCollection"]
    features: list[Feature]


class Health(Body):
    """The process lives."""

    status: Literal["ok"]


class ReadyCollection(Body):
    """The generation of a collection that answers."""

    index_generation: str
    documents: int
    created_at: str
    age_hours: float


class OpenFilesAnswer(Body):
    """``used``: files and connections the service has open; ``limit``: how many it may."""

    used: int
    limit: int


class ReadyJob(Body):
    """A job of « vivier up »: its last success and failure (UTC), hours since this success; ``reason``: of a failure that lasts; ``late``: it
    should have succeeded since."""

    job: str
    succeeded_at: str | None
    age_hours: float | None
    failed_at: str | None
    reason: str | None
    late: bool


class Ready(ReadyCollection):
    """The service can answer; the figures of the suppliers, then those of every ``collection`` in service. ``warnings``: what
    is near its limit, or damaged and replaced by a former generation, in French."""

    status: Literal["ready"]
    collections: dict[str, ReadyCollection]
    open_files: OpenFilesAnswer
    jobs: list[ReadyJob]
    warnings: list[str]


class NeedLinks(Body):
    """``suppliers``: the search made of what is certain, ``null`` when nothing is."""

    suppliers: str | None


class NeedAnswer(Need):
    """What was understood; ``query``: the certain pieces as parameters of ``/v1/suppliers``; ``not_applied``: what it leaves out,
    ``assumed``: what it applies with an assumption, each with the reason in French."""

    query: dict[str, list[str]]
    not_applied: list[NotApplied]
    assumed: list[NotApplied]
    links: NeedLinks
