"""The answer to a search, on the command line."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from vivier.sourcing.find import Found
from vivier.sourcing.notices import excluded
from vivier.terminal import add_row, err, out


def show_found(found: Found) -> None:
    """A table of the page on the output; what a reader must know on the error stream."""
    for notice in found.plan.notices:
        err.print(Text(notice), soft_wrap=True)
    table = Table(
        "n°", "fournisseur", "commune", "km", "pourquoi", title=f"{found.total} fournisseur(s)", show_lines=True
    )
    for rank, result in enumerate(found.results, 1 + found.plan.search.offset):
        record = result.record
        town = record.get("address", {}).get("value", {}).get("town", "inconnue")
        distance = "" if result.distance_km is None else f"{result.distance_km:.1f}".replace(".", ",")
        reasons = "\n".join(reason.text for reason in result.reasons)
        add_row(table, str(rank), f"{record['name']['value']}\n{result.id}", town, distance, reasons)
    out.print(table)
    for sentence in excluded(found):
        err.print(Text(sentence), soft_wrap=True)
