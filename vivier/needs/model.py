"""What was understood of a need: each piece with the words it came from (docs/methods.md (k))."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, Protocol

from vivier.model.base import Model

Status = Literal["auto", "to_confirm", "unresolved"]
Strength = Literal["wish", "wall", "part", "refused"]
METHOD_VERSION = "need-2"


class Span(Model):
    """A stretch of the input: ``input[start:end] == text`` (Python indexes, in code points)."""

    start: int
    end: int
    text: str


class FromWords(Protocol):
    """What was read in words of the text."""

    @property
    def spans(self) -> Iterable[Span]: ...


def spans_of(pieces: Iterable[FromWords]) -> Iterator[Span]:
    """The stretches of every piece."""
    return (span for piece in pieces for span in piece.spans)


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
    """A place named. ``territory``: its id when certain. ``together``: the candidates make up the answer together.
    ``doubtful``: the words may say something else than a place (« Lot nettoyage »): offered, never applied. ``read_as``: the name that
    misspelt words were read as (« Montpellier, écrit Monpellier »)."""

    text: str
    spans: tuple[Span, ...]
    territory: str | None
    candidates: tuple[PlaceCandidate, ...]
    together: bool = False
    doubtful: bool = False
    read_as: str | None = None


class SetAsideName(Model):
    """A place name that is not read as a place, and why in French (« rue de Lyon »)."""

    text: str
    reason: str
    spans: tuple[Span, ...]


class TerritoryMatch(Model):
    """Every place named, the candidates of all of them, best first, and the names read as something else."""

    places: tuple[PlaceMatch, ...] = ()
    candidates: tuple[PlaceCandidate, ...] = ()
    set_aside: tuple[SetAsideName, ...] = ()


class DistanceMatch(Model):
    """Kilometres around a place. ``place``: its words, as in ``territory.places`` (None: no place says from where);
    ``is_default``: no number was said (« près de Lyon »); ``minutes``: the travel time that was said instead."""

    km: float
    is_default: bool
    place: str | None
    minutes: float | None = None
    spans: tuple[Span, ...]


class Piece(Model):
    """A kind, a label or a family of labels, a characteristic of what is bought, an article or a service type, by its code and French name. ``strength``: a ``wish`` (« plutôt », « si possible »)
    orders and excludes nobody; a ``wall`` is said obligatory; a ``part`` is a share, a possibility, the means of a clause or whom the work is for, and filters
    nothing; who is ``refused`` (« hors ESAT ») is excluded; ``None``: asked, without more."""

    code: str
    label: str
    spans: tuple[Span, ...]
    strength: Strength | None = None


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


class Unread(Model):
    """A word that nothing reads. ``is_place``: it is written where a place is."""

    text: str
    is_place: bool
    spans: tuple[Span, ...]


WordClass = Literal[
    "trade",
    "place",
    "distance",
    "kind",
    "article",
    "label",
    "characteristic",
    "service_type",
    "code",
    "amount",
    "duration",
    "quantity",
    "date",
    "strength",
    "exclusion",
    "name",
    "procedure",
    "letter",
    "grammar",
    "context",
    "not_understood",
]
"""What a word of a need was read as. ``strength``: a wish or an obligation; ``procedure``: the words of a consultation, of politeness or of a
reference; ``letter``: the headers and the signature of a mail; ``context``: a word that is understood and decides of nothing."""


class Accounted(Model):
    """A word of a need with its class: every word has one."""

    text: str
    cls: WordClass
    span: Span


class Need(Model):
    """The whole reading of a text. ``sectors`` is empty when ``status`` is ``unresolved``: the nearest trades are then in
    ``alternatives`` (5 at most). ``multi``: the text asks for several trades, all in ``sectors``. ``excluded``: what it
    says it does not ask for (« sauf la vitrerie »), which speaks for no trade and gives no filter. ``unread``: words that no table knows
    and that name no known place; ``words``: every word with what it was read as. ``travel_times``: « à
    30 minutes de Tours »; ``reservations``: « marché réservé », whatever it is reserved for."""

    input: str
    normalized: tuple[str, ...]
    sectors: tuple[SectorMatch, ...]
    alternatives: tuple[SectorMatch, ...]
    multi: bool
    cpv: tuple[CpvMatch, ...]
    territory: TerritoryMatch
    distances: tuple[DistanceMatch, ...]
    kinds: tuple[Piece, ...]
    labels: tuple[Piece, ...]
    families: tuple[Piece, ...]
    characteristics: tuple[Piece, ...]
    articles: tuple[Piece, ...]
    service_types: tuple[Piece, ...]
    amounts: tuple[AmountMatch, ...]
    durations: tuple[DurationMatch, ...]
    quantities: tuple[QuantityMatch, ...]
    travel_times: tuple[Span, ...]
    reservations: tuple[Span, ...]
    set_aside: tuple[Span, ...]
    excluded: tuple[Span, ...]
    corrections: tuple[Correction, ...]
    unread: tuple[Unread, ...]
    warnings: tuple[str, ...]
    status: Status
    words: tuple[Accounted, ...] = ()
    method_version: str = METHOD_VERSION
