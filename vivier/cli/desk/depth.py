"""The verb of the depth map."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer
from rich.table import Table

from vivier.cli.options import Home, reading
from vivier.cli.terminal import add_row, out, say, settings_of
from vivier.cli.terminal import pairs as parameters
from vivier.french import euros, integer, percent


def depth(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NOM=VALEUR...",
            help="filiere=numerique (alimentation-restauration, textile, automobile, dechets, espaces-verts, transport, construction), "
            "ou trade=…, group=…, cpv=… ; by=departement (region, epci), within=region:53, amount=120000, months=24.",
        ),
    ] = None,
    home: Home = None,
) -> None:
    """Compter l'offre d'un métier ou d'une filière par territoire : « vivier depth filiere=numerique by=region »."""
    from vivier.desk.method.depth_classes import QUADRANTS
    from vivier.desk.read.queries import DepthQuery
    from vivier.desk.tell.depth_map import OFFERS, depth_map
    from vivier.lexicon import load_lexicon
    from vivier.search.query import parse_parameters

    lexicon = load_lexicon()
    query = parse_parameters(parameters(words or []), lexicon, DepthQuery).depth_query(lexicon, date.today())
    with reading(settings_of(home)) as snapshot:
        found = depth_map(query, snapshot, lexicon)
    table = Table(
        "Territoire", "Classe", "Structures", "De plus probables", "Deux offres", "Achats par an", "Offre et achats"
    )
    for row in found.rows:
        made = row.depth
        bought = None if made.demand is None or not made.demand.contracts else made.demand.annual
        add_row(
            table,
            row.territory.name,
            made.level,
            integer(made.count),
            made.around.probable,
            percent(made.central.low.two) if made.count or not made.to_ask else "sans conclusion",
            "inconnus" if bought is None else euros(bought),
            QUADRANTS[made.quadrant] if made.quadrant else "non défini",
        )
    out.print(table)
    counted = OFFERS[query.offer].lower()
    doubtful = found.country.around.to_check
    more = f" ({integer(doubtful)} de plus à l’agrément à vérifier)" if doubtful else ""
    say(f"{integer(found.country.count)} {counted} en France{more}, à part : les zones se recouvrent.")
