"""French words for the issues met while an address is resolved (:mod:`vivier.territory.address`)."""

from __future__ import annotations

from typing import Final

ISSUES: Final[dict[str, str]] = {
    "arrondissement_postcode_conflict": "arrondissement contredit par le code postal, qui est gardé",
    "commune_code_postcode_conflict": "code INSEE contredit par le code postal, le code INSEE est gardé",
    "commune_code_replaced": "ancien code INSEE, remplacé par celui d'aujourd'hui",
    "commune_code_unknown": "code INSEE inconnu, non suivi",
    "commune_code_zero_restored": "zéro perdu remis au code INSEE",
    "commune_from_point": "commune déduite des coordonnées",
    "commune_from_post_code": "commune déduite du code postal",
    "commune_unresolved": "commune non trouvée",
    "point_far_from_commune": "coordonnées trop loin de la commune, non gardées",
    "point_null_island": "coordonnées nulles, non gardées",
    "point_out_of_territory": "coordonnées hors du territoire français, non gardées",
    "point_swapped": "latitude et longitude inversées, remises dans l'ordre",
    "post_code_invalid": "code postal sans département français",
    "post_code_mismatch": "code postal d'une autre commune, le nom est suivi",
    "post_code_missing": "code postal absent",
    "post_code_not_listed": "code postal spécial (CEDEX ou autre)",
    "post_code_zero_restored": "zéro perdu remis au code postal",
    "town_ambiguous": "plusieurs communes de ce nom",
    "town_former_name": "ancien nom de commune",
    "town_missing": "commune non écrite",
    "town_postcode_conflict": "commune et code postal de départements différents, le code postal est suivi",
    "town_unknown": "nom de commune inconnu",
    "town_usual_name": "nom d'usage de la commune",
}
