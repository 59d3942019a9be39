"""The terms of the field that are in no table of law: service types, priority areas, coverage, evidence, parts of the score."""

from __future__ import annotations

from typing import Final

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
"""Priority areas that a seat may be in. A seat without a flag is not known to be in one: a QPV needs a point at the address."""

COVERAGE_CLASSES: Final[dict[str, str]] = {
    "full": "couvre tout le territoire, ou presque",
    "wide": "couvre au moins la moitié de la population du territoire",
    "partial": "couvre moins de la moitié de la population du territoire",
    "touch": "touche le territoire sans y couvrir de population",
    "seat_only": "a son siège dans le territoire, sa zone déclarée ne le couvre pas",
    "overseas_unconfirmed": "déclare toute la France, de l’autre côté de la mer",
    "none": "ne couvre pas le territoire",
}
UNPUBLISHED_ZONES: Final[dict[str, str]] = {
    "touch": "zone non publiée",
    "seat_only": "a son siège dans le territoire (zone non publiée, à appeler)",
    "none": "zone non publiée",
}
"""Words of the classes that say what a zone does not cover, when nobody published this zone."""


def coverage_words(code: str, *, published: bool) -> str:
    """The French words of a class of coverage. ``published``: whether the supplier publishes a zone: one that is supposed refutes nothing."""
    words = COVERAGE_CLASSES.get(code, code)
    return words if published else UNPUBLISHED_ZONES.get(code, words)


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
    "declared": "déclaré par le fournisseur, ou dans une liste qui le dit",
    "network": "déclaré par le réseau du fournisseur, dans la liste de ses membres envoyée ici",
    "website": "lu sur le site du fournisseur, ou calculé",
}
"""Roles of sources, for the order of trust of ``indexer/survivorship.py``."""

EVIDENCES: Final[dict[str, str]] = {
    "declared": "déclaré par le fournisseur",
    "certified": "certifié",
    "statute": "par son statut",
    "contract": "d'après les marchés remportés",
    "job": "d'après ses offres d'emploi",
    "text": "d'après sa présentation",
    "name": "d'après son nom",
    "activity": "supposé d'après le code d'activité",
}
"""Evidence of a trade, from strong to weak."""
SUPPOSED: Final = "activity"
"""The last rung is a supposition: no trade is known by it, and a search by trade returns it only when it is asked for by name."""
WITHOUT_TRADE: Final = ("statute", SUPPOSED)
"""Rungs by which no trade is known: the one tells that people are lent, the other supposes."""

COMPONENTS: Final[dict[str, str]] = {
    "wish": "souhaits satisfaits",
    "words": "mots cherchés",
    "phrase": "mots cherchés côte à côte",
    "trade": "métier et force de sa preuve",
    "coverage": "territoire servi",
    "distance": "proximité du siège",
    "capacity": "capacité pour le montant",
    "valid": "agrément ou label en cours",
    "freshness": "fraîcheur de la preuve",
}
"""Parts of the score, see ``vivier/search/scoring.py``."""

DECLARED: Final = "declared"
"""The source of what structures declare here of themselves (:mod:`vivier.given.declared`)."""
MEMBERS: Final = "members"
"""The source of what networks declare here of their members."""
SAID_HERE: Final = (MEMBERS, DECLARED)
"""The sources that complete sheets and make none: the last is the most trusted."""
