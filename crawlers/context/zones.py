"""Priority areas as context: FRR and ZRR as lists of communes (CSV), QPV as contours (GeoJSON).

A commune classed in part (``PC``) is left out: no field says on which side of the line a seat is. Contours must be in
WGS84 degrees.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import orjson
from shapely.geometry import shape

from crawlers.kit import WrongFile
from crawlers.kit.files import check_encoding, check_file, open_json, open_text, refusing
from crawlers.kit.json_family import stream_items
from crawlers.kit.values import text
from vivier.errors import ImportRefused
from vivier.model.context import Area, AreaCode
from vivier.territory.address import in_france

_CODES = ("code_insee", "codgeo", "insee", "code_commune")
_STATES = ("status", "statut", "frr", "zrr", "zonage", "classement")
_CLASSED = frozenset({"C", "FRR", "FRR+", "ZRR", "OUI", "1"})
_QPV_CODES = ("code_qp", "CODE_QP", "codeqp", "code")
_QPV_NAMES = ("lib_qp", "NOM_QP", "nom_qp", "nom")


def read(path: Path) -> Iterator[Area]:
    """The areas of one file: one per QPV, one list of communes for FRR or ZRR."""
    check_file(path)
    with refusing(path), open_json(path) as file:
        start = file.read(1)
    if start == b"{":
        yield from _contours(path)
    else:
        yield _communes(path)


def _communes(path: Path) -> Area:
    named = [zone for zone in ("frr", "zrr") if zone in path.name.lower()]
    if len(named) != 1:
        raise ImportRefused(
            f"« {path.name} » : le nom du fichier doit dire « frr » ou « zrr », pour savoir de quelle liste il s'agit."
        )
    with refusing(path), open_text(path, check_encoding(path, "cp1252")) as lines:
        first = lines.readline()
        table = csv.DictReader(lines, next(csv.reader([first], delimiter=_mark(first))), delimiter=_mark(first))
        code, state = (_column(path, table.fieldnames or (), names) for names in (_CODES, _STATES))
        states = {row[code].strip(): (row[state] or "").strip().upper() in _CLASSED for row in table if row[code]}
    classed, outside = ([c for c, within in states.items() if within is wanted] for wanted in (True, False))
    if not classed:
        raise ImportRefused(
            f"« {path.name} » : aucune commune classée ; « {state} » vaut {', '.join(sorted(_CLASSED))} quand elle l'est."
        )
    return Area(zone=cast(AreaCode, named[0]), communes=tuple(sorted(classed)), outside=tuple(sorted(outside)))


def _mark(first: str) -> str:
    return ";" if first.count(";") > first.count(",") else ","


def _column(path: Path, header: Any, names: tuple[str, ...]) -> str:
    found = next((column for column in header if column.strip().lower() in names), None)
    if found is None:
        raise WrongFile(
            f"« {path.name} » : colonne attendue parmi {', '.join(names)} ; trouvées : {', '.join(header)}."
        )
    return str(found)


def _contours(path: Path) -> Iterator[Area]:
    count = 0
    for count, feature in enumerate(stream_items(path, "features.item"), 1):
        properties, geometry = feature.get("properties") or {}, feature.get("geometry")
        if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
            raise ImportRefused(f"« {path.name} » : le quartier {count} n'a pas de contour (Polygon ou MultiPolygon).")
        _check_degrees(path, count, geometry)
        code = next((text(properties[key]) for key in _QPV_CODES if properties.get(key)), None)
        name = next((text(properties[key]) for key in _QPV_NAMES if properties.get(key)), None)
        yield Area(zone="qpv", code=code, name=name, contour=orjson.loads(orjson.dumps(geometry)))
    if count == 0:
        raise WrongFile(f"« {path.name} » n'a aucun quartier : une FeatureCollection GeoJSON est attendue.")


def _check_degrees(path: Path, count: int, geometry: dict[str, object]) -> None:
    inside = shape(geometry).representative_point()
    if not in_france(inside.x, inside.y):
        raise ImportRefused(
            f"« {path.name} » : le quartier {count} est hors de France ({inside.x:.1f}, {inside.y:.1f}) ; "
            "des degrés WGS84 (longitude, latitude) sont attendus, pas du Lambert 93."
        )
