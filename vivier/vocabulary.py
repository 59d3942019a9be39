"""The words of the field: kinds of structure, labels, service types, reservation articles, each with its legal basis.

Verified anchors (``checked=True``) were read in the code concerned; the others are shown « à confirmer ».
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Literal

Eligibility = Literal["yes", "no", "to_confirm", "equivalent", "if_ess"]


class Article(StrEnum):
    """Articles of the *code de la commande publique* that let a contract or lot be reserved."""

    L2113_12 = "L2113-12"
    L2113_13 = "L2113-13"
    L2113_13_1 = "L2113-13-1"
    L2113_14 = "L2113-14"
    L2113_15 = "L2113-15"


ARTICLE_NAMES: Final[dict[str, str]] = {
    "L2113-12": "Marché réservé aux entreprises adaptées et aux ESAT",
    "L2113-13": "Marché réservé aux structures d'insertion par l'activité économique",
    "L2113-13-1": "Marché réservé au travail en prison",
    "L2113-14": "Marché réservé ensemble aux EA, aux ESAT et aux structures d'insertion",
    "L2113-15": "Marché de services sociaux réservé à l'économie sociale et solidaire",
}


@dataclass(frozen=True)
class Kind:
    """A kind of structure. ``articles`` says which reservation it answers; ``zone_km`` is the radius assumed around the
    seat when no zone of intervention is published (an assumption of ours, shown as such)."""

    code: str
    name: str
    family: Literal["IAE", "emploi", "handicap", "prison", "ess"]
    legal_basis: str
    checked: bool
    articles: dict[str, Eligibility] = field(hash=False)
    zone_km: float = 30.0


def _articles(
    on_12: Eligibility, on_13: Eligibility, on_14: Eligibility, prison: Eligibility, ess: Eligibility
) -> dict[str, Eligibility]:
    return {"L2113-12": on_12, "L2113-13": on_13, "L2113-14": on_14, "L2113-13-1": prison, "L2113-15": ess}


_IAE = _articles("no", "yes", "yes", "no", "if_ess")
_HANDICAP = _articles("yes", "no", "yes", "no", "if_ess")

KINDS: Final[dict[str, Kind]] = {
    kind.code: kind
    for kind in (
        Kind("EI", "Entreprise d'insertion", "IAE", "C. trav. L5132-4, L5132-5", True, _IAE),
        Kind("ACI", "Atelier et chantier d'insertion", "IAE", "C. trav. L5132-4, L5132-15", True, _IAE),
        Kind("AI", "Association intermédiaire", "IAE", "C. trav. L5132-4, L5132-7", True, _IAE),
        Kind("ETTI", "Entreprise de travail temporaire d'insertion", "IAE", "C. trav. L5132-4, L5132-6", True, _IAE),
        Kind(
            "EITI",
            "Entreprise d'insertion par le travail indépendant",
            "IAE",
            "C. trav. L5132-4, L5132-5-1",
            False,
            _articles("no", "to_confirm", "to_confirm", "no", "if_ess"),
        ),
        Kind(
            "GEIQ",
            "Groupement d'employeurs pour l'insertion et la qualification",
            "emploi",
            "C. trav. L1253-1 ; label de la fédération des GEIQ",
            False,
            _articles("no", "equivalent", "equivalent", "no", "if_ess"),
        ),
        Kind("EA", "Entreprise adaptée", "handicap", "C. trav. L5213-13", True, _HANDICAP),
        Kind("EATT", "Entreprise adaptée de travail temporaire", "handicap", "C. trav. L5213-13-3", False, _HANDICAP),
        Kind(
            "ESAT",
            "Établissement ou service d'accompagnement par le travail",
            "handicap",
            "CASF L344-2",
            True,
            _HANDICAP,
        ),
        Kind(
            "EAMP",
            "Entreprise adaptée en milieu pénitentiaire",
            "prison",
            "C. trav. L5213-13 ; CCP L2113-13-1",
            False,
            _articles("to_confirm", "no", "to_confirm", "to_confirm", "no"),
        ),
        Kind(
            "SEP",
            "Structure d'emploi pénitentiaire",
            "prison",
            "CCP L2113-13-1 (ordonnance 2022-1336)",
            True,
            _articles("no", "no", "no", "yes", "no"),
        ),
        Kind(
            "ESS",
            "Entreprise de l'économie sociale et solidaire",
            "ess",
            "Loi 2014-856, art. 1",
            False,
            _articles("no", "no", "no", "no", "yes"),
        ),
    )
}
"""Kinds by code. ESUS is a label, « régie de quartier » a network: neither opens a reservation by itself."""


@dataclass(frozen=True)
class LabelType:
    """A label: what it certifies, who issues it, until when it holds, and whether an open list of holders is known."""

    code: str
    name: str
    family: Literal["environnemental", "social", "autre"]
    certifies: str
    issuer: str
    validity: str
    open_source: bool


LABELS: Final[dict[str, LabelType]] = {
    label.code: label
    for label in (
        LabelType(
            "RGE",
            "Reconnu garant de l'environnement",
            "environnemental",
            "la compétence d'une entreprise de travaux ou d'études dans un domaine",
            "organismes de qualification ; publication ADEME",
            "dates de chaque qualification",
            True,
        ),
        LabelType(
            "BIO",
            "Agriculture biologique",
            "environnemental",
            "les produits et activités d'un opérateur",
            "organismes certificateurs ; publication Agence Bio",
            "certificat engagé, sans date de fin",
            True,
        ),
        LabelType(
            "EU_ECOLABEL",
            "Écolabel européen",
            "environnemental",
            "un produit ou service d'un groupe de produits",
            "AFNOR Certification en France",
            "fin de la licence",
            False,
        ),
        LabelType(
            "NF_ENV",
            "NF Environnement",
            "environnemental",
            "un produit ou service",
            "AFNOR Certification",
            "certificat daté",
            False,
        ),
        LabelType(
            "IMPRIM_VERT",
            "Imprim'Vert",
            "environnemental",
            "la gestion environnementale d'un site d'impression",
            "association Imprim'Vert",
            "année civile, expire le 31 décembre",
            False,
        ),
        LabelType(
            "EPV",
            "Entreprise du patrimoine vivant",
            "autre",
            "un savoir-faire rare",
            "État",
            "durée limitée, date non publiée",
            True,
        ),
        LabelType(
            "RFAR",
            "Relations fournisseurs et achats responsables",
            "social",
            "la politique d'achat d'une organisation",
            "Médiateur des entreprises et Conseil national des achats",
            "durée limitée, date non publiée",
            True,
        ),
        LabelType(
            "ESUS",
            "Entreprise solidaire d'utilité sociale",
            "social",
            "l'agrément d'une entreprise de l'ESS",
            "État",
            "agrément daté, date rarement publiée",
            True,
        ),
        LabelType(
            "SOCIETE_MISSION",
            "Société à mission",
            "autre",
            "une qualité inscrite dans les statuts",
            "greffe ; SIRENE",
            "tant que SIRENE l'affirme",
            True,
        ),
        LabelType(
            "BILAN_GES",
            "Bilan d'émissions de gaz à effet de serre publié",
            "environnemental",
            "la publication d'un bilan, pas une performance",
            "ADEME",
            "année de déclaration",
            True,
        ),
        LabelType(
            "RSEI",
            "RSEi, responsabilité sociétale des entreprises inclusives",
            "social",
            "la démarche RSE d'une structure inclusive",
            "AFNOR Certification et Fédération des entreprises d'insertion",
            "certificat daté",
            False,
        ),
        LabelType("BCORP", "B Corp", "autre", "une évaluation d'entreprise", "B Lab", "certificat daté", False),
        LabelType(
            "EMAS",
            "EMAS",
            "environnemental",
            "le management environnemental d'un site",
            "organismes compétents de l'Union",
            "enregistrement daté",
            False,
        ),
        LabelType(
            "ISO14001",
            "ISO 14001",
            "environnemental",
            "le management environnemental d'un site",
            "organismes accrédités",
            "certificat daté",
            False,
        ),
        LabelType(
            "FSC",
            "FSC",
            "environnemental",
            "la chaîne de contrôle du bois et du papier",
            "FSC International",
            "certificat daté",
            False,
        ),
        LabelType(
            "PEFC",
            "PEFC",
            "environnemental",
            "la chaîne de contrôle du bois et du papier",
            "PEFC",
            "certificat daté",
            False,
        ),
    )
}
"""Labels by code. ``open_source=False``: no open list of holders is known, so zero found is not « none exists »."""

SERVICE_TYPES: Final[dict[str, str]] = {
    "service": "Prestation de service",
    "goods": "Fabrication et vente de biens",
    "staffing": "Mise à disposition de personnel",
}

ZONES: Final[dict[str, str]] = {
    "qpv": "Quartier prioritaire de la politique de la ville (QPV)",
    "frr": "France ruralités revitalisation (FRR)",
    "zrr": "Zone de revitalisation rurale (ZRR, liste d'avant juillet 2024)",
}
"""Priority areas a seat may be in. What is not flagged is not known to be in one: a QPV needs a point at the address."""

COVERAGE_CLASSES: Final[dict[str, str]] = {
    "full": "couvre tout le territoire",
    "wide": "couvre au moins la moitié de la population du territoire",
    "partial": "couvre une partie du territoire",
    "touch": "touche le territoire sans y couvrir de population",
    "seat_only": "a son siège dans le territoire, sa zone déclarée ne le couvre pas",
    "overseas_unconfirmed": "déclare tout le pays, à confirmer entre métropole, Corse et outre-mer",
    "none": "ne couvre pas le territoire",
}

BASES: Final[dict[str, str]] = {
    "official": "registre public",
    "declared": "déclaré",
    "inferred": "supposé",
    "computed": "calculé",
}

ROLES: Final[dict[str, str]] = {
    "companies": "répertoire des entreprises (SIRENE)",
    "register": "registre ou flux de l'autorité qui agrée",
    "platform": "plateforme publique qui reprend les registres",
    "label": "liste de l'organisme qui délivre un label",
    "declared": "déclaré par le fournisseur ou son réseau",
    "website": "lu sur le site du fournisseur, ou calculé",
}
"""What a source is, for the order of trust of ``indexer/survivorship.py``."""

EVIDENCES: Final[dict[str, str]] = {
    "declared": "déclaré par le fournisseur",
    "certified": "certifié",
    "contract": "marchés remportés",
    "job": "métiers recrutés",
    "text": "texte de présentation",
    "name": "mots du nom",
}
"""Evidence of a trade, from strong to weak."""

COMPONENTS: Final[dict[str, str]] = {
    "words": "mots cherchés",
    "phrase": "mots cherchés côte à côte",
    "trade": "métier et force de sa preuve",
    "coverage": "territoire servi",
    "distance": "proximité du siège",
    "capacity": "capacité pour le montant",
    "freshness": "fraîcheur de la preuve",
}
"""Parts of the score, see ``vivier/sourcing/scoring.py``."""


def kinds_answering(article: str) -> tuple[str, ...]:
    """Codes of the kinds that count for a reservation under ``article`` (plain « yes » only: « to confirm » never counts)."""
    return tuple(code for code, kind in KINDS.items() if kind.articles[article] == "yes")


DEFAULT_ZONE_KM: Final = 30.0
"""Radius assumed around the seat of a structure without a known kind, in km (assumption, shown as such)."""


def default_zone_km(kinds: Iterable[str]) -> float:
    """Radius in km assumed when no zone is published: the largest stated for the kinds held."""
    return max((KINDS[kind].zone_km for kind in kinds if kind in KINDS), default=DEFAULT_ZONE_KM)
