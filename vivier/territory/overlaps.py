"""Measures how much of the area of a searched territory the zones of one seat cover."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from vivier.territory.communes import Bools, Floats
from vivier.territory.contours import layer
from vivier.territory.covers import Cover, Covers
from vivier.territory.discs import Circle, Rows, project
from vivier.territory.targets import CIRCLE_VERTICES, Target, around

STEP_DEGREES = 0.05  # a straight line of a drawn polygon bends in the plane: it is cut in steps of 5 km


def share_area(target: Target, claimed: Sequence[Cover], covers: Covers) -> float | None:
    """area(T ∩ Z) / area(T), Z the union of the covers; None when T has no contour (overseas collectivities).

    ``claimed``: covers of zones of one and the same seat, country zones that reach T included. All circles then share
    a centre: their union is the largest.
    """
    if target.shape is not None and any(cover.claim.basis == "country" for cover in claimed):
        return 1.0
    circles = {cover.claim.circle: cover for cover in claimed if cover.claim.circle is not None}
    largest = circles[max(circles)] if circles else None
    if target.shape is None:
        return _by_commune(target, claimed, largest, covers)
    return _of_shape(target, claimed, largest, covers)


def _by_commune(target: Target, claimed: Sequence[Cover], largest: Cover | None, covers: Covers) -> float | None:
    """The share, from exact sums over the contours of the communes of T."""
    areas = covers.discs.area[target.rows]
    if not areas.sum():
        return None
    covered = np.zeros(len(areas))
    for cover in claimed:
        if cover.claim.circle is None:
            covered = np.maximum(covered, areas * _listed(cover, target.rows, covers))
    if largest is not None:
        covered = np.maximum(covered, circle_areas(largest, target.rows, covers))
    return min(float(covered.sum() / areas.sum()), 1.0)


def circle_areas(cover: Cover, rows: Rows, covers: Covers) -> Floats:
    """km² of each contour in the circle of a radius zone; 0 beyond its land block."""
    found = np.zeros(len(rows))
    near = np.flatnonzero(covers.communes.block.values[rows] == cover.claim.block)
    if cover.claim.circle is not None and len(near):
        found[near] = covers.discs.areas([cover.claim.circle], [rows[near]])
    return found


def _listed(cover: Cover, rows: Rows, covers: Covers) -> Floats:
    """Share of the area of each row that a code zone covers: all, nothing, or some arrondissements."""
    shares = covers.kappa(cover, rows)
    for row, _ in cover.parts:
        within = np.flatnonzero(covers.communes.parent == row)
        area = covers.discs.area
        shares[rows == row] = area[np.intersect1d(within, cover.rows)].sum() / area[within].sum()
    return shares


def _of_shape(target: Target, claimed: Sequence[Cover], largest: Cover | None, covers: Covers) -> float:
    """The share of a drawn shape: the circle within T, plus what the listed territories add to it."""
    plane = _Plane(target)
    rows, contours = plane.communes(covers)
    disc: BaseGeometry = shapely.Polygon()
    if largest is not None and largest.claim.circle is not None:
        foreign = contours[covers.communes.block.values[rows] != largest.claim.block]
        disc = shapely.difference(plane.circle(largest.claim.circle), shapely.union_all(foreign))
    added = shapely.difference(contours[_drawn(rows, claimed, covers)], disc)
    return min(float((shapely.area(disc) + shapely.area(added).sum()) / shapely.area(plane.shape)), 1.0)


def _drawn(rows: Rows, claimed: Sequence[Cover], covers: Covers) -> Bools:
    """Rows that code zones cover, each piece of ground once: an arrondissement is counted with its commune."""
    kappas = [covers.kappa(cover, rows) for cover in claimed if cover.claim.ids]
    whole = np.max([np.zeros(len(rows)), *kappas], axis=0) == 1
    found: Bools = whole & ~np.isin(covers.communes.parent[rows], rows[whole])
    return found


class _Plane:
    """The equal-area plane centred on a drawn shape."""

    def __init__(self, target: Target) -> None:
        assert target.shape is not None and target.point is not None
        self._centre = target.point
        self._degrees = target.shape
        self.shape = self.project(shapely.segmentize(target.shape, STEP_DEGREES))

    def project(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape in degrees, in km."""
        return shapely.transform(shape, self._project)

    def _project(self, lonlat: Floats) -> Floats:
        plane = project(lonlat, *self._centre)
        return np.stack([plane.real, plane.imag], axis=1)

    def communes(self, covers: Covers) -> tuple[Rows, npt.NDArray[np.object_]]:
        """Communes and arrondissements that meet the shape, and their contours cut to it."""
        contours = layer("communes")
        found = contours.tree.query(self._degrees, predicate="intersects")
        rows = np.array([covers.communes.index[contours.codes[place]] for place in found], np.intp)
        cut: npt.NDArray[np.object_] = shapely.intersection(
            shapely.transform(contours.shapes[found], self._project), self.shape
        )
        return rows, cut

    def circle(self, circle: Circle) -> BaseGeometry:
        """The part of a circle within the shape."""
        angles = np.linspace(0, 2 * np.pi, CIRCLE_VERTICES, endpoint=False)
        return shapely.intersection(self.project(shapely.Polygon(around(circle, angles))), self.shape)
