"""Verbs that read sources: web pages, files, registers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vivier.cli import terminal_tables as tables
from vivier.cli.options import Accepted, Drops, Few, Home, Json, Mirror, MirrorPace
from vivier.cli.terminal import (
    bars,
    err,
    say,
    settings_of,
    show_statistics,
)
from vivier.errors import VivierError
from vivier.french import plural
from vivier.runs.audit import note
from vivier.settings import Settings

if TYPE_CHECKING:
    from vivier.runs.records import RunStatistics


def crawl(
    source: Annotated[str, typer.Argument(help="Source à lire en ligne (voir « vivier sources »).")],
    accept: Accepted = None,
    accept_drops: Drops = False,
    accept_few: Few = False,
    home: Home = None,
) -> None:
    """Lire une source en ligne, comme son producteur la documente : débit limité, fichiers bruts gardés."""
    from crawlers.run import crawl as crawl_source

    settings = settings_of(home)
    with bars() as advance:
        statistics = crawl_source(
            source,
            settings,
            accept_drops=accept_drops,
            accept_few=accept_few,
            accept=accept or (),
            progress=lambda done, expected: advance("Lecture", done, expected),
        )
    _note_drops(settings, accept_drops, accept or (), statistics)
    show_statistics(statistics)


def import_(
    source: Annotated[str, typer.Argument(help="Source du fichier (voir « vivier sources ») : esat, ea2, esus, list…")],
    files: Annotated[list[Path], typer.Argument(help="Un ou plusieurs fichiers, pris ensemble.")],
    as_of: Annotated[
        str | None, typer.Option("--as-of", help="Jour de la liste, AAAA-MM-JJ, quand le fichier ne le dit pas.")
    ] = None,
    accept: Accepted = None,
    accept_drops: Drops = False,
    replace: Annotated[
        str | None,
        typer.Option("--replace", help="Nom de la source : remplacer tout ce qu'un flux garde, au lieu d'y ajouter."),
    ] = None,
    home: Home = None,
) -> None:
    """Importer des fichiers : rien n'est perdu en silence, chaque ligne écartée l'est avec sa raison."""
    from crawlers.run import import_files
    from vivier.cli.options import day_of

    settings = settings_of(home)
    with bars() as advance:
        statistics = import_files(
            source,
            files,
            settings,
            accept_drops=accept_drops,
            progress=lambda done: advance("Import", done, 0),
            as_of=None if as_of is None else day_of(as_of),
            replace=replace,
            accept=accept or (),
        )
    if replace is not None:
        note(settings, "replace", source=source, kept=statistics.kept)
    _note_drops(settings, accept_drops, accept or (), statistics)
    show_statistics(statistics)


def _note_drops(settings: Settings, accept_drops: bool, accept: Iterable[str], statistics: RunStatistics) -> None:
    for option in _options(accept_drops, accept):
        note(settings, option, source=statistics.source.id, seen=statistics.seen, kept=statistics.kept)


def _options(accept_drops: bool, accept: Iterable[str]) -> list[str]:
    return [*(["accept-drops"] if accept_drops else ()), *(f"accept {name}" for name in accept)]


def context(
    name: Annotated[str, typer.Argument(help="sirene, ban ou zones.")],
    files: Annotated[list[Path] | None, typer.Argument(help="Un ou plusieurs fichiers, pris ensemble.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Interroger le service en ligne (sirene, ban).")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=20_000, help="SIRET demandés à SIRENE.")] = 500,
    ask: Annotated[Path | None, typer.Option("--ask", help="Écrire le CSV des adresses à géocoder (ban).")] = None,
    home: Home = None,
) -> None:
    """Lire ce que les registres disent autour des fournisseurs : SIRENE, adresses (BAN), zones prioritaires."""
    from crawlers.context.run import add_context, ask_context, write_questions

    settings = settings_of(home)
    if ask is not None:
        say(f"{plural(write_questions(settings, ask), 'adresse')} sans coordonnées dans {ask}.")
        return
    with err.status("Lecture…"):
        statistics = ask_context(name, settings, limit=limit) if live else add_context(name, files or [], settings)
    show_statistics(statistics)


def update(
    only: Annotated[list[str] | None, typer.Argument(help="Seulement ces sources (sinon toutes).")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Dire ce qui est dû et pourquoi, sans rien lire.")] = False,
    as_json: Json = False,
    accept: Accepted = None,
    accept_drops: Drops = False,
    accept_few: Few = False,
    mirror: Mirror = None,
    mirror_pace: MirrorPace = 0.0,
    home: Home = None,
) -> None:
    """Relire toutes les sources dues, puis indexer : un échec n'arrête pas les autres, une interruption se reprend."""
    from crawlers.update import planned, updating
    from vivier.cli.building import brought_up

    settings = settings_of(home)
    if dry_run:
        tables.show_plan(planned(settings, datetime.now(UTC), only or ()), as_json=as_json)
        return
    if accept and len(only or ()) != 1:
        raise VivierError("« --accept » vaut pour une source : « vivier update SOURCE --accept COLONNE ».")
    with updating(settings, only or ()) as work:
        with bars() as advance:
            for option in _options(accept_drops, accept or ()):
                note(settings, option, source=only[0] if accept and only else "update")
            accepted: dict[str, Any] = {"accept_drops": accept_drops, "accept_few": accept_few, "accept": accept or ()}
            work.read(advance, mirror=mirror, mirror_pace=mirror_pace, **accepted)
        ledger = work.finish(brought_up(settings, accept_drops, changed=bool(work.ledger.of("done"))))
        tables.show_report(ledger, as_json=as_json)
    if not ledger.ok:
        raise VivierError(ledger.failure)
