"""The verb of dossiers: verifies that a file was not changed, or replays its question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vivier.cli.options import Home, Json, reading
from vivier.cli.terminal import say, settings_of
from vivier.cli.terminal_tables import show_json

if TYPE_CHECKING:
    from vivier.dossiers.registry import Registry


class Action(StrEnum):
    """An action on a dossier."""

    verify = "verify"
    replay = "replay"


def dossier(
    action: Annotated[
        Action, typer.Argument(help="verify : recalculer l'empreinte ; replay : reposer la question et comparer.")
    ],
    file: Annotated[str, typer.Argument(help="Fichier JSON du dossier, ou numéro d'un dossier gardé ici.")],
    same: Annotated[
        bool, typer.Option("--same", help="Comparer sur les données du dossier, non sur celles du jour.")
    ] = False,
    as_of: Annotated[str | None, typer.Option("--as-of", help="Comparer à une autre date, écrite AAAA-MM-JJ.")] = None,
    json: Json = False,
    home: Home = None,
) -> None:
    """Vérifier un dossier de sourcing, ou le comparer aux données du jour et dire ce qui a changé. Sort 1 si le contenu a changé."""
    from vivier.cli.options import day_of
    from vivier.desk.dossier import digest, verified
    from vivier.dossiers.registry import COMPARISONS
    from vivier.given.shelf import registry_of

    settings = settings_of(home)
    registry = registry_of(settings)
    body, issued = _read(file, registry)
    comparison = registry.compared(body, date.today()) if "dossier_id" in body else None
    compared = "" if comparison is None else f" {COMPARISONS[comparison]}"
    if not verified(body):
        say(f"Empreinte fausse : le contenu a changé. Écrite {body['sha256']}, recalculée {digest(body)}.{compared}")
        raise typer.Exit(1)
    if comparison == "other":
        say(f"{COMPARISONS[comparison]} Son empreinte {body['sha256']} a été refaite.")
        raise typer.Exit(1)
    if action is Action.verify:
        say(f"Empreinte exacte : {body['sha256']}.{compared}")
        return
    from vivier.dossiers.blank import ids_of, opposed_in
    from vivier.dossiers.replay import Data, replay
    from vivier.lexicon import Lexicon, load_lexicon

    day = None if as_of is None else day_of(as_of)
    with reading(settings) as snapshot:
        lexicon: Lexicon = load_lexicon()
        data: Data = "same" if same else "live"
        if issued:
            found = registry.replay(file, snapshot, lexicon, date.today(), data, day)
        else:
            gone = ids_of(body, opposed_in(body, registry.opposition))
            found = replay(body, snapshot, lexicon, data=data, as_of=day, opposed=gone)
    if json:
        show_json(found)
    else:
        _show(found)


def _read(file: str, registry: Registry) -> tuple[dict[str, object], bool]:
    """The dossier of a file, or the one issued here under a number, and whether it was issued here."""
    from vivier.desk.dossier import opened as dossier_in

    path = Path(file)
    if path.exists():
        return dossier_in(path.read_bytes()), False
    return registry.read(file, date.today()), True


def _show(found: Mapping[str, Any]) -> None:
    for line in found["summary"]:
        say(line)
    for lot in found["lots"]:
        changes = [f"  + {structure['name']} : {structure['why']}" for structure in lot["added"]]
        changes += [f"  - {structure['name']} : {structure['why']}" for structure in lot["removed"]]
        changes += [
            f"  ~ {structure['name']} : {' ; '.join(x['text'] for x in structure['changes'])}"
            for structure in lot["changed"]
        ]
        changes += [f"  {structure['text']}" for structure in lot["figures"]]
        if changes:
            say(f"{'lot ' + lot['lot'] if lot['lot'] else 'ligne ' + str(lot['line'])} : {lot['text'][:80]}")
            for line in changes:
                say(line)
