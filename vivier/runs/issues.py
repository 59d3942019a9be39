"""French words for what a reader should doubt in a supplier, by code: in a source, in an address, in what sources say together."""

from __future__ import annotations

from typing import Final

from vivier.runs.doubts import DOUBTS
from vivier.territory.issues import ISSUES as PLACE_ISSUES

RECORD_ISSUES: Final[dict[str, str]] = {
    "agreement_elsewhere": "agrément donné dans un autre département que celui de l'adresse, seul ou avec lui",
    "agreement_stale": "fiche que sa source ne tient plus à jour : agrément à vérifier",
    "agreement_not_stated": "la source ne dit pas si la convention est en cours : à vérifier",
    "address_fallback": "pas d'adresse géographique : une autre adresse du site est donnée",
    "address_inactive": "ni lieu d'activité ni siège en service : adresse inconnue",
    "bio_conversion": "productions en conversion : pas encore vendues en bio, sans label",
    "bio_without_trade": "productions et activités bio sans correspondance dans la table des métiers",
    "capacity_unknown": "capacité nulle ou absente : inconnue",
    "commune_code_invalid": "code commune illisible",
    "contact_removed": "coordonnées personnelles retirées d'un texte",
    "contact_set_aside": "courriel ou téléphone qui n'est pas sûrement celui de l'organisation, non gardé",
    "certificate_end_unknown": "certificat arrêté sans date : non gardé",
    "coordinates_swapped": "latitude et longitude inversées dans la source, remises dans l'ordre",
    "date_invalid": "date illisible, laissée inconnue",
    "description_shortened": "présentation raccourcie",
    "encoding_fallback": "fichier lu dans l'encodage de secours de la source",
    "naf_invalid": "code NAF illisible",
    "name_removed": "nom de personne retiré d'un texte",
    "name_cut": "nom qui remplit sa colonne dans la source : sans doute coupé",
    "page_missing": "une page suivante n'a pas été fournie",
    "person_name_removed": "nom d'une personne, non gardé",
    "point_invalid": "coordonnées hors de France ou nulles",
    "post_code_invalid": "code postal illisible",
    "proof_url_invalid": "adresse de la preuve non gardée",
    "rge_domain_unknown": "domaine RGE non renseigné : label sans métier",
    "rge_domain_without_trade": "domaine RGE sans correspondance dans la table des métiers",
    "rome_without_trade": "métier ROME sans correspondance dans la table des métiers",
    "site_away": "site web injoignable à la dernière visite : faits de la précédente",
    "siren_invalid": "SIREN invalide",
    "kind_absent": "type de structure non publié",
    "second_siret": "un second SIRET est publié, non gardé",
    "site_unknown": "label d'un site dont seul le SIREN est publié : montré pour l'entreprise entière",
    "service_unrecognised": "type de prestation inconnu, laissé de côté",
    "siret_absent": "SIRET non publié",
    "siret_antenna": "SIRET d'antenne fabriqué : seul le SIREN est gardé",
    "siret_invalid": "SIRET invalide, non gardé",
    "siret_scientific": "SIRET en notation scientifique : chiffres perdus, non gardé",
    "finess_invalid": "numéro FINESS invalide, non gardé",
    "trade_unrecognised": "activité sans correspondance dans la table des métiers, gardée en toutes lettres",
    "text_damaged": "caractères perdus dans la source",
    "website_invalid": "adresse de site non gardée",
}
"""Met while a record is read."""

MERGE_ISSUES: Final[dict[str, str]] = {
    "closed_conflict": "une source dit la structure fermée, une autre non",
    "commune_conflict": "les sources ne donnent pas la même commune",
    "siren_conflict": "les sources ne donnent pas le même SIREN",
    "siret_conflict": "les sources ne donnent pas le même SIRET",
    "place_unpublished": "lieu non publié : ni adresse ni commune dans les sources",
    "point_from_ban": "point trouvé par le géocodage de l'adresse (BAN)",
    "address_withheld": "adresse réduite à la commune : diffusion restreinte dans SIRENE",
    "name_withheld": "nom non diffusé dans SIRENE",
    "siret_replaced": "SIRET fermé, remplacé par celui de son successeur (SIRENE)",
    "unknown_siret": "SIRET inconnu de SIRENE",
    "siret_shared": "le SIRET est celui de plusieurs sites",
    "zone_territory_unknown": "un territoire de la zone d'intervention est inconnu",
}
"""Met while records are put together, or beside what registers say of them."""


def issue_text(code: str) -> str:
    """The French words of a code, the code itself when it is not one of ours."""
    for words in (RECORD_ISSUES, DOUBTS, PLACE_ISSUES, MERGE_ISSUES):
        if code in words:
            return words[code]
    return code


def doubt_text(code: str) -> str:
    """The French words of a code of a contract or a notice; an unknown code is returned as it is."""
    return DOUBTS.get(code) or issue_text(code)
