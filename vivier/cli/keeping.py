"""Verbs of retention: the opposition list, and the purge of old files."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from vivier.cli.options import Home
from vivier.cli.terminal import say, settings_of
from vivier.french import number, plural
from vivier.privacy.opposition import Opposition
from vivier.runs.retention import purge as purge_past


def oppose(
    sirets: Annotated[list[str], typer.Argument(help="SIRET des structures qui ne veulent pas paraître.")],
    home: Home = None,
) -> None:
    """Mettre des SIRET sur la liste d'opposition : ils disparaissent aussitôt des réponses."""
    opposition = Opposition(settings_of(home))
    for siret in sirets:
        added = opposition.add(siret)
        say(f"{siret} : {'ajouté à la liste d’opposition' if added else 'y était déjà'}.")


def purge(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Dire ce qui serait supprimé, sans rien supprimer.")
    ] = False,
    home: Home = None,
) -> None:
    """Supprimer les fichiers bruts et les lectures remplacées, passé VIVIER_RETENTION_DAYS, et les dossiers et enquêtes de sourcing à terme."""
    from vivier.given.rounds import rounds_of

    settings = settings_of(home)
    rounds = rounds_of(settings).purge(date.today(), dry_run=dry_run)
    doomed = purge_past(settings, dry_run=dry_run)
    for item in doomed:
        path = item.path.relative_to(settings.home) if item.path.is_relative_to(settings.home) else item.path
        say(f"{path} ({number(item.bytes / 1e6)} Mo)")
    dossiers = sum(item.what == "dossier" for item in doomed)
    files = len(doomed) - dossiers
    say(
        f"{plural(files, 'dossier')} de fichiers de plus de {settings.retention_days} jours {_deleted(files, dry_run)}."
    )
    if dossiers:
        say(f"{plural(dossiers, 'dossier')} de sourcing à terme {_deleted(dossiers, dry_run)}.")
    if rounds:
        say(f"{plural(rounds, 'enquête')} de sourcing à terme {_deleted(rounds, dry_run, 'supprimée')}.")


def _deleted(count: int, dry_run: bool, done: str = "supprimé") -> str:
    return "à supprimer" if dry_run else done if count < 2 else f"{done}s"
