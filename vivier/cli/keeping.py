"""Verbs that keep the house: whoever does not want to appear, files past their time."""

from __future__ import annotations

from typing import Annotated

import typer

from vivier.cli.options import Home
from vivier.french import plural
from vivier.opposition import Opposition
from vivier.retention import purge as purge_past
from vivier.terminal import say, settings_of


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
    """Supprimer les fichiers bruts et les lectures remplacées, passé VIVIER_RETENTION_DAYS."""
    settings = settings_of(home)
    doomed = purge_past(settings, dry_run=dry_run)
    for one in doomed:
        say(f"{one.path.relative_to(settings.home)} ({one.bytes / 1e6:.1f} Mo)")
    verb = "à supprimer" if dry_run else "supprimé" if len(doomed) < 2 else "supprimés"
    say(f"{plural(len(doomed), 'dossier')} de plus de {settings.retention_days} jours {verb}.")
