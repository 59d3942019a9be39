"""The shapes of the answers, for OpenAPI and for the tests that check real answers against them.

Requests do not use them: answers are dictionaries written by orjson, as validating an envelope costs 4 ms a page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import ConfigDict, Field, create_model

from vivier.model import Member, Model, members
from vivier.needs import Need, NotApplied


class ProblemChoice(Model):
    """A value to give instead of a doubtful one, and its meaning."""

    value: str
    label_fr: str


class ProblemError(Model):
    """One thing to correct."""

    field: str
    code: str
    message: str
    allowed: list[str] | None = None
    suggestion: str | None = None
    choices: list[ProblemChoice] | None = None


class Problem(Model):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str | None
    errors: list[ProblemError] | None = None
    reasons: list[str] | None = None


class SourceOut(Model):
    """A dataset behind an answer."""

    source_id: str
    producer: str
    dataset: str
    licence: str
    url: str | None
    updated_at: str | None
    fetched_at: str | None


class ReasonOut(Model):
    """Why a supplier is proposed."""

    code: str
    text: str
    inferred: bool
    fits: bool


class CoverageOut(Model):
    """How a supplier covers the territory asked; shares are of the population, 0 to 1."""

    model_config = ConfigDict(extra="allow")

    cls: Literal["full", "wide", "partial", "touch", "seat_only", "overseas_unconfirmed", "none"] = Field(alias="class")
    label_fr: str
    share: float
    basis: str | None
    distance_km: float | None


def _optional(member: Member) -> tuple[Any, None]:
    """The type and default of a member of an answer: a list where the supplier has several values, ``null`` when unknown, absent
    when ``fields`` leaves it out."""
    kind: Any = list[member.kind] if member.several else member.kind  # type: ignore[name-defined]
    return kind | None, None


if TYPE_CHECKING:
    _Members = Model
else:
    _Members = create_model(
        "_Members", __base__=Model, id=(str, ...), **{name: _optional(member) for name, member in members().items()}
    )


class RecordOut(_Members):
    """A supplier. ``null``: unknown; absent: not asked (``fields``)."""


class ComponentOut(Model):
    """One part of a score: ``value`` from 0 to 1, ``weight`` in this query, ``points`` brought to the total."""

    component: str
    label_fr: str
    value: float
    weight: float
    points: int


class ScoreOut(Model):
    """A score in points of 10,000: the sum of its parts."""

    points: int
    components: list[ComponentOut]


class CapacityOut(Model):
    """A year of the lot against the volume that the structure declares, else against a year of turnover (euros without VAT)."""

    state: Literal["fits", "too_large", "unknown"]
    annual_amount: float
    turnover: float | None
    share: float | None
    threshold: float
    volume: float | None


class ResultOut(RecordOut):
    """A supplier found. ``score`` only when sorted by relevance, ``capacity`` only when an amount is given."""

    group: Literal["exact", "near_trade", "to_ask", "farther"]
    coverage: CoverageOut | None
    distance_km: float | None
    score: ScoreOut | None
    capacity: CapacityOut | None
    reasons: list[ReasonOut]


class FacetValue(Model):
    """Suppliers that hold a value, the filter of the facet itself not applied."""

    value: str
    label_fr: str
    count: int
    selected: bool


class SupplierFacetValue(FacetValue):
    """``groups``: suppliers that hold the value in each group of the answer; empty when the query chooses its groups, which ``count``
    then counts, or when the answer has a single group."""

    groups: dict[str, int]


class FacetOut(Model):
    """``missing``: suppliers without any value; ``other``: rarer values left out, ``complete``: none was."""

    title: str
    values: list[FacetValue]
    missing: int
    other: int
    complete: bool


class SupplierFacetOut(FacetOut):
    """A facet of suppliers, with the counts of each group."""

    values: list[SupplierFacetValue]  # type: ignore[assignment]


class RelaxationOut(Model):
    """A change of the query that gives results."""

    parameter: str
    text: str
    total: int
    link: str | None


class RelatedTradeOut(Model):
    """A trade near those asked; ``total``: of the same search with it in their place."""

    code: str
    label_fr: str
    total: int
    link: str | None


class Meta(Model):
    """What an answer rests on. ``understood``: how its need was read, when it has one; the last two only with fewer than five results."""

    as_of: str
    index_generation: str
    method_versions: dict[str, str]
    unknown_excluded: dict[str, int]
    notices: list[str]
    seed: str | None
    took_ms: float
    understood: list[str] | None = None
    relaxations: list[RelaxationOut] | None = None
    related_trades: list[RelatedTradeOut] | None = None


class Links(Model):
    """``null``: no such page, or the URL would be too long."""

    self: str | None
    next: str | None
    prev: str | None
    geojson: str | None
    csv: str | None
    xlsx: str | None
    jsonl: str | None


class GroupOut(Model):
    """A group of the answer: who meets all that is asked, or what they lack. ``results`` complete the page; ``link`` gives all.
    ``zone_unpublished``: how many of the group ``exact`` publish no zone, and count by their seat."""

    group: Literal["exact", "near_trade", "to_ask", "farther"]
    label_fr: str
    total: int
    zone_unpublished: int
    sentence: str
    results: list[ResultOut]
    link: str | None


class SearchAnswer(Model):
    """A page of suppliers."""

    query: dict[str, Any]
    total: int
    total_relation: Literal["exact"]
    page: int
    per_page: int
    pages: int
    results: list[ResultOut]
    groups: list[GroupOut]
    facets: dict[str, SupplierFacetOut]
    links: Links
    meta: Meta
    sources: list[SourceOut]


class SupplierMeta(Model):
    """What a record rests on."""

    index_generation: str


class ClueOut(Model):
    """A fact on a trade, and what it adds to its log-odds."""

    clue: str
    text_fr: str
    odds: float


class BeliefOut(Model):
    """A trade that a supplier probably does and that no source gives: probability (0 to 1), bounds of nine cases in ten, and the clues whose
    log-odds add up to it. ``observed``: the trade was seen for its kind, or some clue tells it."""

    trade: str
    label_fr: str
    probability: float
    low: float
    high: float
    degree_fr: str
    observed: bool
    clues: list[ClueOut]


class SupplierAnswer(Model):
    """One supplier, whole. ``beliefs``: trades that no source gives, from one chance in five."""

    supplier: RecordOut
    links: dict[str, str]
    meta: SupplierMeta
    sources: list[SourceOut]
    beliefs: list[BeliefOut]


class Feature(Model):
    """A supplier, or a département with a count."""

    type: Literal["Feature"]
    id: str
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


class FeatureCollection(Model):
    """RFC 7946, WGS84."""

    type: Literal["FeatureCollection"]
    features: list[Feature]
    total: int
    aggregated: bool
    query: dict[str, Any]
    meta: Meta
    sources: list[SourceOut]
    bbox: list[float] | None = None


class Health(Model):
    """The process lives."""

    status: Literal["ok"]


class ReadyCollection(Model):
    """The generation of a collection that answers."""

    index_generation: str
    documents: int
    created_at: str
    age_hours: float


class OpenFilesAnswer(Model):
    """``used``: files and connections the service has open; ``limit``: how many it may."""

    used: int
    limit: int


class Ready(ReadyCollection):
    """The service can answer; the figures of the suppliers, then those of every ``collection`` in service. ``warnings``: what
    is near its limit, or damaged and replaced by a former generation, in French."""

    status: Literal["ready"]
    collections: dict[str, ReadyCollection]
    open_files: OpenFilesAnswer
    warnings: list[str]


class NeedLinks(Model):
    """``suppliers``: the search made of what is certain, ``null`` when nothing is."""

    suppliers: str | None


class NeedAnswer(Need):
    """What was understood; ``query``: the certain pieces as parameters of ``/v1/suppliers``; ``not_applied``: what it leaves out,
    with the reason in French."""

    query: dict[str, list[str]]
    not_applied: list[NotApplied]
    links: NeedLinks
