"""French words for each doubt about a contract or a notice, by code: doubts about its source, about its place, and
contradictions between its records. This is the only table of them; the codes of addresses and suppliers are in
:mod:`vivier.runs.issues`."""

from __future__ import annotations

from typing import Final

from vivier.runs.issues import issue_text

DOUBTS: Final[dict[str, str]] = {
    "amended_after_end": "un avenant est plus tardif que la fin calculée : la durée déclarée ne dit pas quand le marché finit",
    "amount_invalid": "montant illisible, laissé inconnu",
    "amount_rationalised": "montant corrigé par le producteur des données consolidées",
    "amount_suspect": "montant invraisemblable : montré, jamais additionné",
    "amount_symbolic": "montant symbolique (un euro ou moins) : montré, jamais additionné",
    "amount_withheld": "montant non retenu : celui qui est connu était déclaré avec un autre titulaire",
    "buyer_id_absent": "l'acheteur n'a pas d'identifiant",
    "buyer_id_invalid": "identifiant de l'acheteur invalide",
    "buyer_is_holder": "acheteur et titulaire portent le même SIREN",
    "buyer_siren_only": "SIRET de l'acheteur invalide : seul son SIREN est gardé",
    "contact_removed": "coordonnées personnelles retirées d'un texte",
    "cpv_absent": "code CPV absent",
    "cpv_invalid": "code CPV illisible",
    "cpv_repaired": "code CPV inconnu, remplacé par son parent de la nomenclature",
    "date_invalid": "date illisible, laissée inconnue",
    "date_suspect": "date invraisemblable, laissée inconnue",
    "description_shortened": "texte raccourci",
    "duration_invalid": "durée illisible, laissée inconnue",
    "duration_suspect": "durée invraisemblable (aucun mois, ou plus de 180)",
    "encoding_fallback": "fichier lu dans un encodage de secours",
    "env_contradiction": "considération environnementale déclarée présente et absente à la fois : non renseignée",
    "first_version_missing": "la première version manque dans la source : le jour, le montant et la durée d'origine peuvent rester inconnus",
    "framework_missing": "semble suivre d'un accord-cadre qui n'est pas nommé",
    "framework_self_reference": "se désigne lui-même comme son accord-cadre : lien ignoré",
    "holder_absent": "aucun titulaire déclaré",
    "holder_id_absent": "un titulaire n'a pas d'identifiant",
    "holder_id_invalid": "identifiant d'un titulaire invalide",
    "holder_siren_only": "SIRET d'un titulaire invalide : seul son SIREN est gardé",
    "id_collision": "même numéro qu'un autre marché de l'acheteur, attribué à d'autres : chacun est montré tel que déclaré",
    "modif_amount_suspect": "montant d'un avenant qui semble être un écart : non suivi",
    "modif_before_notification": "avenant daté d'avant la notification",
    "modif_duration_suspect": "durée d'un avenant qui semble être un écart : non suivie",
    "multi_award": "plusieurs titulaires sans groupement : marché attribué à plusieurs",
    "object_absent": "objet absent",
    "object_trial": "essai d'une plateforme ou exemple d'un format, d'après son objet : sans doute pas un achat",
    "offers_invalid": "nombre d'offres reçues illisible ou nul, laissé inconnu",
    "person_name_removed": "nom de personne retiré",
    "place_abroad": "lieu d'exécution hors de France",
    "place_missing": "lieu d'exécution absent",
    "place_type_suspect": "le code du lieu n'est pas du type annoncé : lu autrement",
    "place_unresolved": "lieu d'exécution non reconnu",
    "rows_disagree": "un autre montant ou une autre durée sont déclarés sous ce numéro pour ce titulaire : les derniers sont montrés",
    "rows_gathered": "plusieurs lignes de la source réunies",
    "social_contradiction": "considération sociale déclarée présente et absente à la fois : non renseignée",
    "subcontractor_id_absent": "un sous-traitant n'a pas d'identifiant",
    "subcontractor_id_invalid": "identifiant d'un sous-traitant invalide",
    "subcontractor_siren_only": "SIRET d'un sous-traitant invalide : seul son SIREN est gardé",
    "text_damaged": "caractères perdus dans la source",
    "text_restored": "caractères perdus dans la source, rétablis par les mots de nos nomenclatures",
    "value_unread": "valeur qui n'est dans aucune liste réglementaire : gardée telle quelle, non lue",
}


def doubt_text(code: str) -> str:
    """The French words of a code; an unknown code is returned as it is."""
    return DOUBTS.get(code) or issue_text(code)
