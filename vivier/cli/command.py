"""The verbs of ``vivier``. Each imports the rooms that it needs, so that ``vivier --help`` loads none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import typer

from vivier.cli import indexing, keeping, reading, scaffolding, serving
from vivier.cli.contracts import product as contracts
from vivier.cli.desk import product as desk
from vivier.cli.given import product as given
from vivier.cli.suppliers import product as suppliers
from vivier.cli.verbs import Verbs

_SERVICE: Final[Verbs] = {
    "demo": serving.demo,
    "crawl": reading.crawl,
    "import": reading.import_,
    "context": reading.context,
    "index": indexing.index,
    "update": reading.update,
    "up": serving.up,
    "serve": serving.serve,
    "mcp": serving.mcp,
}
"""From files to a service."""
PRODUCTS: Final[Mapping[str, Verbs]] = {
    "suppliers": suppliers.VERBS,
    "contracts": contracts.VERBS,
    "desk": desk.VERBS,
    "given": given.VERBS,
}
"""The verbs of each product, from the core up."""
_OPERATION: Final[Verbs] = {
    "generations": indexing.generations,
    "rollback": indexing.rollback,
    "sources": indexing.sources,
    "pairs": indexing.pairs,
    "oppose": keeping.oppose,
    "purge": keeping.purge,
    "doctor": indexing.doctor,
    "upgrade": keeping.upgrade,
    "new-source": scaffolding.new_source,
}
"""What an operator does with a service."""
VERBS: Final[Verbs] = {
    name: verb for verbs in (_SERVICE, *PRODUCTS.values(), _OPERATION) for name, verb in verbs.items()
}
"""Every verb, in the order of ``vivier --help``."""

app = typer.Typer(
    name="vivier",
    help="Vivier : trouver des fournisseurs inclusifs et éco-labellisés, par territoire et par métier.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for name, verb in VERBS.items():
    app.command(name)(verb)
