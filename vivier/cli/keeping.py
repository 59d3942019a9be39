"""Verbs of keeping: the opposition list, the purge of old files, copies of the index in a repository of OpenSearch."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import date
from typing import Annotated

import typer

from vivier.cli.options import Home
from vivier.cli.terminal import say, settings_of, show_checks
from vivier.french import number, plural
from vivier.privacy.opposition import Opposition
from vivier.runs.audit import note


def oppose(
    sirets: Annotated[list[str], typer.Argument(help="SIRET des structures qui ne veulent pas paraître.")],
    home: Home = None,
) -> None:
    """Mettre des SIRET sur la liste d'opposition : ils disparaissent aussitôt des réponses."""
    settings = settings_of(home)
    opposition = Opposition(settings)
    for siret in sirets:
        added = opposition.add(siret)
        if added:
            note(settings, "oppose", added=1, listed=len(opposition.hashes))
        say(f"{siret} : {'ajouté à la liste d’opposition' if added else 'y était déjà'}.")


def purge(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Dire ce qui serait supprimé, sans rien supprimer.")
    ] = False,
    home: Home = None,
) -> None:
    """Supprimer les fichiers bruts et les lectures remplacées, passé VIVIER_RETENTION_DAYS, et ce que les gens ont donné une fois à terme :
    dossiers, études, enquêtes, suivis d'heures, demandes, abonnements et envois par courriel."""
    from vivier.given.database import database_of
    from vivier.given.hours import KeptHours
    from vivier.given.queue import queue_of
    from vivier.given.rounds import rounds_of
    from vivier.given.shelf import shelf_of, studies_of
    from vivier.mail.office import purge_mail

    settings = settings_of(home)
    today = date.today()
    counts = {
        "dossiers": shelf_of(settings).purge(today, dry_run=dry_run),
        "studies": studies_of(settings).purge(today, dry_run=dry_run),
        "mail": purge_mail(settings, today, dry_run=dry_run),
        "rounds": rounds_of(settings).purge(today, dry_run=dry_run),
        "follow_ups": KeptHours(database_of(settings)).purge(today, dry_run=dry_run),
        "requests": queue_of(settings).purge(today, dry_run=dry_run),
    }
    from vivier.runs.retention import purge as purge_past

    doomed = purge_past(settings, dry_run=dry_run)
    for item in doomed:
        path = item.path.relative_to(settings.home) if item.path.is_relative_to(settings.home) else item.path
        say(f"{path} ({number(item.bytes / 1e6)} Mo)")
    files = len(doomed)
    say(
        f"{plural(files, 'dossier')} de fichiers de plus de {settings.retention_days} jours {_deleted(files, dry_run)}."
    )
    if not dry_run:
        note(settings, "purge", files=files, **counts)
    for sentence in ended(counts, dry_run=dry_run):
        say(sentence)


def ended(counts: Mapping[str, int], *, dry_run: bool) -> list[str]:
    """A sentence on each thing that people gave of which some came to term."""
    words = {
        "dossiers": ("dossier de sourcing", "dossiers de sourcing", "supprimé"),
        "studies": ("étude", "études", "supprimée"),
        "mail": ("abonnement ou envoi par courriel", "abonnements ou envois par courriel", "supprimé"),
        "rounds": ("enquête de sourcing", "enquêtes de sourcing", "supprimée"),
        "follow_ups": ("suivi d'heures", "suivis d'heures", "supprimé"),
        "requests": ("demande sur des fiches", "demandes sur des fiches", "supprimée"),
    }
    return [
        f"{plural(count, single, several)} à terme {_deleted(count, dry_run, done)}."
        for name, (single, several, done) in words.items()
        if (count := counts[name])
    ]


def upgrade(
    check: Annotated[
        bool, typer.Option("--check", help="Dire ce que cette version fera de ce qui est là, sans rien changer.")
    ] = False,
    home: Home = None,
) -> None:
    """Mettre à niveau la base de ce que les gens donnent, et dire si les index en service peuvent être lus."""
    from indexer.upgrade import upgrade_checks
    from vivier.given.database import database_of

    settings = settings_of(home)
    database = database_of(settings)
    if not check and database.begun:
        with closing(database), database.transaction():
            pass
    show_checks(upgrade_checks(settings))


def _deleted(count: int, dry_run: bool, done: str = "supprimé") -> str:
    return "à supprimer" if dry_run else done if count < 2 else f"{done}s"
