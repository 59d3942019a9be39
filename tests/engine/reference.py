"""The operators told a second time, as plainly as can be: documents one by one, no index, no numpy.

What both engines say is compared with this: they could be wrong alike.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from statistics import median
from typing import Any

import orjson

from mappings import load_json
from vivier.search.operators import (
    All,
    AnyOf,
    Collection,
    Exists,
    Facet,
    Measure,
    Near,
    Not,
    Operator,
    Phrase,
    Range,
    Ring,
    Same,
    Search,
    Sort,
    Terms,
    Text,
    Within,
)
from vivier.search.port import Answer, Document, FacetCounts, Hit
from vivier.territory.sphere import on_grid
from vivier.text import load_analysis

EARTH_KM = 6371.0088


def kilometres(lon: float, lat: float, point: tuple[float, float]) -> float:
    """Great circle by the haversine formula."""
    other_lon, other_lat = map(math.radians, point)
    lon, lat = math.radians(lon), math.radians(lat)
    h = math.sin((other_lat - lat) / 2) ** 2
    h += math.cos(lat) * math.cos(other_lat) * math.sin((other_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(h)))


class Reference:
    """A pile of documents, searched by reading them all."""

    def __init__(self, documents: Iterable[Document], collection: Collection = "suppliers") -> None:
        self.documents = list(documents)
        self._properties = load_json(collection)["properties"]
        self._tokens: dict[tuple[str, str], list[list[str]]] = {}

    def ids(self, operator: Operator) -> set[str]:
        return {document["id"] for document in self.documents if self.meets(document, operator)}

    def answer(self, search: Search) -> Answer:
        found = [document for document in self.documents if self.meets(document, search.where)]
        found.sort(key=lambda document: self._order(document, search))
        page = found[search.offset : search.offset + search.limit]
        return Answer(
            total=len(found),
            hits=[self._hit(document, search) for document in page],
            facets={facet.name: self._facet(facet) for facet in search.facets},
            counts={name: len(self.ids(operator)) for name, operator in search.counts},
        )

    def scan(self, operator: Operator) -> list[str]:
        found = [document for document in self.documents if self.meets(document, operator)]
        return [document["id"] for document in sorted(found, key=lambda document: document["tie"])]

    def group(self, where: Operator, by: str, measures: tuple[Measure, ...]) -> dict[str, dict[str, float | None]]:
        groups: dict[str, list[dict[str, Any]]] = {}
        for document in self.documents:
            if self.meets(document, where):
                for value in set(_values(document, by)):
                    groups.setdefault(value, []).append(document)
        return {
            value: {measure.name: self._measured(documents, measure) for measure in measures}
            for value, documents in sorted(groups.items())
        }

    def members(self, where: Operator, by: str, values: Iterable[str]) -> dict[str, tuple[str, ...]]:
        found = [document for document in self.documents if self.meets(document, where)]
        return {value: tuple(sorted(d["id"] for d in found if value in _values(d, by))) for value in values}

    def _measured(self, documents: list[dict[str, Any]], measure: Measure) -> float | None:
        met = [document for document in documents if self.meets(document, measure.where)]
        if measure.field is None:
            return float(len(met))
        numbers = [_number(document[measure.field]) for document in met if document.get(measure.field) is not None]
        if measure.kind == "sum":
            return float(sum(numbers))
        if measure.kind == "median":
            return float(median(numbers)) if numbers else None
        return (min if measure.kind == "min" else max)(numbers, default=None)

    def meets(self, entry: dict[str, Any], operator: Operator) -> bool:
        match operator:
            case All(of):
                return all(self.meets(entry, one) for one in of)
            case AnyOf(of):
                return any(self.meets(entry, one) for one in of)
            case Not(of):
                return not self.meets(entry, of)
            case Terms(field, values):
                return not set(values).isdisjoint(_values(entry, field))
            case Exists(field):
                return bool(_values(entry, field))
            case Range():
                return _in_range(operator, entry.get(operator.field))
            case Near(field, lon, lat, km):
                return entry.get(field) is not None and kilometres(lon, lat, _point(entry[field])) <= km
            case Within(field, rings):
                return entry.get(field) is not None and _inside(_point(entry[field]), rings)
            case Same(path, of):
                return any(self.meets(nested, All(of)) for nested in entry.get(path, []))
            case Text(groups, least):
                met = [any(self._says(entry, phrase) for phrase in group) for group in groups]
                return sum(met) >= (len(met) if least is None else least)

    def points(self, document: Document, search: Search) -> int:
        points = sum(self._parts(document, search).values())
        if search.text is not None and self.meets(document, search.text):
            for group in search.text.groups:
                points += max((phrase.points for phrase in group if self._says(document, phrase)), default=0)
        return points

    def _parts(self, document: Document, search: Search) -> dict[str, int]:
        return {
            part.name: max((tier.points for tier in part.tiers if self.meets(document, tier.where)), default=0)
            for part in search.parts
        }

    def _says(self, document: Document, phrase: Phrase) -> bool:
        wanted = list(phrase.tokens)
        return any(
            words[start : start + len(wanted)] == wanted
            for words in self._words(document, phrase.field)
            for start in range(len(words) - len(wanted) + 1)
        )

    def _words(self, document: Document, field: str) -> list[list[str]]:
        key = document["id"], field
        if key not in self._tokens:
            analyzer = self._properties[field]["analyzer"]
            self._tokens[key] = [load_analysis().tokens(analyzer, text) for text in _values(document, field)]
        return self._tokens[key]

    def _distance(self, document: Document, search: Search) -> float | None:
        if document.get("location") is None or not search.origins:
            return None
        return min(kilometres(*on_grid(*origin), _point(document["location"])) for origin in search.origins)

    def _order(self, document: Document, search: Search) -> tuple[Any, ...]:
        return (*(self._key(document, sort, search) for sort in search.sort), document["tie"])

    def _key(self, document: Document, sort: Sort, search: Search) -> tuple[Any, ...]:
        if sort.by == "score":
            return (-self.points(document, search),)
        if sort.by == "distance":
            distance = self._distance(document, search)
            return (1,) if distance is None else (0, distance)
        values = _values(document, sort.by)
        if not values:
            return (1,)
        return 0, _Backwards(min(values)) if sort.descending else min(values)

    def _hit(self, document: Document, search: Search) -> Hit:
        record = orjson.loads(orjson.dumps(document["record"]))
        distance = self._distance(document, search)
        return Hit(document["id"], self.points(document, search), distance, record, self._parts(document, search))

    def _facet(self, facet: Facet) -> FacetCounts:
        counts: Counter[str] = Counter()
        missing = 0
        for document in self.documents:
            if self.meets(document, facet.where):
                entries = [document] if facet.path is None else document.get(facet.path, [])
                if facet.path is not None:
                    entries = [entry for entry in entries if self.meets(entry, facet.entry)]
                values = {value for entry in entries for value in _values(entry, facet.field)}
                counts.update(values)
                missing += not values
        first = sorted(counts, key=lambda value: (-counts[value], value))[: facet.size]
        extra = [value for value in facet.selected if value not in first]
        shown = {value: counts[value] for value in [*first, *extra]}
        return FacetCounts(shown, missing, sum(value not in shown for value in counts))


class _Backwards:
    """A value that sorts the other way."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Backwards) -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Backwards) and bool(self.value == other.value)


def _values(entry: dict[str, Any], field: str) -> list[Any]:
    value = entry.get(field)
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _number(value: Any) -> float:
    """A number as it is, a date as its days since 1970-01-01."""
    return (date.fromisoformat(value) - date(1970, 1, 1)).days if isinstance(value, str) else float(value)


def _in_range(operator: Range, value: Any) -> bool:
    if value is None:
        return operator.missing
    return (operator.gte is None or value >= operator.gte) and (operator.lte is None or value <= operator.lte)


def _point(location: dict[str, float]) -> tuple[float, float]:
    return on_grid(location["lon"], location["lat"])


def _inside(point: tuple[float, float], rings: tuple[Ring, ...]) -> bool:
    exterior, *holes = rings
    return _in_ring(point, exterior) and not any(_in_ring(point, hole) for hole in holes)


def _in_ring(point: tuple[float, float], ring: Ring) -> bool:
    """Even-odd: how many sides a ray to the east crosses."""
    x, y = point
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < x1 + (y - y1) / (y2 - y1) * (x2 - x1):
            inside = not inside
    return inside
