"""Verbs of the command line that keep the house: oppose, purge; and the settings every verb reads first."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from vivier.errors import FieldError, InvalidRequest
from vivier.messages import french
from vivier.opposition import Opposition
from vivier.retention import purge as purge_past
from vivier.settings import Settings
from vivier.terminal import say

Home = Annotated[Path | None, typer.Option("--home", help="Dossier de travail (sinon VIVIER_HOME).")]


def settings_of(home: Path | None = None) -> Settings:
    """The settings of the environment, ``--home`` first. Raises ``InvalidRequest`` that names the variable to correct."""
    try:
        return Settings() if home is None else Settings(home=home)
    except ValidationError as error:
        raise InvalidRequest(tuple(_variable(one) for one in error.errors())) from error


def _variable(error: ErrorDetails) -> FieldError:
    name = "VIVIER_" + "_".join(str(part) for part in error["loc"]).upper()
    return french({**error, "loc": (name,)}, {})


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
    verb = "à supprimer" if dry_run else "supprimé(s)"
    say(f"{len(doomed)} dossier(s) de plus de {settings.retention_days} jours {verb}.")
