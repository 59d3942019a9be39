"""French words for the codes found in statistics: why a row was skipped or set aside, and what is doubtful in a record."""

from __future__ import annotations

from typing import Final

from vivier.runs.doubts import DOUBTS
from vivier.runs.issues import RECORD_ISSUES

SKIPS: Final[dict[str, str]] = {
    "after_extract": "publié après le jour de l'extrait, ou sans date de publication",
    "agreement_inactive": "agrément refusé, annulé ou remplacé",
    "agreement_older": "agrément plus ancien du même type",
    "buyer_profile": "avis sur un profil d'acheteur : aucun achat",
    "blank_row": "ligne vide",
    "duplicate": "déjà lu dans cette source",
    "duplicate_file": "fichier donné deux fois, lu une seule",
    "other_category": "autre catégorie d'établissement",
    "closed": "établissement fermé",
    "gathered": "réunie à la fiche du même site",
    "notice_not_fetched": "avis annoncé par la recherche, pas encore téléchargé : le sera aux prochaines lectures",
    "notice_unpublished": "avis sans numéro de publication au Journal officiel de l'UE : brouillon, ou exemple du kit eForms",
    "not_ours": "ne concerne aucun fournisseur",
    "not_certified": "aucun certificat engagé, suspendu ni arrêté à une date connue",
    "header_repeated": "ligne d'en-tête répétée",
    "inactive": "établissement inactif",
    "opposed": "SIRET sur la liste d'opposition",
    "not_own_site": "réseau social ou annuaire, pas le site du fournisseur",
    "website_shared": "site commun à plusieurs structures : rien ne dit laquelle fait quoi",
    "robots_forbidden": "robots.txt interdit de lire le site",
    "nothing_told": "site lu, sans métier sûr ni présentation",
    "no_agreement": "structure sans agrément actif",
    "not_a_supplier": "pas un fournisseur (opérateur de clauses, service social…)",
    "prison_agreement": "agrément en milieu pénitentiaire, hors de cette source",
    "sole_trader": "entrepreneur individuel : une personne, non retenue",
    "subsidy": "aide financière, pas un agrément",
    "abroad": "établissement hors de France",
    "not_concerned": "entreprise sans cette qualité",
    "unit_ceased": "entreprise cessée",
    "not_public": "entreprise qui s'oppose à sa diffusion",
}
"""Out of the source's scope, by name."""

ASIDES: Final[dict[str, str]] = {
    "address_at_commune": "adresse trouvée à la commune seulement",
    "address_not_found": "adresse non trouvée",
    "address_other_commune": "adresse trouvée dans une autre commune",
    "address_score_low": "adresse trouvée avec un score trop faible",
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
    "identity_missing": "ni identifiant, ni adresse : la structure ne peut pas être reconnue",
    "name_missing": "nom absent",
    "nature_unknown": "nature d'avis inconnue",
    "number_invalid": "nombre illisible",
    "operator_number_missing": "numéro d'opérateur bio absent",
    "record_unreadable": "enregistrement illisible",
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
    "siren_missing": "SIREN vide alors qu'il sert d'identifiant",
    "siren_invalid": "SIREN invalide alors qu'il sert d'identifiant",
    "siret_missing": "SIRET vide alors qu'il sert d'identifiant",
    "siret_invalid": "SIRET invalide alors qu'il sert d'identifiant",
    "siret_scientific": "SIRET en notation scientifique alors qu'il sert d'identifiant",
    "structure_missing": "agrément d'une structure absente du fichier des structures",
    "territory_invalid": "territoire mal écrit",
    "trade_unknown": "métier inconnu",
    "value_invalid": "valeur refusée",
    "zone_invalid": "zone d'intervention mal écrite",
}
"""Rows that could not be used. Each is kept in ``rejected.jsonl``."""

REPAIRS: Final[dict[str, str]] = {
    "coordinates_lambert93": "coordonnées en Lambert 93, converties en degrés",
    "coordinates_utm": "coordonnées en UTM, converties en degrés",
    "date_form": "date écrite autrement que d'habitude, lue",
    "rows_announced": "le nombre de lignes annoncé n'est pas celui du fichier",
    "siret_decimal": "SIRET écrit comme un nombre décimal, remis en quatorze chiffres",
    "siret_elsewhere": "SIRET du siège d'une autre entreprise que le SIREN, laissé",
    "siret_replaced": "SIRET remplacé par celui que la source dit actuel",
    "siret_spaces": "SIRET écrit avec des espaces ou d'autres signes, remis en quatorze chiffres",
    "siret_zeros": "zéros perdus au début d'un SIRET, remis",
}
"""Put right by a rule, with nothing left to doubt: counted in the report of a run, not borne by its records."""

ISSUES: Final[dict[str, str]] = {**DOUBTS, **RECORD_ISSUES, **REPAIRS}
"""Every code counted under ``issues`` in the report of a run."""

__all__ = ["ASIDES", "ISSUES", "REPAIRS", "SKIPS"]
