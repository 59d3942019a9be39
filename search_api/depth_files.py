"""A depth map as a file: CSV for a spreadsheet, GeoJSON for a map."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

import orjson
import shapely

from search_api.desk import DEPTH_METHODS, row_body
from vivier.desk.method.depth import OVERLAP, Depth
from vivier.desk.tell.depth_map import DepthMap, DepthRow
from vivier.exports.guard import safe_cell
from vivier.territory import Gazetteer

CSV: Final = "text/csv; charset=utf-8"
GEOJSON: Final = "application/geo+json"
_BOM: Final = "\ufeff"


def cells(row: DepthRow) -> dict[str, Any]:
    """One line of the table: names are those of the columns."""
    one = row.depth
    return {**_supply(row), **_lots(one), **_contracts(one), "quadrant": one.quadrant, "confiance": one.confidence}


def _supply(row: DepthRow) -> dict[str, Any]:
    one = row.depth
    return {
        "territoire": row.territory.id,
        "nom": row.territory.name,
        "classe": one.level,
        "precision": " ; ".join(one.remarks),
        "structures": one.count,
        "zone_publiee": one.declared,
        "zone_supposee": one.inferred,
        **{f"structures_{article}": count for article, count in one.by_article.items()},
        "couvrent_en_partie": one.around.partly,
        "siege_seulement": one.around.seated,
        "zone_non_publiee_a_interroger": one.around.unplaced,
        "sites_au_metier_inconnu": one.around.untold,
        "sites_tous_metiers_ayant_leur_siege_ici": one.around.seated_sites,
        "distance_moyenne_km": _rounded(one.around.mean_km, 1),
        "la_plus_proche_km": _rounded(one.around.least_km, 1),
    }


def _lots(one: Depth) -> dict[str, Any]:
    return {
        "ca_connus": one.known,
        "ca_de_plus_de_trois_ans": one.stale,
        "capacite_annuelle_eur": one.capacity,
        "capacite_masquee": "oui" if one.masked else "non",
        "nombre_effectif": _rounded(one.effective, 2),
        **{f"lot_annuel_pour_{k}_structures_eur": _rounded(cap, 0) for k, cap in one.largest.items()},
        "etp_connus": one.fte_known,
        "etp": _rounded(one.fte, 1),
        "lot_de_reference_eur": _rounded(one.reference, 0),
        "supportent_le_lot": one.able,
        "capacite_inconnue": one.unknown,
        "p2_taux_bas": round(one.low.low.two, 4),
        "p2_taux_central": round(one.central.low.two, 4),
        "p2_taux_central_avec_inconnues": round(one.central.high.two, 4),
        "p2_taux_haut": round(one.high.low.two, 4),
    }


def _contracts(one: Depth) -> dict[str, Any]:
    won, demand = one.won, one.demand
    return {
        "marches_gagnes": None if won is None else won.contracts,
        "structures_avec_marche": None if won is None else won.structures,
        "acheteurs_distincts": None if won is None else won.buyers,
        "dont_reserves": None if won is None else won.reserved,
        "dont_sociaux": None if won is None else won.social,
        "achats_annuels_eur": None if demand is None else _rounded(demand.annual, 0),
        "dont_maxima_accords_cadres_eur": None if demand is None else round(demand.frameworks),
        "marches_en_cours": None if demand is None else demand.contracts,
        "dont_montant_connu": None if demand is None else demand.priced,
        "marches_attribues_au_montant_connu": None if demand is None else demand.awarded,
        "tension": _rounded(one.tension, 3),
    }


def _rounded(figure: float | None, digits: int) -> float | None:
    return None if figure is None else round(figure, digits or None)


def csv_of(found: DepthMap, generation: str) -> bytes:
    """The table, one line a territory, then what it rests on in the last columns."""
    about = {
        "a_la_date_du": found.query.as_of.isoformat(),
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
        "as_of": found.query.as_of.isoformat(),
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
