"""The gazetteer: every territory by typed id, what contains it, its communes, its point and its contour."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import shapely

import mappings
from vivier.errors import NotFound
from vivier.territory import ids
from vivier.territory.communes import Communes, Labels, haversine_km, read_communes
from vivier.territory.contours import layer
from vivier.territory.model import FRANCE, Collectivity, Kind, OldRegion, Territory, typed_id

Rows = npt.NDArray[np.intp]
NEAREST_KM = 3.0  # a seat on the shore may fall outside every simplified contour


class Gazetteer:
    """Territories of the vintage 2026. Build it once with :func:`load_gazetteer`; it does not change afterwards."""

    def __init__(self, communes: Communes) -> None:
        self.communes = communes
        self.names: dict[Kind, dict[str, str]] = {
            "commune": _names(communes, arrondissements=False),
            "arrondissement": _names(communes, arrondissements=True),
            "epci": {row["siren"]: row["nom"] for row in mappings.read_table("epci")},
            "departement": {row["code"]: row["nom"] for row in mappings.read_table("departements")},
            "region": {row["code"]: row["nom"] for row in mappings.read_table("regions")},
            "country": {FRANCE: "France"},
        }
        self.successors = _successors(communes)
        self.communes_of_sirens = {siren: communes.codes[row] for row, siren in enumerate(communes.sirens) if siren}
        self.collectivities = {row["siren"]: Collectivity.of(row) for row in mappings.read_table("collectivites")}
        self.old_regions = _old_regions()
        self._territories: dict[str, Territory] = {}
        self._blocks: dict[str, str | None] = {}
        self._departements: dict[str, tuple[str, ...]] = {}
        self._points: dict[str, tuple[float, float] | None] = {}

    # -- by id ---------------------------------------------------------------------------------------------------

    def get(self, id: str) -> Territory:
        """The territory of a long typed id of today (``departement:2A``, ``FR``).

        Raises ``NotFound``. Aliases, old codes and what users write go through :meth:`parse`.
        """
        found = self._territories.get(id)
        if found is None:
            kind, code = self.split(id)
            found = self._territories[id] = self._build(kind, code)
        return found

    def parse(self, text: str, field: str = "territory") -> tuple[Territory, str | None]:
        """The one territory that a typed id names, aliases and old codes accepted, and a French notice if replaced.

        Raises ``InvalidRequest`` (see :func:`vivier.territory.ids.parse`).
        """
        return ids.parse(self, text, field)

    def expand(self, text: str, field: str = "territory") -> tuple[tuple[Territory, ...], str | None]:
        """Like :meth:`parse` where several territories are welcome (read as OR): ``region:82``, ``departement:69D``."""
        return ids.expand(self, text, field)

    def split(self, id: str) -> tuple[Kind, str]:
        """Kind and code of a long typed id; raises ``NotFound`` when there is no such territory."""
        prefix, _, code = ("country", ":", FRANCE) if id == FRANCE else id.partition(":")
        for kind, names in self.names.items():
            if kind == prefix and code in names:
                return kind, code
        raise NotFound(f"Territoire inconnu : « {id} ».")

    def ancestors(self, id: str) -> tuple[str, ...]:
        """The territory itself, then all that contain it: commune, EPCI, EPT, département, région, FR.

        An EPCI that crosses a limit has no département (or région) among them: its communes do.
        """
        return (id, *self.get(id).parents)

    # -- by commune ----------------------------------------------------------------------------------------------

    def leaves(self, id: str) -> Rows:
        """Rows of :attr:`communes` in the territory: current communes, or the row of the arrondissement itself."""
        kind, code = self.split(id)
        if kind in ("commune", "arrondissement"):
            return np.array([self.communes.index[code]], np.intp)
        rows = np.arange(len(self.communes)) if kind == "country" else self._members(kind, code)
        return rows[~self.communes.is_arrondissement[rows]]

    def block(self, id: str) -> str | None:
        """Land block (``metropole``, ``corse``, ``974``…); None when the territory spans several or has no commune."""
        if id not in self._blocks:
            found = np.unique(self.communes.block.values[self.leaves(id)])
            self._blocks[id] = self.communes.block.codes[found[0]] if len(found) == 1 else None
        return self._blocks[id]

    def departement_of_seat(self, code: str | None) -> str | None:
        """The code of the département of a commune or municipal *arrondissement* by its INSEE code; ``None`` when it is unknown."""
        row = None if code is None else self.communes.index.get(code)
        return None if row is None else self.communes.departement.at(row)

    def departements(self, id: str) -> tuple[str, ...]:
        """Codes of the départements that have a commune in the territory, in order; empty when it has no known commune."""
        if id not in self._departements:
            found = np.unique(self.communes.departement.values[self.leaves(id)])
            self._departements[id] = tuple(
                sorted(self.communes.departement.codes[place] for place in found if place >= 0)
            )
        return self._departements[id]

    def reference_point(self, id: str) -> tuple[float, float] | None:
        """(lon, lat): a commune's own point, else the population-weighted mean of its communes' points.

        For FR only the mainland block counts: a mean over two hemispheres would be a place in the sea.
        """
        if id not in self._points:
            self._points[id] = self._point(id)
        return self._points[id]

    def _point(self, id: str) -> tuple[float, float] | None:
        rows = self.leaves(id)
        if id == FRANCE:
            rows = np.intersect1d(rows, self.communes.block.rows("metropole"))
        rows = rows[self.communes.has_point[rows]]
        if not len(rows):
            return None
        if len(rows) == 1:
            return float(self.communes.lon[rows[0]]), float(self.communes.lat[rows[0]])
        weights = self.communes.weight[rows]
        lon, lat = (float(np.average(axis[rows], weights=weights)) for axis in (self.communes.lon, self.communes.lat))
        return lon, lat

    # -- by geometry ---------------------------------------------------------------------------------------------

    def contour(self, id: str) -> shapely.Geometry | None:
        """Simplified valid contour in degrees; None when the source has none (overseas collectivities).

        The first call for a level reads its file: 0.02 s to 0.3 s.
        """
        kind, code = self.split(id)
        if kind == "country":
            return _france()
        level = {"commune": "communes", "arrondissement": "communes", "epci": "epci", "departement": "departements"}
        return layer(level.get(kind, "regions")).get(code)

    def commune_at(self, lon: float, lat: float) -> Territory | None:
        """The commune whose contour holds a point, else the one with the nearest reference point within 3 km.

        Where simplified contours overlap, the one whose reference point is nearest. None at sea and abroad.
        """
        communes = layer("communes")
        hits = communes.tree.query(shapely.Point(lon, lat), predicate="intersects")
        rows = np.array([self.communes.index[communes.codes[hit]] for hit in hits], np.intp)
        rows = rows[~self.communes.is_arrondissement[rows]]
        row = self._nearest(lon, lat, rows) if len(rows) else self._nearest_within(lon, lat)
        return None if row is None else self.get(f"commune:{self.communes.codes[row]}")

    def _nearest(self, lon: float, lat: float, rows: Rows) -> int:
        distances = np.nan_to_num(haversine_km(lon, lat, self.communes.lon[rows], self.communes.lat[rows]), nan=np.inf)
        return int(rows[np.argmin(distances)])

    def _nearest_within(self, lon: float, lat: float) -> int | None:
        distances = self.communes.distances_km(lon, lat)
        distances[self.communes.is_arrondissement] = np.nan
        row = int(np.nanargmin(distances))
        return row if distances[row] <= NEAREST_KM else None

    # -- building ------------------------------------------------------------------------------------------------

    def _members(self, kind: Kind, code: str) -> Rows:
        columns: dict[Kind, Labels] = {"departement": self.communes.departement, "region": self.communes.region}
        if kind in columns:
            return columns[kind].rows(code)
        return np.concatenate([self.communes.epci.rows(code), self.communes.ept.rows(code)])

    def _build(self, kind: Kind, code: str) -> Territory:
        id = typed_id(kind, code)
        rows = self.leaves(id)
        local = kind in ("commune", "arrondissement")
        point = self.reference_point(id) if local else None
        return Territory(
            id=id,
            kind=kind,
            code=code,
            name=self.names[kind][code],
            population=self._population(rows),
            lon=point[0] if point is not None else None,
            lat=point[1] if point is not None else None,
            departement=_single(self.communes.departement, rows),
            parents=self._parents(kind, rows),
        )

    def _population(self, rows: Rows) -> int | None:
        known = self.communes.population[rows]
        known = known[known >= 0]
        return int(known.sum()) if len(known) else None

    def _parents(self, kind: Kind, rows: Rows) -> tuple[str, ...]:
        """The smallest territories that contain every commune of a territory. An arrondissement first climbs to its commune."""
        if kind == "arrondissement":
            return self.ancestors(f"commune:{self.communes.codes[int(self.communes.parent[rows[0]])]}")
        if kind == "country":
            return ()
        above: list[tuple[Kind, Labels]] = [
            ("epci", self.communes.epci),
            ("epci", self.communes.ept),
            ("departement", self.communes.departement),
            ("region", self.communes.region),
        ]
        start = {"commune": 0, "epci": 2, "departement": 3}.get(kind, 4)
        found = ((level, _single(column, rows)) for level, column in above[start:])
        return (*(typed_id(level, code) for level, code in found if code is not None), FRANCE)


def _single(column: Labels, rows: Rows) -> str | None:
    if len(rows) == 1:
        return column.at(rows[0])
    values = column.values.take(rows)
    return column.codes[values[0]] if len(values) and values[0] >= 0 and (values == values[0]).all() else None


def _names(communes: Communes, *, arrondissements: bool) -> dict[str, str]:
    rows = np.flatnonzero(communes.is_arrondissement == arrondissements)
    return {communes.codes[row]: communes.names[row] for row in rows}


def _successors(communes: Communes) -> dict[str, str]:
    """The code of today for each old code. A delegated commune may have the code of its new commune: it is left out."""
    rows = mappings.read_table("former_communes")
    return {row["code"]: row["code_actuel"] for row in rows if row["code"] not in communes.index}


def _old_regions() -> dict[str, OldRegion]:
    """Régions before 2016 whose code is not in use today."""
    rows = mappings.read_table("regions_2015")
    return {
        row["code"]: OldRegion(row["code"], row["nom"], row["region"], tuple(row["departements"].split()))
        for row in rows
        if row["code"] != row["region"]
    }


@lru_cache(maxsize=1)
def _france() -> shapely.Geometry:
    return shapely.union_all(layer("regions").shapes)


@lru_cache(maxsize=1)
def load_gazetteer() -> Gazetteer:
    """The gazetteer of the committed tables, read once (under 0.6 s; contours are read when first asked for)."""
    return Gazetteer(read_communes())
