"""French words for what a reader should doubt in a declared contract or a notice, by code
(docs/contracts.md, « Normalised values »)."""

from __future__ import annotations

from typing import Final

CONTRACT_ISSUES: Final[dict[str, str]] = {
    "amount_invalid": "montant illisible, laissé inconnu",
    "amount_rationalised": "montant déclaré jugé faux par la source : montant corrigé par elle",
    "amount_suspect": "montant douteux : négatif, démesuré ou de remplissage",
    "amount_symbolic": "montant symbolique : un euro ou moins",
    "buyer_id_absent": "acheteur sans identifiant",
    "buyer_id_invalid": "identifiant de l'acheteur invalide, gardé tel qu'écrit",
    "buyer_missing": "acheteur non nommé",
    "buyer_siren_only": "SIREN de l'acheteur seul, sans SIRET",
    "cpv_absent": "code CPV absent",
    "cpv_invalid": "code CPV illisible, laissé inconnu",
    "cpv_repaired": "code CPV inconnu de la nomenclature : ramené au code au-dessus",
    "date_suspect": "date impossible (avant 2000 ou trop loin dans l'avenir), laissée inconnue",
    "deadline_supposed": "date limite non publiée : la fin de diffusion de l'avis en tient lieu",
    "duration_invalid": "durée illisible, laissée inconnue",
    "duration_suspect": "durée douteuse : nulle, négative ou de plus de 180 mois",
    "env_contradiction": "« pas de considération environnementale » déclaré avec une autre valeur",
    "holder_absent": "aucun titulaire déclaré",
    "holder_id_absent": "titulaire sans identifiant",
    "holder_id_invalid": "identifiant d'un titulaire invalide, gardé tel qu'écrit",
    "holder_siren_only": "SIREN d'un titulaire seul, sans SIRET",
    "nature_deduced": "nature non publiée : avis nouveau qui n'en suit aucun autre, lu comme un appel",
    "notice_body_unknown": "corps de l'avis d'une forme inconnue : seuls ses champs courants sont lus",
    "notice_body_unreadable": "corps de l'avis illisible : seuls ses champs courants sont lus",
    "object_absent": "objet du marché absent",
    "object_trial": "essai ou exemple, d'après son objet : pas un achat",
    "offers_invalid": "nombre d'offres reçues nul ou illisible, laissé inconnu",
    "person_name_removed": "nom de personne physique retiré",
    "place_from_title": "lieu lu dans l'intitulé : le champ prévu est plus large",
    "place_unresolved": "lieu d'exécution non reconnu",
    "project_closed": "projet d'achat clos par l'acheteur",
    "rows_gathered": "ligne réunie à la précédente : même marché, autre titulaire, avenant ou acte",
    "social_contradiction": "« pas de considération sociale » déclaré avec une autre valeur",
    "subcontractor_id_absent": "sous-traitant sans identifiant",
    "subcontractor_id_invalid": "identifiant d'un sous-traitant invalide, gardé tel qu'écrit",
    "subcontractor_siren_only": "SIREN d'un sous-traitant seul, sans SIRET",
    "text_restored": "caractères perdus dans la source, rétablis par les mots de nos nomenclatures",
    "value_unread": "valeur hors de la liste fermée, gardée telle qu'écrite",
}
