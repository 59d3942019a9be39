"""Verbs that build the index, check it and maintain it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from vivier.check import Check
from vivier.cli import terminal_tables as tables
from vivier.cli.options import CollectionOption, Drops, Home, Mirror, opened, unknown_sources
from vivier.cli.terminal import (
    say,
    settings_of,
    show_checks,
    show_pairs,
)
from vivier.french import plural
from vivier.runs.audit import note
from vivier.search.operators import COLLECTIONS, Collection
from vivier.settings import Settings


def index(
    accept_drops: Drops = False,
    skip_judged: Annotated[
        bool, typer.Option("--skip-judged", help="Ne pas rejouer les recherches jugées avant la mise en service.")
    ] = False,
    home: Home = None,
) -> None:
    """Construire l'index depuis les fichiers importés, le vérifier, le mettre en service."""
    from vivier.cli.building import publish

    publish(settings_of(home), sources=None, accept_drops=accept_drops, skip_judged=skip_judged)


def generations(collection: CollectionOption = None, home: Home = None) -> None:
    """Lister les générations de l'index, la plus récente d'abord : toutes, ou celles d'un seul contenu."""
    with opened(settings_of(home)) as engine:
        found = [
            generation
            for name in ([collection] if collection else COLLECTIONS)
            for generation in engine.generations(name)
        ]
    tables.show_generations(found)


def rollback(
    generation: Annotated[
        str | None, typer.Argument(help="Génération à remettre en service (sinon la précédente).")
    ] = None,
    collection: CollectionOption = None,
    home: Home = None,
) -> None:
    """Remettre en service une génération précédente : des fournisseurs, sauf si un autre contenu est demandé ou nommé."""
    from indexer.promotion import rollback as roll

    settings = settings_of(home)
    with opened(settings) as engine:
        back = roll(engine, collection or _collection_of(generation), generation)
    for live in back:
        note(settings, "rollback", generation=live.name, documents=live.documents)
        say(f"En service : {live.name} ({live.documents} {COLLECTIONS[live.collection]}).")


def _collection_of(generation: str | None) -> Collection:
    """The collection that begins the name of a generation; suppliers when no generation is named."""
    named = (generation or "").partition("-")[0]
    return next((collection for collection in COLLECTIONS if collection == named), "suppliers")


def sources(home: Home = None) -> None:
    """Lister les sources : ce qu'elles couvrent, ce qui en a été lu, et quand."""
    from crawlers.run import sources as known
    from vivier.runs.context import CARDS, context_statistics
    from vivier.runs.failures import failures
    from vivier.runs.records import current_run, loaded_sources, read_statistics

    settings = settings_of(home)
    cards = {source.card.id: source.card for source in known().values()}
    runs = {name: read_statistics(current_run(settings.records, name)) for name in loaded_sources(settings.records)}
    runs |= context_statistics(settings.context)
    cards |= CARDS | {name: statistics.source for name, statistics in runs.items()}
    tables.show_sources(cards, runs, failures(settings.records))


def doctor(
    only: Annotated[list[str] | None, typer.Argument(help="Avec --live : seulement ces sources.")] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Demander une page à l'adresse réelle de chaque source, sans rien écrire.")
    ] = False,
    mirror: Mirror = None,
    home: Home = None,
) -> None:
    """Vérifier l'installation : réglages, tables, moteur, index, fraîcheur des sources ; ou leurs adresses (--live)."""
    settings = settings_of(home)
    show_checks(_addresses(settings, only or [], mirror) if live else _installed(settings))


def _addresses(settings: Settings, only: list[str], mirror: str | None) -> Iterator[Check]:
    from crawlers.glance import glances

    return glances(settings, only=only, mirror=mirror)


def _installed(settings: Settings) -> Iterator[Check]:
    from indexer.doctor import diagnose

    yield from unknown_sources(settings)
    yield from diagnose(settings)


def pairs(
    limit: Annotated[int, typer.Option("--limit", min=1, help="Nombre de paires montrées.")] = 20,
    home: Home = None,
) -> None:
    """Lister les paires douteuses de la dernière construction, à trancher dans le fichier des décisions."""
    from indexer.doubts import read_doubts

    settings = settings_of(home)
    found = read_doubts(settings.doubts)
    show_pairs(found[:limit])
    say(f"{plural(len(found), 'paire')} à relire dans {settings.doubts} ; décisions : {settings.decisions}.")
