"""Evaluates operators on columns: each becomes a mask over the rows, once a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import shapely

from vivier.arrays import Mask, mask_of
from vivier.engine.embedded.among import BESIDE, Among
from vivier.engine.embedded.bits import Counts, Matching, Rows
from vivier.engine.embedded.columns import Keyword, Table
from vivier.engine.embedded.ranges import in_range
from vivier.search import operators as ops
from vivier.search.port import FacetCounts
from vivier.territory.sphere import EARTH_KM, Numbers, great_circle_km

Points = np.ndarray[tuple[int], np.dtype[np.int32]]
TextSearch = Callable[[ops.Text], tuple[Rows, Points]]
_FEW_LEFT = 32
"""The operators of a conjunction are evaluated on the rows left once at most one row in ``_FEW_LEFT`` is."""
_OCTETS_A_VALUE = 200
_EFFORT: Mapping[type[ops.Operator], int] = {
    kind: effort
    for effort, kind in enumerate(
        (ops.Terms, ops.Exists, ops.Near, ops.Range, ops.Text, ops.AnyOf, ops.Not, ops.Same, ops.Within, ops.All)
    )
}
"""The order in which the operators of a conjunction are evaluated: those that cost little first."""


class Place(NamedTuple):
    """Where a hit of a page stands: its ``row``, its ``points``, in sum and by part, and the kilometres to the nearest origin."""

    row: int
    points: int
    distance_km: float | None
    parts: dict[str, int]


class Evaluation:
    """Evaluates operators on one generation. What was evaluated is remembered, so that searches that ask much the same conditions (those of
    one request, the next page, the next reader of the same place) pay for them once. Threads may share it; what it returns is
    shared: do not write to it. ``octets``: about how many bytes it remembers; ``pages``: where the hits of a page stand, by its search
    without facets and counts."""

    def __init__(self, documents: Table, nested: dict[str, Table], text_search: TextSearch) -> None:
        self.documents = documents
        self.nested = nested
        self.octets = 0
        self._text_search = text_search
        self._texts: dict[ops.Text, tuple[Rows, Points]] = {}
        self._masks: dict[tuple[str | None, ops.Operator], Mask] = {}
        self._matching: dict[ops.Operator, Matching] = {}
        self._among: dict[ops.Operator, Among] = {}
        self._pairs: dict[tuple[str, str, ops.Operator], tuple[Rows, Rows]] = {}
        self._facets: dict[ops.Facet, FacetCounts] = {}
        self.pages: dict[ops.Search, list[Place]] = {}

    def table(self, path: str | None) -> Table:
        """The columns of the documents, or those of the entries of ``path``."""
        return self.documents if path is None else self.nested[path]

    def mask(self, operator: ops.Operator, path: str | None = None) -> Mask:
        """Which documents (or entries of ``path``) meet the operator."""
        key = (path, operator)
        found = self._masks.get(key)
        if found is None:
            found = self._masks[key] = self._evaluate(operator, path)
            self.octets += found.nbytes + BESIDE
        return found

    def matching(self, operator: ops.Operator) -> Matching:
        """The documents that meet the operator."""
        found = self._matching.get(operator)
        if found is None:
            found = self._matching[operator] = Matching(self.mask(operator))
            self.octets += BESIDE
        return found

    def known(self, operator: ops.Operator, path: str | None = None) -> Mask | None:
        """The mask of an operator that has been evaluated already."""
        return self._masks.get((path, operator))

    def among(self, where: ops.Operator) -> Among:
        """The documents that meet an operator, to evaluate others on them only."""
        found = self._among.get(where)
        if found is None:
            found = self._among[where] = Among(self, self.matching(where).rows)
            self.octets += found.rows.nbytes + 2 * BESIDE
        return found

    def text_search(self, text: ops.Text) -> tuple[Rows, Points]:
        """Rows that match a text, and their points. Each text is searched once."""
        if text not in self._texts:
            self._texts[text] = found = self._text_search(text)
            self.octets += sum(column.nbytes for column in found)
        return self._texts[text]

    def _evaluate(self, operator: ops.Operator, path: str | None) -> Mask:
        table = self.table(path)
        match operator:
            case ops.All(of):
                return self._all(of, path) if of else np.ones(table.count, bool)
            case ops.AnyOf(of):
                return self._any(of, path) if of else np.zeros(table.count, bool)
            case ops.Not(of):
                return ~self.mask(of, path)
            case ops.Terms(field, values):
                return table.keyword(field).holding(values)
            case ops.Exists(field):
                return table.present(field)
            case ops.Range():
                return in_range(table.number(operator.field), operator)
            case ops.Near(field, lon, lat, km):
                return _near(*table.point(field), lon, lat, km)
            case ops.Within(field, rings):
                lons, lats = table.point(field)
                return shapely.intersects_xy(shapely.Polygon(rings[0], rings[1:]), lons, lats) & ~np.isnan(lons)
            case ops.Same(nested_path, of):
                return self._same(nested_path, of)
            case ops.Text():
                return mask_of(table.count, self.text_search(operator)[0])

    def _all(self, of: tuple[ops.Operator, ...], path: str | None) -> Mask:
        """The rows that meet every operator. Once few are left, the others are evaluated on these rows only."""
        ordered = sorted(of, key=lambda operator: _EFFORT[type(operator)])
        mask = self.mask(ordered[0], path)
        for at, operator in enumerate(ordered[1:], 1):
            known = self.known(operator, path)
            if known is None and np.count_nonzero(mask) * _FEW_LEFT <= len(mask):
                left = Among(self, np.flatnonzero(mask), path)
                return mask_of(len(mask), left.rows[left.meet(ops.All(tuple(ordered[at:])))])
            mask = mask & (self.mask(operator, path) if known is None else known)
        return mask

    def _any(self, of: tuple[ops.Operator, ...], path: str | None) -> Mask:
        mask = self.mask(of[0], path)
        for other in of[1:]:
            mask = mask | self.mask(other, path)
        return mask

    def _same(self, path: str, of: tuple[ops.Operator, ...]) -> Mask:
        entries = np.flatnonzero(self.mask(ops.All(of), path))
        return mask_of(self.documents.count, self.nested[path].parents.take(entries))

    def facet(self, facet: ops.Facet) -> FacetCounts:
        """How many documents have each value of a facet."""
        if not self.matching(facet.where).count:
            return FacetCounts(dict.fromkeys(facet.selected, 0), 0, 0)
        found = self._facets.get(facet)
        if found is None:
            found = self._facets[facet] = self._counted(facet)
            self.octets += _OCTETS_A_VALUE * len(found.values) + BESIDE
        return found

    def _counted(self, facet: ops.Facet) -> FacetCounts:
        keyword = self.table(facet.path).keyword(facet.field)
        if facet.path is None:
            counts, missing = keyword.counts(self.matching(facet.where))
        else:
            counts, missing = self._nested_counts(facet, facet.path, keyword)
        found = np.flatnonzero(counts)
        first = found[
            np.argsort(-counts[found], kind="stable")[: facet.size]
        ]  # values are in order: equal counts stay in theirs
        values = {keyword.values[i]: int(counts[i]) for i in first.tolist()}
        for value in facet.selected:
            if value not in values:
                place = keyword.values.place_of(value)
                values[value] = 0 if place is None else int(counts[place])
        return FacetCounts(values, missing, len(found) - sum(map(bool, values.values())))

    def _nested_counts(self, facet: ops.Facet, path: str, keyword: Keyword) -> tuple[Counts, int]:
        """Counts documents, not entries: a document that has a value in two entries counts once."""
        where, among = self.matching(facet.where), self.among(facet.where)
        if among.are_few():
            entries, places = among.entries(path)
            met = np.flatnonzero(entries.meet(facet.entry))
            values, which = keyword.held_by(entries.rows.take(met))
            return _distinct_counts(values, places.take(met).take(which), len(keyword.values), where.count)
        pairs = self._holders(path, facet.field, facet.entry)
        counted = where.mask.take(pairs[1])
        values, documents = (column[counted] for column in pairs)
        with_value = np.count_nonzero(mask_of(self.documents.count, documents))
        return np.bincount(values, minlength=len(keyword.values)).astype(np.int64), where.count - int(with_value)

    def _holders(self, path: str, field: str, entry: ops.Operator) -> tuple[Rows, Rows]:
        """The distinct pairs (ordinal of a value, document) of the entries that meet ``entry``: the facets of several groups count the
        same entries among other documents."""
        key = (path, field, entry)
        found = self._pairs.get(key)
        if found is None:
            keyword = self.nested[path].keyword(field)
            found = self._pairs[key] = _pairs(keyword, self.mask(entry, path), self.nested[path].parents)
            self.octets += sum(column.nbytes for column in found)
        return found


def _distinct_counts(values: Rows, places: Rows, size: int, count: int) -> tuple[Counts, int]:
    """How many documents have each of ``size`` values, and how many have none, from pairs (ordinal of a value, place of a document among
    ``count``) that may repeat. One number holds a pair: numbers are sorted sooner than pairs."""
    pairs = np.sort(values * np.int64(count) + places if size * count >= 1 << 31 else values * np.int32(count) + places)
    fresh = np.ones(len(pairs), np.bool_)
    np.not_equal(pairs[1:], pairs[:-1], out=fresh[1:])
    without = count - int(np.count_nonzero(mask_of(count, places)))
    return np.bincount(pairs[fresh] // max(count, 1), minlength=size).astype(np.int64), without


def _pairs(keyword: Keyword, entries: Mask, parents: Rows) -> tuple[Rows, Rows]:
    """The distinct pairs (ordinal of a value, document) of some entries."""
    postings = np.flatnonzero(entries[keyword.rows])
    return _distinct(keyword.ordinals.take(postings), parents.take(keyword.rows.take(postings)))


def _distinct(values: Rows, documents: Rows) -> tuple[Rows, Rows]:
    """Pairs in order, each once."""
    if len(values) < 2:
        return values, documents
    fresh = np.ones(len(values), bool)
    np.logical_or(values[1:] != values[:-1], documents[1:] != documents[:-1], out=fresh[1:])
    return values[fresh], documents[fresh]


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
