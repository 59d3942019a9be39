"""RFAR: a resource of data.gouv.fr; a SIREN has lost its zeros."""

from __future__ import annotations

from tests.world import datagouv
from tests.world.entry import Entry, as_csv, siren

_ROWS = [{"SIREN": siren(79_001), "PERIMETRE": "Site inventé de Rennes"}]
ENTRY = Entry(
    pages=datagouv.resource("a61ad4c3-5656-480d-b71c-bfc3cc99c9b0", "rfar.csv", as_csv(_ROWS, ";")),
    robots={datagouv.HOST: datagouv.ROBOTS},
    tells={
        f"{siren(79_001)}-SITE INVENTE DE RENNES": {
            "siren": siren(79_001),
            "labels.0.code": "RFAR",
            "labels.0.domain": "Site inventé de Rennes",
        }
    },
)
