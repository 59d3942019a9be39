"""Operators on columns: each becomes a mask over the rows, once per request."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import shapely

from vivier.engine.columns import Mask, Rows, Table, day_number
from vivier.engine.port import FacetCounts
from vivier.engine.sphere import EARTH_KM, Numbers, great_circle_km
from vivier.operators import All, AnyOf, Exists, Facet, Near, Not, Operator, Part, Range, Same, Terms, Text, Within

Points = np.ndarray[tuple[int], np.dtype[np.int32]]
TextSearch = Callable[[Text], tuple[Rows, Points]]


class Evaluation:
    """The operators of one request on one generation. Masks are kept: the same operator is evaluated once."""

    def __init__(self, documents: Table, nested: dict[str, Table], text_search: TextSearch) -> None:
        self.documents = documents
        self.nested = nested
        self._text_search = text_search
        self._texts: dict[Text, tuple[Rows, Points]] = {}
        self._masks: dict[tuple[str | None, Operator], Mask] = {}

    def mask(self, operator: Operator, path: str | None = None) -> Mask:
        """Which documents (or entries of ``path``) meet the operator."""
        key = (path, operator)
        if key not in self._masks:
            self._masks[key] = self._evaluate(operator, path)
        return self._masks[key]

    def text_search(self, text: Text) -> tuple[Rows, Points]:
        """Rows that match a text and their points, searched once."""
        if text not in self._texts:
            self._texts[text] = self._text_search(text)
        return self._texts[text]

    def _evaluate(self, operator: Operator, path: str | None) -> Mask:
        table = self.documents if path is None else self.nested[path]
        match operator:
            case All(of):
                return np.logical_and.reduce([self.mask(o, path) for o in of]) if of else np.ones(table.count, bool)
            case AnyOf(of):
                return np.logical_or.reduce([self.mask(o, path) for o in of]) if of else np.zeros(table.count, bool)
            case Not(of):
                return ~self.mask(of, path)
            case Terms(field, values):
                return _rows_mask(table.count, [table.keyword(field).rows_of(value) for value in values])
            case Exists(field):
                return table.present(field)
            case Range():
                return _range(table, operator)
            case Near(field, lon, lat, km):
                return _near(*table.point(field), lon, lat, km)
            case Within(field, rings):
                lons, lats = table.point(field)
                return shapely.intersects_xy(shapely.Polygon(rings[0], rings[1:]), lons, lats) & ~np.isnan(lons)
            case Same(nested_path, of):
                return self._same(nested_path, of)
            case Text():
                return _rows_mask(table.count, [self.text_search(operator)[0]])

    def _same(self, path: str, of: tuple[Operator, ...]) -> Mask:
        entries = self.mask(All(of), path)
        mask = np.zeros(self.documents.count, bool)
        mask[self.nested[path].parents[entries]] = True
        return mask

    def points_of(self, part: Part) -> Points:
        """Points of the best tier of a part, for every document."""
        best = np.zeros(self.documents.count, np.int32)
        for tier in sorted(part.tiers, key=lambda tier: tier.points):
            best[self.mask(tier.where)] = tier.points
        return best

    def points(self, text: Text | None, parts: Iterable[Points]) -> Points:
        """Text points plus each part's, for every document."""
        points = np.zeros(self.documents.count, np.int32)
        for part in parts:
            points += part
        if text is not None:
            rows, worth = self.text_search(text)
            points[rows] += worth
        return points

    def facet(self, facet: Facet) -> FacetCounts:
        """Documents by value."""
        where = self.mask(facet.where)
        table = self.documents if facet.path is None else self.nested[facet.path]
        keyword = table.keyword(facet.field)
        kept = where if facet.path is None else self.mask(facet.entry, facet.path) & where[table.parents]
        postings = np.flatnonzero(kept[keyword.rows])
        values, documents = keyword.ordinals[postings], table.parents[keyword.rows[postings]]
        if facet.path is not None and len(values) > 1:
            fresh = np.r_[True, (values[1:] != values[:-1]) | (documents[1:] != documents[:-1])]
            values, documents = values[fresh], documents[fresh]
        counts = np.bincount(values, minlength=len(keyword.values))
        with_value = _rows_mask(self.documents.count, [documents])
        return facet_counts(
            {keyword.values[i]: int(counts[i]) for i in np.flatnonzero(counts)},
            facet,
            int(where.sum()) - int(with_value.sum()),
        )


def facet_counts(counts: dict[str, int], facet: Facet, missing: int) -> FacetCounts:
    """Most frequent first, then by value, at most ``facet.size``; selected values always present."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    kept = dict(ordered[: facet.size])
    for value in facet.selected:
        kept.setdefault(value, counts.get(value, 0))
    return FacetCounts(kept, missing, len(counts.keys() - kept.keys()))


def _rows_mask(count: int, rows: list[Rows]) -> Mask:
    mask = np.zeros(count, bool)
    for some in rows:
        mask[some] = True
    return mask


def _range(table: Table, operator: Range) -> Mask:
    """One pass a bound: a comparison with NaN is false, so what is absent is not outside, nor inside."""
    numbers = table.number(operator.field)
    low, high = _bound(operator.gte, -np.inf), _bound(operator.lte, np.inf)
    if operator.missing:
        return ~((numbers < low) | (numbers > high))
    return np.asarray((numbers >= low) & (numbers <= high))


def _bound(value: float | str | None, unbounded: float) -> float:
    if value is None:
        return unbounded
    return day_number(value) if isinstance(value, str) else value


def _near(lons: Numbers, lats: Numbers, lon: float, lat: float, km: float) -> Mask:
    mask = np.zeros(len(lons), bool)
    candidates = np.flatnonzero(np.abs(lats - lat) <= np.degrees(km / EARTH_KM) + 1e-6)
    near = great_circle_km(lon, lat, lons[candidates], lats[candidates]) <= km
    mask[candidates[near]] = True
    return mask
