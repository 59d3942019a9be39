"""Writes a depth map as CSV, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Final

from search_api.desk.bodies import DEPTH_METHODS
from vivier.desk.method.depth import OVERLAP, Depth
from vivier.desk.tell.depth_map import DepthMap, DepthRow
from vivier.text.guard import safe_cell

CSV: Final = "text/csv; charset=utf-8"
_BOM: Final = "\ufeff"


Cells = dict[str, str | int | float | None]
"""A line of the table, by name of column."""


def cells(row: DepthRow) -> Cells:
    """One line of the table: names are those of the columns."""
    depth = row.depth
    return {
        **_supply(row),
        **_lots(depth),
        **_contracts(depth),
        "quadrant": depth.quadrant,
        "confiance": depth.confidence,
    }


def _supply(row: DepthRow) -> Cells:
    depth = row.depth
    return {
        "territoire": row.territory.id,
        "nom": row.territory.name,
        "classe": depth.level,
        "precision": " ; ".join(depth.remarks),
        "structures": depth.count,
        "dont_pour_une_partie_du_metier": depth.in_part,
        "fiches": depth.around.sheets,
        "zone_publiee": depth.declared,
        "zone_supposee": depth.inferred,
        **{f"structures_{article}": count for article, count in depth.by_article.items()},
        "couvrent_en_partie": depth.around.partly,
        "siege_seulement": depth.around.seated,
        "zone_non_publiee_a_interroger": depth.around.unplaced,
        "agrement_a_verifier": depth.around.to_check,
        "sites_au_metier_inconnu": depth.around.untold,
        "dont_feraient_ce_metier_au_moins": _rounded(depth.around.expected[0], 1),
        "dont_feraient_ce_metier_au_plus": _rounded(depth.around.expected[1], 1),
        "sites_tous_metiers_ayant_leur_siege_ici": depth.around.seated_sites,
        "distance_moyenne_km": _rounded(depth.around.mean_km, 1),
        "la_plus_proche_km": _rounded(depth.around.least_km, 1),
    }


def _lots(depth: Depth) -> Cells:
    return {
        "ca_connus": depth.known,
        "ca_de_plus_de_trois_ans": depth.stale,
        "capacite_annuelle_eur": depth.capacity,
        "capacite_masquee": "oui" if depth.masked else "non",
        "nombre_effectif": _rounded(depth.effective, 2),
        **{f"lot_annuel_pour_{k}_structures_eur": _rounded(cap, 0) for k, cap in depth.largest.items()},
        "etp_connus": depth.fte_known,
        "etp": _rounded(depth.fte, 1),
        "lot_de_reference_eur": _rounded(depth.reference, 0),
        "supportent_le_lot": depth.able,
        "capacite_inconnue": depth.unknown,
        "p2_taux_bas": round(depth.low.low.two, 4),
        "p2_taux_central": round(depth.central.low.two, 4),
        "p2_taux_central_avec_inconnues": round(depth.central.high.two, 4),
        "p2_taux_haut": round(depth.high.low.two, 4),
    }


def _contracts(depth: Depth) -> Cells:
    won, demand = depth.won, depth.demand
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
        "tension": _rounded(depth.tension, 3),
    }


def _rounded(figure: float | None, digits: int) -> float | None:
    return None if figure is None else round(figure, digits or None)


def csv_of(found: DepthMap, generation: str) -> bytes:
    """The table, one line a territory. The last columns give the date, the generation and the methods."""
    about = {
        "a_la_date_du": found.query.as_of.isoformat(),
        "generation": generation,
        "methodes": " | ".join(f"{name}={version}" for name, version in DEPTH_METHODS.items()),
        "avertissement": OVERLAP,
    }
    written = io.StringIO()
    lines: list[Cells] = [{**cells(row), **about} for row in found.rows]
    names = list(lines[0]) if lines else list(about)
    writer = csv.DictWriter(written, names, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: safe_cell(value) for name, value in line.items()} for line in lines)
    return (_BOM + written.getvalue()).encode()
