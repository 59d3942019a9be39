"""A depth map as a file: CSV for a spreadsheet, GeoJSON for a map."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

import orjson
import shapely

from search_api.desk import DEPTH_METHODS, row_body
from vivier.desk.depth import OVERLAP
from vivier.desk.depth_map import DepthMap, DepthRow
from vivier.exports.guard import safe_cell
from vivier.territory import Gazetteer

CSV: Final = "text/csv; charset=utf-8"
GEOJSON: Final = "application/geo+json"
_BOM: Final = "\ufeff"


def cells(row: DepthRow) -> dict[str, Any]:
    """One line of the table: names are those of the columns."""
    one = row.depth
    return {
        "territoire": row.territory.id,
        "nom": row.territory.name,
        "classe": one.level,
        "structures": one.count,
        "zone_publiee": one.declared,
        "zone_supposee": one.inferred,
        **{f"structures_{article}": count for article, count in one.by_article.items()},
        "couvrent_en_partie": one.partly,
        "siege_seulement": one.seated,
        "ca_connus": one.known,
        "capacite_annuelle_eur": one.capacity,
        "capacite_masquee": "oui" if one.masked else "non",
        "nombre_effectif": None if one.effective is None else round(one.effective, 2),
        "p2_taux_bas": round(one.low.low.two, 4),
        "p2_taux_central": round(one.central.low.two, 4),
        "p2_taux_haut": round(one.high.low.two, 4),
        "lot_de_reference_eur": one.reference,
        "marches_gagnes": one.contracts,
        "structures_avec_marche": one.experienced,
        "achats_annuels_eur": None if one.demand is None else round(one.demand.annual),
        "dont_maxima_accords_cadres_eur": None if one.demand is None else round(one.demand.frameworks),
        "tension": None if one.tension is None else round(one.tension, 3),
        "quadrant": one.quadrant,
        "confiance": one.confidence,
    }


def csv_of(found: DepthMap, generation: str) -> bytes:
    """The table, one line a territory, then what it rests on in the last columns."""
    about = {
        "a_la_date_du": found.asked.as_of.isoformat(),
        "generation": generation,
        "methodes": " | ".join(f"{name}={version}" for name, version in DEPTH_METHODS.items()),
        "avertissement": OVERLAP,
    }
    written = io.StringIO()
    lines = [cells(row) | about for row in found.rows]
    names = list(lines[0]) if lines else list(about)
    writer = csv.DictWriter(written, names, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: safe_cell(value) for name, value in line.items()} for line in lines)
    return (_BOM + written.getvalue()).encode()


def geojson_of(found: DepthMap, generation: str, gazetteer: Gazetteer) -> bytes:
    """One feature a territory, its simplified contour (``null`` without one), WGS84, six decimals."""
    features = list(_features(found, gazetteer))
    meta = {
        "as_of": found.asked.as_of.isoformat(),
        "index_generation": generation,
        "method_versions": DEPTH_METHODS,
        "notices": [OVERLAP],
    }
    return orjson.dumps({"type": "FeatureCollection", "features": features, "meta": meta})


def _features(found: DepthMap, gazetteer: Gazetteer) -> Iterator[dict[str, Any]]:
    for row in found.rows:
        shape = gazetteer.contour(row.territory.id)
        yield {
            "type": "Feature",
            "id": row.territory.id,
            "geometry": None if shape is None else orjson.loads(shapely.to_geojson(_plain(shape))),
            "properties": row_body(row),
        }


def _plain(shape: shapely.Geometry) -> shapely.Geometry:
    """Six decimals, outer rings counter-clockwise (RFC 7946)."""
    return shapely.orient_polygons(shapely.set_precision(shape, 1e-6))
