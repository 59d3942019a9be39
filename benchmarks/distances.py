"""How far from the buyer the winners of contracts sit: ``python -m benchmarks distances FILE``.

FILE is a CSV (or CSV.gz) of contracts, one row a contract, with the columns ``acheteur_departement_code`` and
``titulaire_departement_code``. Distances go between the reference points of the two départements of the mainland and Corse. The parameters
``zone_near_km`` and ``zone_half_km`` rest on what this prints.
"""

from __future__ import annotations

import csv
import gzip
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from scripts.docs.markdown import table
from vivier.territory.gazetteer import load_gazetteer
from vivier.territory.sphere import great_circle_km

BOUNDS: Final = (50, 100, 200, 300, 400, 500, 600)
FIT: Final = (100, 600)
"""Kilometres between which the half-distance is read."""


def distances(file: Path) -> Iterator[str]:
    """The share of the contracts won from beyond each distance, and the distance that halves it."""
    found = np.array(list(kilometres(file)))
    beyond = {bound: float((found > bound).mean()) for bound in (*BOUNDS, *FIT)}
    yield table(("beyond", f"{len(found)} contracts"), ((f"{bound} km", f"{beyond[bound]:.1%}") for bound in BOUNDS))
    near, far = FIT
    half = (far - near) * math.log(2) / math.log(beyond[near] / beyond[far])
    yield f"\nhalved every {half:.0f} km from {near} to {far} km"


def kilometres(path: Path) -> Iterator[float]:
    """Kilometres of each contract whose two départements are known and on the mainland."""
    gazetteer = load_gazetteer()
    points = {code: gazetteer.reference_point(f"departement:{code}") for code in gazetteer.names["departement"]}
    with gzip.open(path, "rt", encoding="utf8") if path.suffix == ".gz" else path.open(encoding="utf8") as lines:
        for row in csv.DictReader(lines):
            codes = row["acheteur_departement_code"], row["titulaire_departement_code"]
            if all(len(code) == 2 and points.get(code) is not None for code in codes):
                (lon, lat), (other_lon, other_lat) = (points[code] or (0.0, 0.0) for code in codes)
                yield float(great_circle_km(lon, lat, np.array([other_lon]), np.array([other_lat]))[0])
