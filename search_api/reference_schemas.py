"""The shapes of the answers on territories, trades, kinds, labels and sources (see ``schemas``)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from vivier.bodies import Body
from vivier.model import Model
from vivier.runs.freshness import NeverLoaded, SourceState
from vivier.runs.quality import Quality
from vivier.runs.quality_lists import ListQuality


class TerritoryOut(Body):
    """A territory of the vintage 2026. ``point``: lon, lat, of reference."""

    id: str
    kind: str
    kind_fr: str
    code: str
    name: str
    label_fr: str
    population: int | None
    departement: str | None
    point: list[float] | None
    parents: Sequence[str]


class TerritoryCandidate(TerritoryOut):
    """``score`` in ]0, 1]: 1 is the name or code as written."""

    score: float


class TerritoriesAnswer(Body):
    """``resolved``: the certain answer, if there is one; ``together``: the results make it up together (OR);
    ``via``: the rule that read the text."""

    query: dict[str, object]
    resolved: str | None
    together: bool
    via: str
    total: int
    results: list[TerritoryCandidate]


class SuggestionOut(Body):
    """What may be meant. ``detail_fr`` tells homonyms apart; ``link``: the record of a supplier, else a search."""

    type: str
    type_fr: str
    id: str
    label_fr: str
    detail_fr: str
    link: str


class SuggestMeta(Body):
    """``null`` when no supplier was asked."""

    index_generation: str | None


class SuggestAnswer(Body):
    """Suggestions, type by type."""

    query: dict[str, object]
    results: list[SuggestionOut]
    meta: SuggestMeta


class TerritoryAnswer(Body):
    """One territory."""

    territory: TerritoryOut
    notices: list[str]


class CpvPrefixOut(Body):
    """A CPV prefix of a trade, its weight in ]0, 1]."""

    code: str
    label_fr: str | None
    weight: float


class TradeOut(Body):
    """A trade and its crosswalk."""

    code: str
    name: str
    group: str
    parent: str | None
    nature: list[str]
    cpv: list[CpvPrefixOut]
    rome: list[str]
    rge: list[str]
    bio: list[str]
    marche_slugs: list[str]
    words: list[str]
    exclusions: list[str]
    filiere: list[str]
    open_posts: bool
    trained_posts: bool


class GroupOut(Body):
    """A family of trades."""

    code: str
    name: str
    trades: list[str]


class TradesAnswer(Body):
    """The trades, and which of them answer each sector of the Marché de l'inclusion."""

    query: dict[str, object]
    total: int
    groups: list[GroupOut]
    trades: list[TradeOut]
    crosswalk: dict[str, list[str]]


class CpvOut(Body):
    """A CPV code and the trades that answer it, best first."""

    code: str
    label_fr: str
    parent: str | None
    trades: list[str]


class CpvAnswer(Body):
    """CPV codes."""

    query: dict[str, object]
    total: int
    results: list[CpvOut]


class KindOut(Body):
    """A kind of structure. ``articles``: does it answer a reservation (yes, no, to_confirm, equivalent, if_ess)."""

    code: str
    name: str
    family: str
    legal_basis: str
    checked: bool
    articles: dict[str, str]
    zone_km: float
    lends: str
    valid_from: date | None
    valid_to: date | None
    status: str
    source: str
    term_years: int | None
    term_status: str
    term_source: str
    suppliers: int


class KindsAnswer(Body):
    """The kinds."""

    results: list[KindOut]
    articles: dict[str, str]
    meta: dict[str, str]


class LabelOut(Body):
    """A label. ``suppliers`` is ``null`` when no connected source gives its holders: unknown is not zero."""

    code: str
    name: str
    family: str
    families: list[str]
    scope: list[str]
    asks: str
    trades: list[str]
    words: list[str]
    certifies: str
    issuer: str
    validity: str
    open_source: bool
    valid_from: date | None
    valid_to: date | None
    status: str
    source: str
    connected: bool
    suppliers: int | None
    notice: str | None


class LabelsAnswer(Body):
    """The labels."""

    results: list[LabelOut]
    meta: dict[str, str]


class SourceMeta(Model):
    """What the answer rests on."""

    as_of: date
    index_generation: str
    created_at: datetime


class SourcesMeta(SourceMeta):
    """``suppliers``: those in service."""

    suppliers: int


class SourcesAnswer(Model):
    """The sources; those of contracts and notices are in ``lists``. ``never_loaded``: those that failed before they brought anything; ``quality``: counts of suppliers
    (``null`` for an index built before they were counted)."""

    results: list[SourceState]
    never_loaded: list[NeverLoaded]
    quality: Quality | None
    lists: list[ListQuality]
    meta: SourcesMeta


class SourceAnswer(Model):
    """One source."""

    source: SourceState
    meta: SourceMeta
