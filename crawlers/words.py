"""French words for the codes found in statistics: why a row was skipped or set aside, and what is doubtful in a record."""

from __future__ import annotations

from typing import Final

from vivier.contract_issues import CONTRACT_ISSUES
from vivier.issues import RECORD_ISSUES

ISSUES: Final[dict[str, str]] = {**RECORD_ISSUES, **CONTRACT_ISSUES}
"""What to doubt in a record that was kept."""

SKIPS: Final[dict[str, str]] = {
    "blank_row": "ligne vide",
    "duplicate": "déjà lu dans cette source",
    "duplicate_file": "fichier donné deux fois, lu une seule",
    "other_category": "autre catégorie d'établissement",
    "closed": "établissement fermé",
    "inactive": "établissement inactif",
    "not_a_supplier": "opérateur de clauses, pas un fournisseur",
}
"""Out of the source's scope, by name."""

ASIDES: Final[dict[str, str]] = {
    "buyer_missing": "acheteur absent",
    "cells_count": "nombre de cellules inattendu",
    "csv_malformed": "guillemets mal placés",
    "date_invalid": "date illisible",
    "duplicate_id": "identifiant déjà donné à une autre ligne",
    "field_missing": "champ obligatoire vide",
    "field_unknown": "champ inconnu",
    "fields_missing": "champs absents",
    "file_cut": "fichier coupé : la suite manque",
    "finess_invalid": "numéro FINESS invalide",
    "json_invalid": "ligne JSON illisible",
    "kind_unknown": "type de structure inconnu",
    "label_unknown": "label inconnu",
    "list_header_invalid": "présentation de la liste invalide",
    "name_missing": "nom absent",
    "number_invalid": "nombre illisible",
    "record_unreadable": "enregistrement illisible",
    "siret_invalid": "SIRET invalide alors qu'il sert d'identifiant",
    "territory_invalid": "territoire mal écrit",
    "trade_unknown": "métier inconnu",
    "value_invalid": "valeur refusée",
    "zone_invalid": "zone d'intervention mal écrite",
}
"""Rows that could not be used, each kept in ``rejected.jsonl``."""

__all__ = ["ASIDES", "ISSUES", "SKIPS"]
