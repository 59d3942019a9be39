"""ESS France: a resource of data.gouv.fr, a SIREN a row."""

from __future__ import annotations

from tests.world import datagouv
from tests.world.entry import Entry, as_csv, siren

_ROWS = [{"SIREN": siren(80_001), "NOM": "ASSOCIATION INVENTEE", "REGION": "Bretagne"}]
ENTRY = Entry(
    pages=datagouv.resource("57bc99ca-0432-4b46-8fcc-e76a35c9efaf", "ess.csv", as_csv(_ROWS, ",")),
    robots={datagouv.HOST: datagouv.ROBOTS},
    tells={
        siren(80_001): {"name": "ASSOCIATION INVENTEE", "agreements.0.kind": "ESS", "agreements.0.scope": "legal_unit"}
    },
)
