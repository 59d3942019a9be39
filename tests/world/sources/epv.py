"""EPV: a resource of data.gouv.fr kept by data.economie.gouv.fr, whose robots.txt forbids ``/api/``."""

from __future__ import annotations

from tests.world import datagouv
from tests.world.entry import Entry, as_csv, siret

ROWS = [
    {
        "SIRET": siret(78_001, 1),
        "NOM": "RELIURE INVENTEE",
        "ADRESSE": "6 rue des Tests",
        "CODE POSTAL": "35000",
        "COMMUNE": "RENNES",
    }
]
ENTRY = Entry(
    pages=datagouv.resource(
        "9bca3cea-1659-422d-8c4d-40137b2a1ee8",
        "epv.csv",
        as_csv(ROWS, ";"),
        url="https://data.economie.gouv.fr/explore/invente/epv.csv",
    ),
    robots={datagouv.HOST: datagouv.ROBOTS},
    tells={
        siret(78_001, 1): {
            "name": "RELIURE INVENTEE",
            "labels.0.code": "EPV",
            "address.line": "6 rue des Tests",
            "address.post_code": "35000",
            "address.town": "RENNES",
        }
    },
)
