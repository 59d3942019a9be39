"""Verbs of a signed release: written from the index in service, taken on another machine."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from vivier.cli.options import Home
from vivier.cli.terminal import bars, say, settings_of
from vivier.french import number, plural
from vivier.runs.audit import note


def publish(
    folder: Annotated[Path, typer.Argument(help="Dossier où écrire la version, à servir par un serveur de fichiers.")],
    key: Annotated[Path, typer.Option("--key", help="Clé privée Ed25519 (PEM) qui signe.")],
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Créer d'abord cette clé, et la clé publique « .pub ».")
    ] = False,
    sbom: Annotated[Path | None, typer.Option("--sbom", help="Inventaire CycloneDX à joindre (« make sbom »).")] = None,
    home: Home = None,
) -> None:
    """Écrire l'index en service, signé, pour une autre machine."""
    from indexer.release import new_key as make_key
    from indexer.release import publish_release

    settings = settings_of(home)
    if new_key:
        say(f"Clé publique à donner aux autres machines : {make_key(key)}")
    with bars() as advance:
        made = publish_release(settings, folder, key, sbom, advance)
    note(settings, "publish", parts=len(made.parts), documents=sum(part.documents for part in made.parts))
    for part in made.parts:
        say(f"{part.archive} : {plural(part.documents, 'fiche')}, {number(math.ceil(part.bytes / 1e3))} ko")
    say(f"Version signée dans {folder}. Là-bas : vivier pull ADRESSE --key {key.name}.pub")


def pull(
    url: Annotated[str, typer.Argument(help="Adresse (https://…) ou dossier d'une version publiée.")],
    key: Annotated[Path, typer.Option("--key", help="Clé publique de qui la publie.")],
    home: Home = None,
) -> None:
    """Prendre une version publiée, la vérifier, et la mettre en service : tout, ou rien. « vivier rollback » revient à la précédente."""
    from indexer.release import pull_release

    settings = settings_of(home)
    with bars() as advance:
        release, live = pull_release(settings, url, key, advance)
    note(settings, "pull", parts=len(live), made=release.made.isoformat(timespec="seconds"))
    for generation in live:
        say(f"{generation.name} en service : {plural(generation.documents, 'fiche')}")
