"""Declares the closed set of operators that make a search. They name fields of ``mappings/*.json`` and depend on no engine.

Each engine compiles every kind of operator; the filters declared on the query models reach the engines only as operators.
Operators are frozen and hashable: an engine may evaluate each operator once per request.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar

C = TypeVar("C", bound=type)


def _hashed_once(kind: C) -> C:
    """Remembers the hash of an operator: an engine looks it up many times a request, and its own hash goes through all its operands. A
    copy sent to another process computes it again."""
    compute: Callable[[Any], int] = vars(kind)["__hash__"]

    def remembered(self: Any) -> int:
        found: int | None = self.__dict__.get("_hash")
        if found is None:
            found = compute(self)
            object.__setattr__(self, "_hash", found)
        return found

    def state(self: Any) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name != "_hash"}

    kind.__hash__, kind.__getstate__ = remembered, state  # type: ignore[method-assign, assignment]
    return kind


Ring = tuple[tuple[float, float], ...]
"""A closed ring of (lon, lat) in WGS84 degrees."""


@dataclass(frozen=True)
class Phrase:
    """Consecutive index tokens in one text field (one token: a word), and the points a match is worth.

    A field of the ``prefix`` analyzer has several beginnings at one position: a phrase searches it by a single token."""

    field: str
    tokens: tuple[str, ...]
    points: int = 1


@_hashed_once
@dataclass(frozen=True)
class Text:
    """At least ``least`` groups must match: every group when it is ``None``. A group matches when any of its phrases does, and gives
    the points of the best phrase that matches."""

    groups: tuple[tuple[Phrase, ...], ...]
    least: int | None = None


@_hashed_once
@dataclass(frozen=True)
class Terms:
    """The field has one of the values."""

    field: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Range:
    """The number or date is within the bounds, both inclusive. ``missing`` also accepts documents without a value."""

    field: str
    gte: float | str | None = None
    lte: float | str | None = None
    missing: bool = False


@dataclass(frozen=True)
class Exists:
    """The field has a value."""

    field: str


@dataclass(frozen=True)
class Near:
    """The point is within ``km`` kilometres (great circle, R = 6371.0088 km) of (lon, lat)."""

    field: str
    lon: float
    lat: float
    km: float


@dataclass(frozen=True)
class Within:
    """The point lies in the polygon: exterior ring, then holes."""

    field: str
    rings: tuple[Ring, ...]


@_hashed_once
@dataclass(frozen=True)
class Same:
    """A single nested entry of ``path`` (an offer, an agreement, a label) meets all the operators."""

    path: str
    all: tuple[Operator, ...]


@_hashed_once
@dataclass(frozen=True)
class All:
    """The document meets every operator; every document meets an empty ``All``."""

    of: tuple[Operator, ...] = ()


@_hashed_once
@dataclass(frozen=True)
class AnyOf:
    """The document meets at least one operator; no document meets an empty ``AnyOf``."""

    of: tuple[Operator, ...]


@_hashed_once
@dataclass(frozen=True)
class Not:
    """The document does not meet the operator."""

    of: Operator


Operator = Text | Terms | Range | Exists | Near | Within | Same | All | AnyOf | Not

EVERY = All()
"""The operator that every document meets."""

Collection = Literal["suppliers", "contracts", "notices", "buyers"]
COLLECTIONS: Final[dict[Collection, str]] = {
    "suppliers": "fournisseurs",
    "contracts": "marchés et concessions",
    "notices": "avis et projets d'achat",
    "buyers": "acheteurs",
}
"""The French name of the records of each collection."""


@dataclass(frozen=True)
class Facet:
    """Counts of documents by value of ``field``, over the documents that meet ``where`` (all filters but the facet's own).

    When the field is nested, ``path`` names the nesting and only the values of entries that meet ``entry`` are counted.
    ``selected`` values are always present, even with a count of 0; ``size`` is the most other values (most frequent first, then by
    value).
    """

    name: str
    field: str
    where: Operator
    path: str | None = None
    entry: Operator = All()
    selected: tuple[str, ...] = ()
    size: int = 50


@dataclass(frozen=True)
class Measure:
    """One figure computed for each group of documents: how many meet ``where``, or the ``sum``, ``min``, ``max`` or ``median`` of a number
    or date field over those that do and have a value (dates in days since 1970-01-01; the median of an even number is the mean
    of the two in the middle)."""

    name: str
    kind: Literal["count", "sum", "min", "max", "median"] = "count"
    field: str | None = None
    where: Operator = All()


@dataclass(frozen=True)
class Tier:
    """Gives ``points`` to the documents that meet ``where``."""

    where: Operator
    points: int


@dataclass(frozen=True)
class Part:
    """One named part of the score: a document gets the points of the best tier that it meets, 0 when it meets none."""

    name: str
    tiers: tuple[Tier, ...]


@dataclass(frozen=True)
class Sort:
    """One sort key. ``by`` is ``score`` (the points of the text and of the parts added, best first), ``distance`` (to the nearest origin,
    nearest first, unknown last), or the name of a keyword, number or date field (unknown last)."""

    by: str
    descending: bool = False


@dataclass(frozen=True)
class Search:
    """A whole search. Documents are ordered by ``sort``, then by the field ``tie``: the order is total.

    ``text`` both filters (it is part of ``where`` already) and gives points; ``origins`` are (lon, lat) for distances.
    """

    where: Operator = All()
    text: Text | None = None
    parts: tuple[Part, ...] = ()
    sort: tuple[Sort, ...] = (Sort("score"),)
    origins: tuple[tuple[float, float], ...] = ()
    facets: tuple[Facet, ...] = ()
    counts: tuple[tuple[str, Operator], ...] = ()
    offset: int = 0
    limit: int = 20


def conjunction(*operators: Operator | None) -> Operator:
    """Joins operators (``None`` is left out) into one that holds when all of them do, without needless nesting."""
    operands: list[Operator] = []
    for operator in operators:
        if operator is None:
            continue
        operands.extend(operator.of if isinstance(operator, All) else (operator,))
    return operands[0] if len(operands) == 1 else All(tuple(operands))
