"""Verbs of keeping: the opposition list, the purge of old files, copies of the index in a repository of OpenSearch."""

from __future__ import annotations

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
    from vivier.given.follow_ups import FollowUps
    from vivier.given.queue import queue_of
    from vivier.given.rounds import rounds_of
    from vivier.given.shelf import shelf_of, studies_of
    from vivier.mail.office import purge_mail

    settings = settings_of(home)
    mail = purge_mail(settings, date.today(), dry_run=dry_run)
    rounds = rounds_of(settings).purge(date.today(), dry_run=dry_run)
    follow_ups = FollowUps(database_of(settings)).purge(date.today(), dry_run=dry_run)
    requests = queue_of(settings).purge(date.today(), dry_run=dry_run)
    dossiers = shelf_of(settings).purge(date.today(), dry_run=dry_run)
    studies = studies_of(settings).purge(date.today(), dry_run=dry_run)
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
        counts = {"dossiers": dossiers, "studies": studies, "rounds": rounds, "requests": requests, "mail": mail}
        note(settings, "purge", files=files, follow_ups=follow_ups, **counts)
    for count, words, verb in (
        (dossiers, plural(dossiers, "dossier") + " de sourcing", "supprimé"),
        (studies, plural(studies, "étude"), "supprimée"),
        (mail, plural(mail, "abonnement ou envoi", "abonnements ou envois") + " par courriel", "supprimé"),
        (rounds, plural(rounds, "enquête") + " de sourcing", "supprimée"),
        (follow_ups, plural(follow_ups, "suivi") + " d'heures", "supprimé"),
        (requests, plural(requests, "demande") + " sur des fiches", "supprimée"),
    ):
        if count:
            say(f"{words} à terme {_deleted(count, dry_run, verb)}.")


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
