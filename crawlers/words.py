"""French words for the codes found in statistics: why a row was skipped or set aside, and what is doubtful in a record."""

from __future__ import annotations

from typing import Final

SKIPS: Final[dict[str, str]] = {
    "blank_row": "ligne vide",
    "duplicate": "déjà lu dans cette source",
    "other_category": "autre catégorie d'établissement",
    "closed": "établissement fermé",
    "inactive": "établissement inactif",
    "not_a_supplier": "opérateur de clauses, pas un fournisseur",
}
"""Out of the source's scope, by name."""

ASIDES: Final[dict[str, str]] = {
    "cells_count": "nombre de cellules inattendu",
    "csv_malformed": "guillemets mal placés",
    "date_invalid": "date illisible",
    "duplicate_id": "identifiant déjà donné à une autre ligne",
    "field_missing": "champ obligatoire vide",
    "field_unknown": "champ inconnu",
    "fields_missing": "champs absents",
    "finess_invalid": "numéro FINESS invalide",
    "json_invalid": "ligne JSON illisible",
    "kind_unknown": "type de structure inconnu",
    "label_unknown": "label inconnu",
    "list_header_invalid": "présentation de la liste invalide",
    "name_missing": "nom absent",
    "number_invalid": "nombre illisible",
    "siret_invalid": "SIRET invalide alors qu'il sert d'identifiant",
    "territory_invalid": "territoire mal écrit",
    "trade_unknown": "métier inconnu",
    "value_invalid": "valeur refusée",
    "zone_invalid": "zone d'intervention mal écrite",
}
"""Rows that could not be used, each kept in ``rejected.jsonl``."""

ISSUES: Final[dict[str, str]] = {
    "address_fallback": "pas d'adresse géographique : une autre adresse du site est donnée",
    "capacity_unknown": "capacité nulle ou absente : inconnue",
    "commune_code_invalid": "code commune illisible",
    "contact_removed": "coordonnées personnelles retirées d'un texte",
    "coordinates_swapped": "latitude et longitude inversées dans la source, remises dans l'ordre",
    "date_invalid": "date illisible, laissée inconnue",
    "description_shortened": "présentation raccourcie",
    "encoding_fallback": "fichier lu dans l'encodage de secours de la source",
    "naf_invalid": "code NAF illisible",
    "page_missing": "une page suivante n'a pas été fournie",
    "point_invalid": "coordonnées hors de France ou nulles",
    "post_code_invalid": "code postal illisible",
    "rome_without_trade": "métier ROME sans correspondance dans la table des métiers",
    "siren_invalid": "SIREN invalide",
    "siret_absent": "SIRET non publié",
    "siret_antenna": "SIRET d'antenne fabriqué : seul le SIREN est gardé",
    "siret_invalid": "SIRET invalide, non gardé",
    "finess_invalid": "numéro FINESS invalide, non gardé",
    "text_damaged": "caractères perdus dans la source",
    "website_invalid": "adresse de site non gardée",
}
"""What a reader should doubt in a record that was kept."""
