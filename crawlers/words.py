"""French words for the codes found in statistics: why a row was skipped or set aside, and what is doubtful in a record."""

from __future__ import annotations

from typing import Final

from vivier.issues import RECORD_ISSUES as ISSUES

SKIPS: Final[dict[str, str]] = {
    "blank_row": "ligne vide",
    "duplicate": "déjà lu dans cette source",
    "other_category": "autre catégorie d'établissement",
    "closed": "établissement fermé",
    "gathered": "réunie à la fiche du même site",
    "inactive": "établissement inactif",
    "not_ours": "ne concerne aucun fournisseur",
    "not_certified": "aucun certificat engagé, suspendu ni arrêté à une date connue",
    "not_a_supplier": "opérateur de clauses, pas un fournisseur",
}
"""Out of the source's scope, by name."""

ASIDES: Final[dict[str, str]] = {
    "address_at_commune": "adresse trouvée à la commune seulement",
    "address_not_found": "adresse non trouvée",
    "address_other_commune": "adresse trouvée dans une autre commune",
    "address_score_low": "adresse trouvée avec un score trop faible",
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
    "operator_number_missing": "numéro d'opérateur bio absent",
    "siret_invalid": "SIRET invalide alors qu'il sert d'identifiant",
    "territory_invalid": "territoire mal écrit",
    "trade_unknown": "métier inconnu",
    "value_invalid": "valeur refusée",
    "zone_invalid": "zone d'intervention mal écrite",
}
"""Rows that could not be used, each kept in ``rejected.jsonl``."""

__all__ = ["ASIDES", "ISSUES", "SKIPS"]
