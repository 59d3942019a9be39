"""The command ``vivier``: from files to a service, each step repeatable. The only module that knows every room.

Other rooms are imported by the verb that needs them: ``vivier --help`` loads none. What is printed goes through
``terminal.py``, which also gives the exit codes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from vivier import terminal_tables as tables
from vivier.engine import open_engine
from vivier.engine.port import Engine
from vivier.errors import VivierError
from vivier.ledger import IndexStep
from vivier.settings import Settings
from vivier.terminal import (
    bars,
    by_count,
    err,
    listen,
    run,
    say,
    settings_of,
    show_found,
    show_pairs,
    show_statistics,
)
from vivier.terminal import pairs as parameters

app = typer.Typer(
    name="vivier",
    help="Vivier : trouver des fournisseurs inclusifs et éco-labellisés, par territoire et par métier.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
Home = Annotated[Path | None, typer.Option("--home", help="Dossier de travail (sinon VIVIER_HOME).")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port HTTP.")]
Host = Annotated[str, typer.Option("--host", help="Adresse d'écoute.")]
Drops = Annotated[
    bool, typer.Option("--accept-drops", help="Accepter que des lignes ou des fournisseurs disparaissent.")
]
Json = Annotated[bool, typer.Option("--json", help="Répondre en JSON, pour un autre programme.")]


def main() -> None:
    """Run the command; every expected error becomes one readable message and an exit code."""
    sys.exit(run(app))


@contextmanager
def _engine(settings: Settings) -> Iterator[Engine]:
    engine = open_engine(settings)
    try:
        yield engine
    finally:
        engine.close()


@app.command()
def demo(
    port: Port = 8000,
    host: Host = "127.0.0.1",
    count: Annotated[int, typer.Option("--count", min=1, max=200_000, help="Nombre de fournisseurs fictifs.")] = 2400,
    serve_it: Annotated[bool, typer.Option("--serve/--no-serve", help="Servir après la construction.")] = True,
    home: Home = None,
) -> None:
    """Construire un index de fournisseurs FICTIFS et le servir, sans rien toucher d'autre."""
    from indexer.demo import write_demo

    base = settings_of(home)
    settings = base.model_copy(
        update={"home": base.home / "demo", "opensearch_prefix": f"{base.opensearch_prefix}-demo"}
    )
    with err.status("Écriture des fournisseurs fictifs…"):
        write_demo(settings, count)
    _publish(settings, sources=["demo"], accept_drops=True)
    if serve_it:
        _serve(settings, host, port)


@app.command()
def crawl(
    source: Annotated[str, typer.Argument(help="Source à lire en ligne (voir « vivier sources »).")],
    accept_drops: Drops = False,
    home: Home = None,
) -> None:
    """Lire une source en ligne : robots.txt respecté, débit limité, fichiers bruts gardés."""
    from crawlers.run import crawl as crawl_source

    settings = settings_of(home)
    with err.status("Lecture en ligne…"):
        statistics = crawl_source(source, settings, accept_drops=accept_drops)
    show_statistics(statistics)


@app.command("import")
def import_(
    source: Annotated[str, typer.Argument(help="Source du fichier (voir « vivier sources ») : esat, ea2, esus, list…")],
    files: Annotated[list[Path], typer.Argument(help="Un ou plusieurs fichiers, pris ensemble.")],
    accept_drops: Drops = False,
    home: Home = None,
) -> None:
    """Importer des fichiers : rien n'est perdu en silence, chaque ligne écartée l'est avec sa raison."""
    from crawlers.run import import_files

    settings = settings_of(home)
    with bars() as advance:
        statistics = import_files(
            source, files, settings, accept_drops=accept_drops, progress=lambda done: advance("Import", done, 0)
        )
    show_statistics(statistics)


@app.command()
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
        say(f"{write_questions(settings, ask)} adresse(s) sans coordonnées dans {ask}.")
        return
    with err.status("Lecture…"):
        told = ask_context(name, settings, limit=limit) if live else add_context(name, files or [], settings)
    show_statistics(told)


@app.command()
def index(
    accept_drops: Drops = False,
    skip_judged: Annotated[
        bool, typer.Option("--skip-judged", help="Ne pas rejouer les recherches jugées avant la mise en service.")
    ] = False,
    home: Home = None,
) -> None:
    """Construire l'index depuis les fichiers importés, le vérifier, le mettre en service."""
    _publish(settings_of(home), sources=None, accept_drops=accept_drops, skip_judged=skip_judged)


@app.command()
def update(
    only: Annotated[list[str] | None, typer.Argument(help="Seulement ces sources (sinon toutes).")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Dire ce qui est dû et pourquoi, sans rien lire.")] = False,
    as_json: Json = False,
    accept_drops: Drops = False,
    mirror: Annotated[
        str | None,
        typer.Option("--mirror", help="Tout lire à cette adresse, aux mêmes chemins : http://127.0.0.1:8080."),
    ] = None,
    home: Home = None,
) -> None:
    """Relire toutes les sources dues, puis indexer : un échec n'arrête pas les autres, une interruption se reprend."""
    from crawlers.update import planned, updating

    settings = settings_of(home)
    if dry_run:
        tables.show_plan(planned(settings, datetime.now(UTC), only or ()), as_json=as_json)
        return
    with updating(settings, only or ()) as work:
        with bars() as advance:
            work.read(mirror=mirror, accept_drops=accept_drops, progress=advance)
        ledger = work.finish(_indexed(settings, accept_drops, changed=bool(work.ledger.of("done"))))
    tables.show_report(ledger, as_json=as_json)
    if not ledger.ok:
        raise typer.Exit(1)


@app.command()
def serve(port: Port = 8000, host: Host = "127.0.0.1", home: Home = None) -> None:
    """Servir l'API (et /docs)."""
    _serve(settings_of(home), host, port)


@app.command()
def search(
    words: Annotated[
        list[str] | None, typer.Argument(help="Mots, puis filtres nom=valeur : kind=ESAT territory=departement:35")
    ] = None,
    home: Home = None,
) -> None:
    """Chercher des fournisseurs : « vivier search esat kind=ESAT near=-1.68,48.11 radius_km=40 »."""
    from vivier.lexicon import load_lexicon
    from vivier.query import parse_query
    from vivier.sourcing.beyond import beyond
    from vivier.sourcing.find import find

    lexicon, today = load_lexicon(), date.today()
    query = parse_query(parameters(words or []), lexicon)
    with _engine(settings_of(home)) as engine:
        found = find(query, engine, lexicon, today)
        more = beyond(found, engine, lexicon, today)
    show_found(found)
    if more is not None:
        tables.show_beyond(more)


@app.command()
def resolve(words: Annotated[list[str], typer.Argument(help="Le besoin, en français.")]) -> None:
    """Comprendre un besoin : « vivier resolve tonte des pelouses du lycée à Roubaix »."""
    from vivier.lexicon import load_lexicon
    from vivier.needs import checked_text, need_to_query, resolve_need
    from vivier.needs.shown import lines

    lexicon = load_lexicon()
    need = resolve_need(checked_text(" ".join(words), "besoin"), lexicon)
    for line in lines(need):
        say(line)
    asked = need_to_query(need, lexicon)
    if asked:
        say("Recherche : vivier search " + " ".join(f"{name}={value}" for name, value in asked))


@app.command()
def export(
    format: Annotated[str, typer.Argument(help="csv, xlsx, jsonl ou geojson.")],
    file: Annotated[Path, typer.Argument(help="Fichier à écrire (remplacé s'il existe).")],
    words: Annotated[list[str] | None, typer.Argument(help="La même recherche que « vivier search ».")] = None,
    home: Home = None,
) -> None:
    """Écrire tous les résultats d'une recherche : « vivier export xlsx esat.xlsx kind=ESAT »."""
    from search_api.geojson import geojson
    from vivier.exports.files import save
    from vivier.lexicon import load_lexicon
    from vivier.query import parse_query

    lexicon = load_lexicon()
    query = parse_query(parameters(words or []), lexicon)
    with _engine(settings_of(home)) as engine, err.status("Écriture…"):
        total = save(file, format, query, engine, lexicon, date.today(), geojson=geojson)
    say(f"{total} fournisseur(s) dans {file}.")


@app.command()
def explain(
    supplier: Annotated[str, typer.Argument(help="Identifiant Vivier du fournisseur.")],
    words: Annotated[list[str] | None, typer.Argument(help="La même recherche que « vivier search ».")] = None,
    home: Home = None,
) -> None:
    """Dire pourquoi un fournisseur répond, ou ne répond pas, à une recherche."""
    from vivier.lexicon import load_lexicon
    from vivier.query import parse_query
    from vivier.sourcing.explain import explain as explain_one

    lexicon = load_lexicon()
    query = parse_query(parameters(words or []), lexicon)
    with _engine(settings_of(home)) as engine:
        told = explain_one(supplier, query, engine, lexicon, date.today())
    tables.show_explanation(supplier, told)


@app.command()
def generations(home: Home = None) -> None:
    """Lister les générations de l'index, la plus récente d'abord."""
    with _engine(settings_of(home)) as engine:
        found = engine.generations("suppliers")
    tables.show_generations(found)


@app.command()
def rollback(
    generation: Annotated[
        str | None, typer.Argument(help="Génération à remettre en service (sinon la précédente).")
    ] = None,
    home: Home = None,
) -> None:
    """Remettre en service une génération précédente."""
    from indexer.rollback import rollback as roll

    with _engine(settings_of(home)) as engine:
        live = roll(engine, generation)
    say(f"En service : {live.name} ({live.documents} fournisseurs).")


@app.command()
def sources(home: Home = None) -> None:
    """Lister les sources : ce qu'elles couvrent, ce qui en a été lu, et quand."""
    from crawlers.run import sources as known
    from vivier.context import CARDS, context_statistics
    from vivier.failures import failures
    from vivier.runs import current_run, loaded_sources, read_statistics

    settings = settings_of(home)
    cards = {source.card.id: source.card for source in known().values()}
    runs = {name: read_statistics(current_run(settings.records, name)) for name in loaded_sources(settings.records)}
    runs |= context_statistics(settings.context)
    cards |= CARDS | {name: statistics.source for name, statistics in runs.items()}
    tables.show_sources(cards, runs, failures(settings.records))


@app.command()
def quality(as_json: Json = False, home: Home = None) -> None:
    """Dire ce que l'index sait, et de combien de fournisseurs : sources, types, métiers prouvés, coordonnées, capacités."""
    with _engine(settings_of(home)) as engine:
        live = engine.live("suppliers")
    if as_json:
        tables.show_json(tables.quality_body(live, date.today()))
    else:
        tables.show_quality(live, date.today())


@app.command()
def doctor(home: Home = None) -> None:
    """Vérifier l'installation : réglages, tables, moteur, index, fraîcheur des sources."""
    from indexer.doctor import diagnose

    settings = settings_of(home)
    healthy = True
    for check in diagnose(settings):
        healthy &= check.ok
        say(f"{'ok' if check.ok else 'à corriger':<11}{check.name} : {check.text}")
    if not healthy:
        raise typer.Exit(1)


@app.command()
def pairs(
    limit: Annotated[int, typer.Option("--limit", min=1, help="Nombre de paires montrées.")] = 20,
    home: Home = None,
) -> None:
    """Lister les paires douteuses de la dernière construction, à trancher dans le fichier des décisions."""
    from indexer.doubts import read_doubts

    settings = settings_of(home)
    found = read_doubts(settings.doubts)
    show_pairs(found[:limit])
    say(f"{len(found)} paire(s) à relire dans {settings.doubts} ; décisions : {settings.decisions}.")


def _publish(settings: Settings, sources: list[str] | None, **gates: bool) -> None:
    from indexer.publish import publish
    from indexer.words import MERGE
    from vivier.lexicon import load_lexicon
    from vivier.territory.issues import ISSUES

    lexicon = load_lexicon()
    with _engine(settings) as engine, bars() as advance:
        done = publish(engine, settings, lexicon, sources=sources, progress=advance, **gates)
    say(f"{done.generation.documents} fournisseurs en service ({done.generation.name}).")
    say(
        "Fusion : " + " ; ".join(f"{count} {MERGE.get(name, name)}" for name, count in done.merged.counts.items()) + "."
    )
    if done.issues:
        say(f"Adresses : {by_count(done.issues, ISSUES)}.")


def _indexed(settings: Settings, accept_drops: bool, *, changed: bool) -> IndexStep:
    """Bring the index up to what is in force; what refuses it is told, not raised: the report comes after."""
    from indexer.current import up_to_date
    from indexer.publish import publish
    from vivier.lexicon import load_lexicon

    lexicon = load_lexicon()
    try:
        with _engine(settings) as engine, bars() as advance:
            live = None if changed else up_to_date(engine, settings, lexicon)
            state: Literal["done", "unchanged"] = "done" if live is None else "unchanged"
            if live is None:
                live = publish(engine, settings, lexicon, accept_drops=accept_drops, progress=advance).generation
    except VivierError as error:
        return IndexStep(state="failed", reason=str(error))
    return IndexStep(state=state, generation=live.name, documents=live.documents)


def _serve(settings: Settings, host: str, port: int) -> None:
    import uvicorn

    from search_api.app import create_app
    from vivier.lexicon import load_lexicon

    listening = listen(host, port)
    with _engine(settings) as engine, listening:
        application = create_app(engine, load_lexicon())
        say(f"Vivier sert sur http://{host}:{port} (documentation : /docs). Ctrl-C pour arrêter.")
        config = uvicorn.Config(application, log_level="warning", access_log=False, server_header=False)
        uvicorn.Server(config).run(sockets=[listening])
