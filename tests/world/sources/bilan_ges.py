"""Bilans GES: a resource of data.gouv.fr kept by ADEME, which has moved it once; the column of names is « Raison sociale »."""

from __future__ import annotations

from tests.world import datagouv
from tests.world.entry import Entry, as_csv, siren

FILE = as_csv(
    [
        {
            "Id": "77001",
            "Raison sociale": "ENTREPRISE INVENTEE",
            "SIREN principal": siren(77_001),
            "Année de reporting": "2025",
        }
    ],
    ";",
)
_LISTED = "https://bilans-ges.ademe.fr/bilans/export.csv"
PLACE = "bilans-ges.ademe.fr/bilans/2026/export.csv"
ENTRY = Entry(
    pages=datagouv.resource("ac766516-30f1-4ea8-9f66-4e41199d33b3", "bilan-ges.csv", FILE, url=_LISTED) | {PLACE: FILE},
    moved={_LISTED.removeprefix("https://"): f"https://{PLACE}"},
    robots={datagouv.HOST: datagouv.ROBOTS},
    tells={
        f"{siren(77_001)}-2025": {
            "name": "ENTREPRISE INVENTEE",
            "siren": siren(77_001),
            "labels.0.code": "BILAN_GES",
            "labels.0.domain": "année 2025",
            "labels.0.number": "77001",
        }
    },
)
