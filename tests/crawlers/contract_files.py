"""Made-up contracts for the tests of their readers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from vivier.model.contract import ContractRecord
from vivier.runs.records import RunStatistics

BUYER, HOLDER, OTHER = "20000000800017", "30000000700017", "40000000600017"
Reader = Callable[..., tuple[RunStatistics, list[ContractRecord]]]


def marche(**fields: Any) -> dict[str, Any]:
    """A sound contract, some of whose fields are changed (``None``: taken away)."""
    sound = {
        "id": "2025-001-01",
        "acheteur": {"id": BUYER},
        "nature": "Marché",
        "objet": "Entretien des espaces verts - Lot 1",
        "codeCPV": "77310000-6",
        "procedure": "Procédure adaptée",
        "lieuExecution": {"code": "44000", "typeCode": "Code postal"},
        "dureeMois": 24,
        "dateNotification": "2025-03-03",
        "datePublicationDonnees": "2025-03-20",
        "montant": 52000,
        "offresRecues": 3,
        "marcheInnovant": False,
        "ccag": "Pas de CCAG",
        "sousTraitanceDeclaree": False,
        "typeGroupementOperateurs": "Pas de groupement",
        "titulaires": [{"titulaire": {"typeIdentifiant": "SIRET", "id": HOLDER}}],
        "considerationsSociales": {"considerationSociale": ["Clause sociale"]},
        "considerationsEnvironnementales": {"considerationEnvironnementale": ["Pas de considération environnementale"]},
        "modalitesExecution": {"modaliteExecution": ["Sans objet"]},
        "techniques": {"technique": ["Sans objet"]},
    }
    return {name: value for name, value in {**sound, **fields}.items() if value is not None}


def text(*records: dict[str, Any]) -> str:
    return json.dumps({"marches": {"marche": list(records), "contrat-concession": []}}, ensure_ascii=False)


MakeContract = Callable[..., ContractRecord]
