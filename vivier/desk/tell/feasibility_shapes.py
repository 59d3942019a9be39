"""What a study of feasibility is written as: the same for the API, the pages, the tables and the dossiers."""

from __future__ import annotations

from vivier.bodies import Body
from vivier.law.articles import ArticleBody


class SiteBody(Body):
    id: str
    name: str
    siren: str | None
    siret: str | None
    kinds: list[str]
    commune: str | None
    distance_km: float | None


class AnsweredBody(Body, total=False):
    """What a structure declares: the volume that it can take in a year (euros), or its answer for this lot."""

    declared_volume: float
    answer: CanBody


class StructureBody(SiteBody, AnsweredBody):
    """A structure, and whether it can bear the lot."""

    coverage: str
    zone_published: bool
    trade_evidence: str | None
    capacity: str
    capacity_fr: str
    turnover: float | None
    turnover_year: int | None
    turnover_stale: bool
    agreement_date_unknown: bool
    sites: list[str]


class FeasibilityBody(Body):
    annual_amount: float | None
    recommended: str | None
    to_confirm: str | None
    called_under: str
    first_calls: list[CallBody]
    articles: list[AssessmentBody]
    by_trade: list[OfTradeBody]
    alone: list[AloneBody]
    clause: ClauseBody
    presence: PresenceBody | None
    response_rate: RateBody
    alternatives: list[AlternativeBody]
    sensitivity: list[ChangeBody]


class RateUsualBody(Body):
    value: float
    text: str


class RateBody(Body):
    value: float
    basis: str
    text: str
    usual: RateUsualBody | None


class AdviceBody(Body):
    lever: str
    lever_fr: str
    article: ArticleBody | None
    reason: str
    facts: list[str]
    usefulness: str
    usefulness_fr: str
    confidence: str
    confidence_fr: str
    confidence_reason: str
    would_change: list[str]


class ClauseBody(Body):
    lending: int
    lending_by_kind: dict[str, int]
    doing: int
    to_ask: int
    first_calls: list[CarryingBody]


class CarryingBody(SiteBody):
    part: str
    surety_fr: str
    probability: float


class PresenceBody(Body):
    seated_sites: int
    reaching_sites: int
    trade_unknown_sites: int
    unlisted: str | None


class CanBody(Body):
    can: str
    volume: float | None


class AssessmentCapacityBody(Body):
    able: int
    unable: int
    unknown: int
    known_turnover: int
    largest_lot: dict[str, float | None]


class ListedBody(Body, total=False):
    """The structures of an article by name, when they are listed."""

    able: list[StructureBody]
    unable: list[StructureBody]
    unknown: list[StructureBody]


class AssessmentBody(ListedBody):
    article: ArticleBody | None
    weakest_trade: str | None
    weakest_trade_fr: str | None
    applies: str
    applies_fr: str
    applies_reasons: list[str]
    verdict: str
    verdict_fr: str
    reliability: str
    eligible: int
    in_part: int
    declared_zone: int
    inferred_zone: int
    undated_agreement: int
    trade_unknown: int
    zone_unknown: int
    confirmed: int
    by_kind: dict[str, int]
    capacity: AssessmentCapacityBody
    competition: list[OddsBody]
    prospects: ProspectsBody
    candidates: int
    excluded: list[ExcludedBody]
    excluded_by_reason: dict[str, int]


class ProspectsBody(Body):
    known: int
    likely: int
    to_ask: int
    expected: float
    able: dict[str, float]
    confirming: dict[str, float]
    enough: int | None
    offers: dict[str, float]


class RepliesBody(Body):
    """The share of such structures that answer when they are asked (0 to 1), learnt from rounds or supposed."""

    rate: float
    learnt: bool


class CallBody(SiteBody):
    in_part: bool
    surety: str
    surety_fr: str
    probability: float
    replies: RepliesBody
    factors: dict[str, float]
    two_offers: dict[str, float]


class ExcludedBody(Body):
    id: str | None
    name: str | None
    siren: str | None
    siret: str | None
    kinds: list[str]
    reason: str
    reason_fr: str
    note: str | None
    note_fr: str | None


class OfTradeBody(Body):
    trade: str
    label_fr: str
    articles: list[ShortBody]


class ShortBody(Body):
    article: str
    eligible: int
    trade_unknown: int
    zone_unknown: int
    able: int
    unable: int
    unknown: int
    at_least_two: list[float]
    verdict: str
    verdict_fr: str


class AloneBody(ShortBody):
    structures: list[dict[str, str | None]]


class OddsBody(Body):
    response_rate: float
    at_least_two: dict[str, float]
    none: dict[str, float]


class AlternativeBody(Body):
    code: str
    text: str
    article: str | None
    amount: float | None


class ChangeBody(Body):
    code: str
    text: str
    article: str
    counted: int
    more: int
    at_least_two: list[float]
    verdict: str
    verdict_fr: str
