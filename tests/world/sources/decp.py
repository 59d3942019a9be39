"""DECP: monthly files of a dataset of data.gouv.fr, oldest to newest, beside yearly ones that are not asked (November 2025)."""

from __future__ import annotations

from tests.world import datagouv
from tests.world.entry import Entry, as_json, siret


def _contract(number: str, day: str) -> dict[str, object]:
    return {
        "id": number,
        "acheteur": {"id": siret(82_001, 1)},
        "nature": "Marché",
        "objet": "Entretien inventé des espaces verts",
        "codeCPV": "77310000-6",
        "techniques": {"technique": ["Accord-cadre"]},
        "modalitesExecution": {"modaliteExecution": ["Bons de commande"]},
        "idAccordCadre": "NC",
        "procedure": "Procédure adaptée",
        "lieuExecution": {"code": "35000", "typeCode": "Code postal"},
        "dureeMois": 48,
        "dateNotification": day,
        "datePublicationDonnees": day,
        "montant": 86000.5,
        "formePrix": "Unitaire",
        "typesPrix": {"typePrix": ["Définitif révisable"]},
        "attributionAvance": False,
        "tauxAvance": 0,
        "origineUE": 0,
        "origineFrance": 0,
        "marcheInnovant": False,
        "offresRecues": 3,
        "ccag": "Fournitures courantes et services",
        "typeGroupementOperateurs": "Pas de groupement",
        "sousTraitanceDeclaree": False,
        "titulaires": [{"titulaire": {"typeIdentifiant": "SIRET", "id": siret(82_002, 1)}}],
        "considerationsSociales": {"considerationSociale": ["Marché réservé"]},
        "considerationsEnvironnementales": {"considerationEnvironnementale": ["Critère environnemental"]},
        "modifications": [],
        "actesSousTraitance": [],
    }


def _month(*contracts: object) -> bytes:
    return as_json({"marches": {"marche": contracts, "contrat-concession": []}})


_TOLD = {
    "buyer.siret": siret(82_001, 1),
    "holders.0.siret": siret(82_002, 1),
    "object": "Entretien inventé des espaces verts",
    "cpv": "77310000",
    "amount": 86000.5,
    "months": 48,
    "notified": "2026-09-03",
    "published": "2026-09-03",
    "offers": 3,
    "innovative": False,
    "subcontracted": False,
    "nature": "marche",
    "procedure": "adaptee",
    "grouping": "none",
    "place.code": "35000",
    "social.values": ["reserved"],
    "environmental.values": ["criterion"],
    "techniques": ["accord_cadre"],
    "modalities": ["bons_de_commande"],
    "ccag": "fcs",
}
ENTRY = Entry(
    pages=datagouv.dataset(
        "donnees-essentielles-de-la-commande-publique-fichiers-consolides",
        {
            "decp-2026-10.json": _month(_contract("INVENTE-2", "2026-10-03")),
            "decp-2026-09.json": _month(_contract("INVENTE-1", "2026-09-03")),
        },
        ("decp-2026.json", "schema.pdf"),
    ),
    robots={datagouv.HOST: datagouv.ROBOTS},
    tells={"INVENTE-1": _TOLD, "INVENTE-2": {"notified": "2026-10-03"}},
)
