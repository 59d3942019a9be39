"""Simplified contours of régions, départements, EPCI and communes, read when they are first needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt
import shapely

import mappings

DEGREES = 1e-4  # unit of the stored vertices


@dataclass(frozen=True)
class Layer:
    """Contours of one level: ``shapes[index[code]]`` is a valid multipolygon in degrees (lon, lat)."""

    index: dict[str, int]
    codes: list[str]
    shapes: npt.NDArray[np.object_]

    def get(self, code: str) -> shapely.Geometry | None:
        """The contour of a code, None when the source has none (overseas collectivities, 4 communes of Cantal)."""
        place = self.index.get(code)
        return None if place is None else self.shapes[place]

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Spatial index over ``shapes``."""
        return shapely.STRtree(self.shapes)


@cache
def layer(level: str) -> Layer:
    """``regions``, ``departements``, ``epci`` (EPT included) or ``communes`` (arrondissements included)."""
    with np.load(mappings.table_path(f"contours_{level}.npz")) as file:
        codes = file["codes"].tolist()
        vertices = np.ascontiguousarray(np.cumsum(file["xy"], axis=1).T * DEGREES)
        offsets = tuple(_offsets(file[name]) for name in ("rings", "polygons", "contours"))
    shapes = shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, np.round(vertices, 4), offsets)
    return Layer({code: place for place, code in enumerate(codes)}, codes, shapes)


def _offsets(lengths: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
