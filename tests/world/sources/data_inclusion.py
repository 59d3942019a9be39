"""data.inclusion: the dump of structures, an array written by pandas: days are milliseconds (June 2026)."""

from __future__ import annotations

from tests.world import datagouv
from tests.world.entry import Entry, as_json, siret

_DAY = 1_791_936_000_000
"""14 October 2026, in milliseconds since 1970."""
_ROWS = [
    {
        "source": "emplois-de-linclusion",
        "id": "emplois-de-linclusion--invente-1",
        "nom": "Chantier inventé",
        "date_maj": _DAY,
        "lien_source": "https://emplois.example.org/invente-1",
        "siret": siret(73_001, 1),
        "telephone": "TELEPHONE-FICTIF",
        "courriel": "COURRIEL-FICTIF",
        "site_web": "https://chantier-invente.example.org",
        "description": "Chantier inventé pour les essais.",
        "horaires_accueil": "Mo-Fr 09:00-17:00",
        "accessibilite_lieu": None,
        "adresse": "3 rue des Tests",
        "complement_adresse": "porte C",
        "commune": "Rennes",
        "code_postal": "35000",
        "code_insee": "35238",
        "longitude": -1.67789,
        "latitude": 48.1148,
        "reseaux_porteurs": ["aci", "coorace"],
        "adresse_certifiee": True,
        "score_qualite": 0.9,
    },
    {
        "source": "dora",
        "id": "dora--invente-2",
        "nom": "Accueil inventé",
        "date_maj": _DAY,
        "siret": None,
        "commune": "Rennes",
        "code_postal": "35000",
        "longitude": None,
        "latitude": None,
        "reseaux_porteurs": ["ccas-cias"],
    },
]
ENTRY = Entry(
    pages=datagouv.resource("4fc64287-e869-4550-8fb9-b1e0b7809ffa", "structures-inclusion.json", as_json(_ROWS)),
    robots={datagouv.HOST: datagouv.ROBOTS},
    tells={
        "emplois-de-linclusion--invente-1": {
            "name": "Chantier inventé",
            "siret": siret(73_001, 1),
            "agreements.0.kind": "ACI",
            "address.line": "3 rue des Tests, porte C",
            "address.post_code": "35000",
            "address.town": "Rennes",
            "address.commune": "35238",
            "address.point.lon": -1.67789,
            "networks": ["Coorace"],
            "website": "https://chantier-invente.example.org",
            "description": "Chantier inventé pour les essais.",
            "provenance.updated_at": "2026-10-14",
            "provenance.url": "https://emplois.example.org/invente-1",
        }
    },
    skipped={"not_a_supplier": 1},
)
