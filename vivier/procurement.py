"""The words of public contracts: considerations, natures, procedures, groupings, reservation families, kinds of notice and of lead.

Codes are ours; French names are those of the arrêtés of 22 December 2022 (DECP 2.0), of the eForms regulation and of BOAMP.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Literal

LeadKind = Literal["open_notice", "expiring_contract", "planned_project", "clause_holder"]

LEAD_NAMES: Final[dict[LeadKind, str]] = {
    "open_notice": "Avis ouvert",
    "expiring_contract": "Marché à renouveler",
    "planned_project": "Projet d'achat",
    "clause_holder": "Titulaire d'une clause sociale en cours",
}

State = Literal["yes", "no", "unknown"]
"""A consideration declared, declared absent, or not recorded. ``unknown`` is never counted as ``no``."""

STATES: Final[dict[str, str]] = {"yes": "déclarée", "no": "déclarée absente", "unknown": "non renseignée"}

Consideration = Literal["reserved", "criterion", "clause", "none"]

SOCIAL: Final[dict[str, str]] = {
    "reserved": "Marché réservé",
    "criterion": "Critère social",
    "clause": "Clause sociale",
    "none": "Pas de considération sociale",
}
ENVIRONMENTAL: Final[dict[str, str]] = {
    "criterion": "Critère environnemental",
    "clause": "Clause environnementale",
    "none": "Pas de considération environnementale",
}

ContractKind = Literal["marche", "concession"]

CONTRACT_KINDS: Final[dict[str, str]] = {"marche": "Marché", "concession": "Concession"}

NATURES: Final[dict[str, str]] = {
    "marche": "Marché",
    "partenariat": "Marché de partenariat",
    "defense": "Marché de défense ou de sécurité",
    "accord_cadre": "Accord-cadre",
    "subsequent": "Marché subséquent",
    "concession_travaux": "Concession de travaux",
    "concession_service": "Concession de service",
    "concession_service_public": "Concession de service public",
    "delegation": "Délégation de service public",
}
"""``accord_cadre`` and ``subsequent`` are natures of the 2019 format; since 2.0 a framework is a technique."""


def is_framework(techniques: Collection[str], nature: str | None) -> bool:
    """Whether a contract is a framework agreement, by its techniques or, in the 2019 format, its nature."""
    return "accord_cadre" in techniques or nature == "accord_cadre"


PROCEDURES: Final[dict[str, str]] = {
    "adaptee": "Procédure adaptée",
    "ouvert": "Appel d'offres ouvert",
    "restreint": "Appel d'offres restreint",
    "negociation": "Procédure avec négociation",
    "sans_publicite": "Marché passé sans publicité ni mise en concurrence préalable",
    "dialogue": "Dialogue compétitif",
    "negociee_ouverte": "Procédure négociée ouverte",
    "non_negociee_ouverte": "Procédure non négociée ouverte",
    "negociee_restreinte": "Procédure négociée restreinte",
    "non_negociee_restreinte": "Procédure non négociée restreinte",
}

TECHNIQUES: Final[dict[str, str]] = {
    "accord_cadre": "Accord-cadre",
    "concours": "Concours",
    "qualification": "Système de qualification",
    "sad": "Système d'acquisition dynamique",
    "catalogue": "Catalogue électronique",
    "enchere": "Enchère électronique",
}

MODALITIES: Final[dict[str, str]] = {
    "tranches": "Tranches",
    "bons_de_commande": "Bons de commande",
    "subsequents": "Marchés subséquents",
}

GROUPINGS: Final[dict[str, str]] = {
    "conjoint": "Conjoint",
    "solidaire": "Solidaire",
    "none": "Pas de groupement",
}

CCAGS: Final[dict[str, str]] = {
    "travaux": "Travaux",
    "maitrise_oeuvre": "Maîtrise d'œuvre",
    "fcs": "Fournitures courantes et services",
    "industriels": "Marchés industriels",
    "pi": "Prestations intellectuelles",
    "tic": "Techniques de l'information et de la communication",
    "none": "Pas de CCAG",
}

PLACE_TYPES: Final[dict[str, str]] = {
    "post_code": "Code postal",
    "commune": "Code commune",
    "arrondissement": "Code arrondissement",
    "canton": "Code canton",
    "departement": "Code département",
    "region": "Code région",
    "country": "Code pays",
}
"""Declared types of the code of a place. A declaration may be wrong."""

FORMS: Final[dict[str, str]] = {
    "decp_2022": "format réglementaire 2022 (DECP 2.0)",
    "decp_2019": "format réglementaire 2019 (DECP 1.x)",
    "tabular": "format tabulaire consolidé",
    "economie": "export de data.economie.gouv.fr",
    "buyer_csv": "fichier CSV d'acheteur",
}
"""Layouts in which a contract may be declared. The 2019 one and buyers' files record no consideration."""

CATEGORIES: Final[dict[str, str]] = {"travaux": "Travaux", "fournitures": "Fournitures", "services": "Services"}

RESERVED_FOR: Final[dict[str, str]] = {
    "EA_ESAT": "entreprises adaptées et ESAT",
    "SIAE": "structures d'insertion par l'activité économique",
    "PRISON": "structures d'emploi pénitentiaire",
    "ESS": "entreprises de l'économie sociale et solidaire",
}

Provision = Literal["reserved", "criterion", "clause", "environmental", "social_unspecified"]

PROVISIONS: Final[dict[str, str]] = {
    "reserved": "réservé",
    "criterion": "critère social",
    "clause": "clause sociale",
    "social_unspecified": "considération sociale, sans précision",
    "environmental": "considération environnementale",
}

Signal = Literal["declared", "boamp_criteria", "notice_code", "article", "other_code", "words", "winner", "cpv"]

SIGNALS: Final[dict[str, str]] = {
    "declared": "selon les données essentielles",
    "boamp_criteria": "indiqué à la publication au BOAMP",
    "notice_code": "rubrique codée de l'avis",
    "article": "article de réservation cité",
    "other_code": "article du code du travail ou de l'action sociale cité",
    "words": "mots de l'objet ou du critère",
    "winner": "titulaire connu comme structure inclusive",
    "cpv": "service social de la liste européenne",
}

NOTICE_SOURCES: Final[dict[str, str]] = {"boamp": "BOAMP", "ted": "TED", "approch": "APProch"}

NOTICE_STATUSES: Final[dict[str, str]] = {
    "planned": "projet d'achat",
    "open": "ouvert",
    "closed": "clos",
    "awarded": "attribué",
    "cancelled": "annulé",
    "corrected": "remplacé par un rectificatif",
}

NOTICE_NATURES: Final[dict[str, str]] = {
    "project": "Projet d'achat",
    "prior_information": "Préinformation",
    "call": "Appel à la concurrence",
    "correction": "Rectificatif",
    "cancellation": "Annulation",
    "award": "Attribution",
    "intention": "Intention de conclure",
    "modification": "Modification",
}


def before(record: Mapping[str, object]) -> str:
    """« avant », or « sans doute avant » when the last day to answer is that until which the notice is shown."""
    issues = record.get("issues")
    return "sans doute avant" if isinstance(issues, list | tuple) and "deadline_supposed" in issues else "avant"
