"""The communes of France as columns: one array for each fact, one row for each commune or municipal arrondissement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

import mappings

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

EARTH_RADIUS_KM = 6371.0088  # mean radius, docs/methods.md (b)
CORSE = ("2A", "2B")
BUILT = "communes"
"""Name of the table that :func:`read_communes` reads, in ``mappings/built``."""
_TEXTS = {"codes": "code_insee", "names": "nom", "postcodes": "codes_postaux", "sirens": "siren"}
_NUMBERS = {"lon": "lon", "lat": "lat", "hall_lon": "mairie_lon", "hall_lat": "mairie_lat"}


def block_of(departement: str) -> str:
    """Land block of a département or overseas collectivity: a radius never crosses blocks (docs/methods.md (b))."""
    if departement in CORSE:
        return "corse"
    return departement if departement.startswith(("97", "98")) else "metropole"


@dataclass(frozen=True)
class Labels:
    """A column of codes: ``codes[values[i]]`` is the code of row ``i``; -1 when the row has none."""

    codes: list[str]
    values: Ints

    @classmethod
    def of(cls, column: Sequence[str]) -> Labels:
        """A column made from the code of each row; an empty text means none."""
        codes = sorted({code for code in column if code})
        rank = {code: place for place, code in enumerate(codes)} | {"": -1}
        return cls(codes, np.array([rank[code] for code in column], np.int32))

    def at(self, row: int) -> str | None:
        """The code of a row, None when it has none."""
        value = int(self.values[row])
        return self.codes[value] if value >= 0 else None

    def rows(self, code: str) -> npt.NDArray[np.intp]:
        """Rows that have a code, in order; empty when the code is not in the column."""
        return self._groups.get(code, np.zeros(0, np.intp))

    @cached_property
    def _groups(self) -> dict[str, npt.NDArray[np.intp]]:
        order = np.argsort(self.values, kind="stable")
        cuts = np.searchsorted(self.values[order], np.arange(len(self.codes) + 1))
        return {code: order[cuts[place] : cuts[place + 1]] for place, code in enumerate(self.codes)}


@dataclass(frozen=True)
class Communes:
    """Columns over 34,969 communes then 45 municipal arrondissements (Paris, Lyon, Marseille), vintage 2026.

    ``lon``, ``lat``: reference point in degrees, NaN for the 8 communes without one. ``population``: inhabitants,
    -1 when unknown (southern lands). ``parent``: row of the commune of an arrondissement, else -1.
    ``hall_lon``, ``hall_lat``: town hall, NaN when unknown. ``postcodes``: separated by spaces.
    ``sirens``: empty for an arrondissement and for 94 communes whose SIREN the source does not give.
    """

    codes: list[str]
    names: list[str]
    postcodes: list[str]
    sirens: list[str]
    lon: Floats
    lat: Floats
    hall_lon: Floats
    hall_lat: Floats
    population: npt.NDArray[np.int64]
    departement: Labels
    region: Labels
    epci: Labels
    ept: Labels
    block: Labels
    is_arrondissement: Bools
    parent: Ints
    index: dict[str, int]

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def weight(self) -> Floats:
        """Population as a weight: 1 for a commune without inhabitants or of unknown population (docs/methods.md (b))."""
        return np.maximum(self.population, 1).astype(np.float64)

    @cached_property
    def has_point(self) -> Bools:
        """True where the reference point is known."""
        return ~np.isnan(self.lon)

    def distances_km(self, lon: float, lat: float) -> Floats:
        """Great-circle distance from a point to every reference point; NaN where the commune has none."""
        return haversine_km(lon, lat, self.lon, self.lat)


def haversine_km(lon: float, lat: float, lons: Floats, lats: Floats) -> Floats:
    """Great-circle distances in km from one point (degrees) to many, R = 6 371.0088 km."""
    phi, phis = np.radians(lat), np.radians(lats)
    chord = np.sin((phis - phi) / 2) ** 2 + np.cos(phi) * np.cos(phis) * np.sin(np.radians(lons - lon) / 2) ** 2
    distances: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0, 1)))
    return distances


@dataclass(frozen=True)
class CommuneTable:
    """The columns of :class:`Communes` as JSON has them: ``null`` for a number that is not known, a column of codes as the codes then the place
    of each row among them. It is made once, by ``python -m scripts.build_needs``, and read from ``mappings/built``: parsing the table takes
    four times as long."""

    texts: dict[str, list[str]]
    numbers: dict[str, list[float | None]]
    population: list[int]
    labels: dict[str, tuple[list[str], list[int]]]
    arrondissements: list[int]
    parent: list[int]


def read_communes() -> Communes:
    """The communes of the committed table: from the columns made before (0.06 s), from ``communes.csv.gz`` when it changed since."""
    made = mappings.read_built(BUILT, digest())
    table = commune_table() if made is None else CommuneTable(**made)
    texts, codes = table.texts, table.texts["codes"]
    is_arrondissement = np.zeros(len(codes), np.bool_)
    is_arrondissement[table.arrondissements] = True
    numbers = {name: np.array(values, np.float64) for name, values in table.numbers.items()}
    labels = {name: Labels(of, np.array(values, np.int32)) for name, (of, values) in table.labels.items()}
    return Communes(
        codes=codes,
        names=texts["names"],
        postcodes=texts["postcodes"],
        sirens=texts["sirens"],
        lon=numbers["lon"],
        lat=numbers["lat"],
        hall_lon=numbers["hall_lon"],
        hall_lat=numbers["hall_lat"],
        population=np.array(table.population, np.int64),
        departement=labels["departement"],
        region=labels["region"],
        epci=labels["epci"],
        ept=labels["ept"],
        block=labels["block"],
        is_arrondissement=is_arrondissement,
        parent=np.array(table.parent, np.int32),
        index={code: row for row, code in enumerate(codes)},
    )


def digest() -> str:
    return mappings.digest_of(mappings.table_path("communes"))


def commune_table() -> CommuneTable:
    """The columns, read anew from ``communes.csv.gz``."""
    columns = mappings.read_columns("communes")
    rows = {code: row for row, code in enumerate(columns["code_insee"])}
    codes = {name: columns[name] for name in ("departement", "region", "epci", "ept")}
    codes["block"] = [block_of(code) for code in columns["departement"]]
    labels = {name: Labels.of(column) for name, column in codes.items()}
    return CommuneTable(
        texts={name: columns[column] for name, column in _TEXTS.items()},
        numbers={
            name: [float(value) if value else None for value in columns[column]] for name, column in _NUMBERS.items()
        },
        population=[int(value) if value else -1 for value in columns["population"]],
        labels={name: (label.codes, label.values.tolist()) for name, label in labels.items()},
        arrondissements=[row for row, kind in enumerate(columns["type"]) if kind == "arrondissement"],
        parent=[rows.get(code, -1) for code in columns["commune"]],
    )
