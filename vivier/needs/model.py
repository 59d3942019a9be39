"""What was understood of a need: each piece with the words it came from (docs/methods.md (k))."""

from __future__ import annotations

from typing import Literal

from vivier.model.base import Model

Status = Literal["auto", "to_confirm", "unresolved"]
METHOD_VERSION = "need-1"


class Span(Model):
    """A stretch of the input: ``input[start:end] == text`` (Python indexes, in code points)."""

    start: int
    end: int
    text: str


class Why(Model):
    """A word that speaks for a trade. ``via``: what read it (``words:…`` the table's phrase, ``name:…``, ``cpv:…`` a code, ``exact``), ``weight`` its share in the trade's score, in bits of rarity."""

    term: str
    via: str
    weight: float
    spans: tuple[Span, ...] = ()


class SectorMatch(Model):
    """A trade: ``id`` is its code, ``confidence`` in [0, 1]. All confidences of a need, alternatives included, add up
    to 1 at most: what is missing is the chance that none fits."""

    id: str
    label: str
    confidence: float
    why: tuple[Why, ...] = ()


class CpvMatch(Model):
    """A CPV code, written in the text (``confidence`` 1, with spans) or reached through the trades.

    ``level``: division, group, class, category, or finer.
    """

    code: str
    label: str
    confidence: float
    level: str
    spans: tuple[Span, ...] = ()


class PlaceCandidate(Model):
    """A territory that the words may name; ``score`` in ]0, 1]."""

    id: str
    label: str
    score: float


class PlaceMatch(Model):
    """A place named. ``territory``: its id when certain. ``together``: the candidates make up the answer together."""

    text: str
    spans: tuple[Span, ...]
    territory: str | None
    candidates: tuple[PlaceCandidate, ...]
    together: bool = False


class TerritoryMatch(Model):
    """Every place named, and the candidates of all of them, best first."""

    places: tuple[PlaceMatch, ...] = ()
    candidates: tuple[PlaceCandidate, ...] = ()


class Piece(Model):
    """A kind, a label, an article or a service type, by its code and French name."""

    code: str
    label: str
    spans: tuple[Span, ...]


class AmountMatch(Model):
    """Euros; ``tax``: ``HT``, ``TTC`` or None when not said; ``per_year``: « par an » was said."""

    euros: float
    tax: Literal["HT", "TTC"] | None
    per_year: bool
    spans: tuple[Span, ...]


class DurationMatch(Model):
    """Months, firm. ``renewals``: how many times it may be renewed (None: not said), ``max_months`` with all of them."""

    months: float
    renewals: int | None
    max_months: float
    spans: tuple[Span, ...]


class QuantityMatch(Model):
    """A number of something (80 persons, 1 200 m²): never an amount of money."""

    value: float
    unit: str
    spans: tuple[Span, ...]


class Correction(Model):
    """An unknown word read as a known one: shown, never silent."""

    written: str
    read: str
    spans: tuple[Span, ...]


class Need(Model):
    """The whole reading of a text. ``sectors`` is empty when ``status`` is ``unresolved``: the nearest trades are then in
    ``alternatives`` (5 at most). ``multi``: the text asks for several trades, all in ``sectors``. ``excluded``: what it
    says it does not ask for (« sauf la vitrerie »), which speaks for no trade and gives no filter."""

    input: str
    normalized: tuple[str, ...]
    sectors: tuple[SectorMatch, ...]
    alternatives: tuple[SectorMatch, ...]
    multi: bool
    cpv: tuple[CpvMatch, ...]
    territory: TerritoryMatch
    kinds: tuple[Piece, ...]
    labels: tuple[Piece, ...]
    articles: tuple[Piece, ...]
    service_types: tuple[Piece, ...]
    amounts: tuple[AmountMatch, ...]
    durations: tuple[DurationMatch, ...]
    quantities: tuple[QuantityMatch, ...]
    set_aside: tuple[Span, ...]
    excluded: tuple[Span, ...]
    corrections: tuple[Correction, ...]
    warnings: tuple[str, ...]
    status: Status
    method_version: str = METHOD_VERSION
