"""The verb of a buyer's ledger."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from vivier.cli.options import Home, Json, day_of, reading
from vivier.cli.terminal import add_row, err, out, say, settings_of
from vivier.cli.terminal_tables import show_json
from vivier.durable import write_whole
from vivier.french import euros, percent

if TYPE_CHECKING:
    from vivier.desk.tell.ledger_shapes import LedgerBody


def ledger(
    file: Annotated[
        Path, typer.Argument(help="Fichier d'achats, CSV ou XLSX : SIRET, montant, famille. 20 000 lignes au plus.")
    ],
    place: Annotated[str, typer.Option("--place", help="Où chercher d'autres structures : « Rennes », « 35 ».")] = "",
    as_of: Annotated[str | None, typer.Option("--as-of", help="Date des agréments et labels, AAAA-MM-JJ.")] = None,
    column: Annotated[
        list[str] | None,
        typer.Option("--column", help="Sens d'une colonne : « Tiers=siret », « Budget= » (répétable)."),
    ] = None,
    written: Annotated[
        list[Path] | None, typer.Option("--file", help="Fichier à écrire : .xlsx, ou .csv pour les lignes (répétable).")
    ] = None,
    json: Json = False,
    home: Home = None,
) -> None:
    """Mesurer la part inclusive et labellisée d'un fichier d'achats, ce qui est inconnu dit à part. Rien n'est gardé."""
    from vivier.desk.read.ledger import MOST_ROWS, read_ledger
    from vivier.desk.read.line_places import place_of
    from vivier.desk.read.programme import chosen_columns
    from vivier.desk.read.sheet import sheets_of
    from vivier.desk.tell.ledger import ledger_body, study_ledger
    from vivier.lexicon import load_lexicon

    for path in written or ():
        _checked(path)
    lexicon, day = load_lexicon(), day_of(as_of) or date.today()
    read = read_ledger(sheets_of(file.read_bytes(), MOST_ROWS), lexicon, chosen_columns(column or ()))
    places = tuple(choice.code for choice in place_of(place, lexicon)) if place.strip() else ()
    with reading(settings_of(home)) as snapshot:
        body = ledger_body(study_ledger(read, places, snapshot, lexicon, day), lexicon)
    for remark in body["read"]["remarks"]:
        err.print(remark, markup=False)
    if json:
        show_json(body)
    else:
        _show(body)
    for path in written or ():
        write_whole(path, _bytes(body, path))
        err.print(f"Fichier écrit : {path}", markup=False)


def _checked(path: Path) -> None:
    from vivier.errors import FieldError, InvalidRequest

    if path.suffix not in (".csv", ".xlsx"):
        message = f"Format inconnu « {path.name} » : terminez le nom par .csv ou .xlsx."
        raise InvalidRequest((FieldError("--file", "unknown_value", message, ("csv", "xlsx")),))


def _bytes(body: LedgerBody, path: Path) -> bytes:
    from vivier.exports.ledger_book import ledger_csv, ledger_workbook

    return ledger_csv(body) if path.suffix == ".csv" else ledger_workbook(body)


def _show(body: LedgerBody) -> None:
    for line in body["summary"]:
        say(line)
    table = Table("famille", "montant", "inclusif, au moins", "au plus", "labellisé, au moins")
    for row in body["families"][:20]:
        bounds = (row["inclusive"]["least"], row["inclusive"]["most"], row["labelled"]["least"])
        add_row(
            table, row["name"], euros(row["amount"]), *("–" if bound is None else percent(bound) for bound in bounds)
        )
    out.print(table)
    for family in body["alternatives"]:
        say(f"{family['family']} : {family['said']}")
        for structure in family["structures"]:
            say(
                f"  {structure['id']} {structure['name']}, {structure['town'] or 'lieu non publié'} ({structure['group_fr'].lower()})"
            )
    say(body["limits"][0])
