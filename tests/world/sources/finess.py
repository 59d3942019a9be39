"""FINESS+: two datasets of daily and monthly files, gzip, kept by data.gouv.fr with their checksum (August–September 2026)."""

from __future__ import annotations

import gzip

from tests.world import datagouv
from tests.world.entry import Entry, as_json, siren, siret

_SITE = {
    "informationsGeneralesEGE": {
        "egeId": "INVENTE-1",
        "numFinessEge": "350990001",
        "siret": siret(74_001, 1),
        "nomEgeCourt": "ESAT INVENTE",
        "nomEgeLong": "ETABLISSEMENT INVENTE",
        "complementDenominationEg": None,
        "espic": [],
        "dateOuverture": "2004-01-01",
        "datePremiereAutorisation": "2004-01-01",
        "dateFermeture": None,
    },
    "categorieentiteGeographiqueExercice": "246",
    "modefixationtarifaire": "05",
    "typeBudget": [],
    "adresse": [
        {
            "usageAdresse": "03",
            "numeroVoie": "12",
            "typeVoie": "R",
            "libelleVoie": "DES TESTS",
            "complementVoie": None,
            "complementPointGeographique": None,
            "lieuDit": None,
            "cogCommune": "35238",
            "codePostal": "35000",
            "ligneAcheminement": "RENNES",
            "coordonneesGeographique": {
                "coordonneeX": "48.1148",
                "coordonneeY": "-1.67789",
                "directionLatitude": None,
                "directionLongitude": None,
                "cleInInteropBAN": "35238_1234_00012",
                "scoreBAN": "0.9",
            },
        }
    ],
    "contact": [{"typeContact": {"roleContact": "01"}, "telecom": {"telephone": "TELEPHONE-FICTIF"}}],
    "roleEge": [],
    "etatObjet": "A",
    "dateDerniereMaj": "2026-10-30T08:15:00Z",
}
_LEGAL = {"pmSmsseId": "INVENTE", "numFinessPm": "350990000", "siren": siren(74_001), "denominationPm": "INVENTEE"}
_ACTIVITY = {
    "nature": {"codeNature": "AMSR"},
    "caracteristiquesGeneriques": {"activiteAeId": "A1", "etatObjet": "A", "dateFinEffectiveActivite": None},
    "capacite": [{"nombre": "44", "statutCapacite": "08", "habilitation": None}],
}


def _document(*legal: object) -> bytes:
    body = {"schemaVersion": "v1.0.0", "generatedAt": "2026-11-20T02:00:00Z", "pmej": legal}
    return gzip.compress(as_json(body), mtime=0)


def _dataset(nature: str, body: bytes) -> dict[str, bytes]:
    others = (f"finess-{nature}-mensuel-202611.json.gz", f"finess-{nature}-journalier-20261119.json.gz", "notice.pdf")
    return datagouv.dataset(f"finess-{nature}-1", {f"finess-{nature}-journalier-20261120.json.gz": body}, others)


ENTRY = Entry(
    pages={
        **_dataset(
            "structures",
            _document(
                {"informationsGeneralesPMEJ": _LEGAL, "etatObjet": "A", "adresse": [], "contact": [], "ege": [_SITE]}
            ),
        ),
        **_dataset(
            "activites",
            _document(
                {
                    "numFiness": "350990000",
                    "activitesAutorisees": [],
                    "ege": [{"egeId": "INVENTE-1", "numFinessEge": "350990001", "activitesExercees": [_ACTIVITY]}],
                }
            ),
        ),
    },
    robots={datagouv.HOST: datagouv.ROBOTS},
    tells={
        "350990001": {
            "name": "ESAT INVENTE",
            "siret": siret(74_001, 1),
            "finess": "350990001",
            "agreements.0.kind": "ESAT",
            "capacities.0.value": 44,
            "address.commune": "35238",
            "address.post_code": "35000",
            "address.point.lon": -1.67789,
            "closed": False,
            "provenance.updated_at": "2026-10-30",
        }
    },
    issues={"coordinates_swapped": 1},
)
