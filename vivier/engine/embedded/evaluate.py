"""Evaluates operators on columns: each becomes a mask over the rows, once a request."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import shapely

from vivier.engine.embedded.bits import Counts, Mask, Matching, Rows, mask_of
from vivier.engine.embedded.columns import Keyword, Table, day_number
from vivier.engine.embedded.sphere import EARTH_KM, Numbers, great_circle_km
from vivier.engine.port import FacetCounts
from vivier.search.operators import All, AnyOf, Exists, Facet, Near, Not, Operator, Range, Same, Terms, Text, Within

Points = np.ndarray[tuple[int], np.dtype[np.int32]]
TextSearch = Callable[[Text], tuple[Rows, Points]]
_FEW_ENTRIES = 8
"""Entries are looked up one by one when at most one in ``_FEW_ENTRIES`` counts; else by posting."""


class Evaluation:
    """Evaluates the operators of one request on one generation. Masks are remembered, so that each operator is evaluated once.
    They are shared: do not write to them."""

    def __init__(self, documents: Table, nested: dict[str, Table], text_search: TextSearch) -> None:
        self.documents = documents
        self.nested = nested
        self._text_search = text_search
        self._texts: dict[Text, tuple[Rows, Points]] = {}
        self._masks: dict[tuple[str | None, Operator], Mask] = {}
        self._matching: dict[Operator, Matching] = {}

    @property
    def masks(self) -> int:
        """How many masks are remembered, of one byte a document each."""
        return len(self._masks)

    def mask(self, operator: Operator, path: str | None = None) -> Mask:
        """Which documents (or entries of ``path``) meet the operator."""
        key = (path, operator)
        found = self._masks.get(key)
        if found is None:
            found = self._masks[key] = self._evaluate(operator, path)
        return found

    def matching(self, operator: Operator) -> Matching:
        """The documents that meet the operator."""
        found = self._matching.get(operator)
        if found is None:
            found = self._matching[operator] = Matching(self.mask(operator))
        return found

    def text_search(self, text: Text) -> tuple[Rows, Points]:
        """Rows that match a text, and their points. Each text is searched once."""
        if text not in self._texts:
            self._texts[text] = self._text_search(text)
        return self._texts[text]

    def _evaluate(self, operator: Operator, path: str | None) -> Mask:
        table = self.documents if path is None else self.nested[path]
        match operator:
            case All(of):
                return self._met(np.logical_and, of, path) if of else np.ones(table.count, bool)
            case AnyOf(of):
                return self._met(np.logical_or, of, path) if of else np.zeros(table.count, bool)
            case Not(of):
                return ~self.mask(of, path)
            case Terms(field, values):
                return table.keyword(field).holding(values)
            case Exists(field):
                return table.present(field)
            case Range():
                return in_range(table.number(operator.field), operator)
            case Near(field, lon, lat, km):
                return _near(*table.point(field), lon, lat, km)
            case Within(field, rings):
                lons, lats = table.point(field)
                return shapely.intersects_xy(shapely.Polygon(rings[0], rings[1:]), lons, lats) & ~np.isnan(lons)
            case Same(nested_path, of):
                return self._same(nested_path, of)
            case Text():
                return mask_of(table.count, self.text_search(operator)[0])

    def _met(self, join: np.ufunc, of: tuple[Operator, ...], path: str | None) -> Mask:
        first, *others = of
        mask = self.mask(first, path)
        if others:
            mask = join(mask, self.mask(others[0], path))
        for other in others[1:]:
            join(mask, self.mask(other, path), out=mask)
        return mask

    def _same(self, path: str, of: tuple[Operator, ...]) -> Mask:
        entries = self.mask(All(of), path)
        mask = np.zeros(self.documents.count, bool)
        mask[self.nested[path].parents[entries]] = True
        return mask

    def facet(self, facet: Facet) -> FacetCounts:
        """How many documents have each value of a facet."""
        where = self.matching(facet.where)
        table = self.documents if facet.path is None else self.nested[facet.path]
        keyword = table.keyword(facet.field)
        counts, missing = keyword.counts(where) if facet.path is None else self._nested_counts(facet, where)
        found = np.flatnonzero(counts).tolist()
        return facet_counts({keyword.values[i]: int(counts[i]) for i in found}, facet, missing)

    def _nested_counts(self, facet: Facet, where: Matching) -> tuple[Counts, int]:
        """Counts documents, not entries: a document that has a value in two entries counts once."""
        assert facet.path is not None
        table = self.nested[facet.path]
        keyword = table.keyword(facet.field)
        entries = self.mask(facet.entry, facet.path) & where.mask[table.parents]
        values, documents = _pairs(keyword, entries, table.parents, self.documents.count)
        with_value = np.count_nonzero(mask_of(self.documents.count, documents))
        return np.bincount(values, minlength=len(keyword.values)).astype(np.int64), where.count - int(with_value)


def _pairs(keyword: Keyword, entries: Mask, parents: Rows, count: int) -> tuple[Rows | Counts, Rows | Counts]:
    """The distinct pairs (ordinal of a value, document) of some entries. Few entries of one value each are looked up one by one."""
    if keyword.single and np.count_nonzero(entries) * _FEW_ENTRIES < len(entries):
        at = np.flatnonzero(entries & keyword.present)
        pairs = np.unique(keyword.first[at].astype(np.int64) * count + parents[at])
        return pairs // count, pairs % count
    postings = np.flatnonzero(entries[keyword.rows])
    values, documents = keyword.ordinals[postings], parents[keyword.rows[postings]]
    if len(values) > 1:
        fresh = np.r_[True, (values[1:] != values[:-1]) | (documents[1:] != documents[:-1])]
        return values[fresh], documents[fresh]
    return values, documents


def facet_counts(counts: dict[str, int], facet: Facet, missing: int) -> FacetCounts:
    """Orders values by decreasing count, then by value, and retains at most ``facet.size`` of them. Selected values are always
    retained."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    values = dict(ordered[: facet.size])
    for value in facet.selected:
        values.setdefault(value, counts.get(value, 0))
    return FacetCounts(values, missing, len(counts.keys() - values.keys()))


def in_range(numbers: Numbers, operator: Range) -> Mask:
    """Which numbers are in the range, in one pass a bound. A comparison with NaN is false: an absent number is neither outside
    the range nor inside."""
    low, high = _bound(operator.gte), _bound(operator.lte)
    if low is None and high is None:
        return np.ones(len(numbers), bool) if operator.missing else ~np.isnan(numbers)
    if operator.missing:
        outside = [numbers < low] if low is not None else []
        outside += [numbers > high] if high is not None else []
        return ~(outside[0] if len(outside) == 1 else outside[0] | outside[1])
    inside = [numbers >= low] if low is not None else []
    inside += [numbers <= high] if high is not None else []
    return np.asarray(inside[0] if len(inside) == 1 else inside[0] & inside[1])


def _bound(value: float | str | None) -> float | None:
    return day_number(value) if isinstance(value, str) else value


def _near(lons: Numbers, lats: Numbers, lon: float, lat: float, km: float) -> Mask:
    """Which points are within ``km``. Distances are computed only for the points in the box around the circle."""
    height = float(np.degrees(km / EARTH_KM)) + _SLACK
    box = (lats >= lat - height) & (lats <= lat + height)
    width = _half_width(lat, km)
    if width is not None and lon - width > -180.0 and lon + width < 180.0:
        box &= (lons >= lon - width) & (lons <= lon + width)
    candidates = np.flatnonzero(box)
    box[candidates] = great_circle_km(lon, lat, lons.take(candidates), lats.take(candidates)) <= km
    return box


_SLACK = 1e-6
"""Degrees, some ten centimetres: more than rounding can move a point."""


def _half_width(lat: float, km: float) -> float | None:
    """Degrees of longitude that a circle spans on either side of its centre; ``None`` when the circle goes round a pole."""
    angle = km / EARTH_KM
    if abs(lat) + np.degrees(angle) >= 89.0:
        return None
    return float(np.degrees(np.arcsin(np.sin(angle) / np.cos(np.radians(lat))))) + _SLACK
