"""French words for the codes found in statistics: why a row was skipped or set aside, and what is doubtful in a record."""

from __future__ import annotations

from typing import Final

from vivier.issues import RECORD_ISSUES as ISSUES

SKIPS: Final[dict[str, str]] = {
    "blank_row": "ligne vide",
    "duplicate": "déjà lu dans cette source",
    "other_category": "autre catégorie d'établissement",
    "closed": "établissement fermé",
    "inactive": "établissement inactif",
    "not_a_supplier": "opérateur de clauses, pas un fournisseur",
    "opposed": "SIRET sur la liste d'opposition",
    "sole_trader": "entrepreneur individuel",
    "not_own_site": "réseau social ou annuaire, pas le site du fournisseur",
    "website_shared": "site commun à plusieurs structures : rien ne dit laquelle fait quoi",
    "robots_forbidden": "robots.txt interdit de lire le site",
    "nothing_told": "site lu, sans métier sûr ni présentation",
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
    "site_elsewhere": "le site renvoie vers un autre domaine",
    "site_error": "le serveur du site est en erreur",
    "site_not_html": "ce n'est pas une page web",
    "site_not_recognised": "le site ne montre ni le nom ni le SIREN du fournisseur",
    "site_private_address": "le site mène à une adresse de réseau privé",
    "site_redirects": "redirections sans fin ou sans adresse",
    "site_refused": "le site refuse la page ou ne l'a pas",
    "site_too_large": "page trop lourde, même une fois décompressée",
    "site_too_slow": "le site ne finit pas de répondre",
    "site_unreachable": "le site ne répond pas",
    "site_unread": "site pas encore visité",
    "site_unreadable": "page illisible",
    "site_waits": "le site demande d'attendre",
    "siret_invalid": "SIRET invalide alors qu'il sert d'identifiant",
    "territory_invalid": "territoire mal écrit",
    "trade_unknown": "métier inconnu",
    "value_invalid": "valeur refusée",
    "zone_invalid": "zone d'intervention mal écrite",
}
"""Rows that could not be used, each kept in ``rejected.jsonl``."""

__all__ = ["ASIDES", "ISSUES", "SKIPS"]
