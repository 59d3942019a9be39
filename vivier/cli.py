"""The command ``vivier``: from files to a service, each step repeatable. The only module that knows every room.

Other rooms are imported by the verb that needs them: ``vivier --help`` loads none. What is printed goes through
``terminal.py``, which also gives the exit codes.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from vivier.engine import open_engine
from vivier.engine.port import Engine
from vivier.errors import VivierError
from vivier.housekeeping import Home, oppose, purge
from vivier.housekeeping import settings_of as _settings
from vivier.messages import system
from vivier.runs import RunStatistics
from vivier.settings import Settings
from vivier.terminal import add_row, bars, by_count, day, err, out, run, say, show_found, show_statistics

app = typer.Typer(
    name="vivier",
    help="Vivier : trouver des fournisseurs inclusifs et éco-labellisés, par territoire et par métier.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(oppose)
app.command()(purge)
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port HTTP.")]
Host = Annotated[str, typer.Option("--host", help="Adresse d'écoute.")]


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

    base = _settings(home)
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
    home: Home = None,
) -> None:
    """Lire une source en ligne : robots.txt respecté, débit limité, fichiers bruts gardés."""
    from crawlers.run import crawl as crawl_source

    settings = _settings(home)
    with bars() as advance:
        statistics = crawl_source(source, settings, progress=lambda done, total: advance("Lecture", done, total))
    _show_run(statistics)


@app.command("import")
def import_(
    source: Annotated[str, typer.Argument(help="Source du fichier (voir « vivier sources ») : esat, ea2, esus, list…")],
    files: Annotated[list[Path], typer.Argument(help="Un ou plusieurs fichiers, pris ensemble.")],
    home: Home = None,
) -> None:
    """Importer des fichiers : rien n'est perdu en silence, chaque ligne écartée l'est avec sa raison."""
    from crawlers.run import import_files

    with bars() as advance:
        statistics = import_files(source, files, _settings(home), progress=lambda done: advance("Import", done, 0))
    _show_run(statistics)


@app.command()
def index(
    accept_drops: Annotated[
        bool, typer.Option("--accept-drops", help="Accepter que des fournisseurs disparaissent.")
    ] = False,
    skip_judged: Annotated[
        bool, typer.Option("--skip-judged", help="Ne pas rejouer les recherches jugées avant la mise en service.")
    ] = False,
    home: Home = None,
) -> None:
    """Construire l'index depuis les fichiers importés, le vérifier, le mettre en service."""
    _publish(_settings(home), sources=None, accept_drops=accept_drops, skip_judged=skip_judged)


@app.command()
def serve(port: Port = 8000, host: Host = "127.0.0.1", home: Home = None) -> None:
    """Servir l'API (et /docs)."""
    _serve(_settings(home), host, port)


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
    from vivier.sourcing.find import find

    lexicon = load_lexicon()
    query = parse_query(_pairs(words or []), lexicon)
    with _engine(_settings(home)) as engine:
        found = find(query, engine, lexicon, date.today())
    show_found(found)


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
    pairs = need_to_query(need, lexicon)
    if pairs:
        say("Recherche : vivier search " + " ".join(f"{name}={value}" for name, value in pairs))


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
    query = parse_query(_pairs(words or []), lexicon)
    with _engine(_settings(home)) as engine, err.status("Écriture…"):
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
    query = parse_query(_pairs(words or []), lexicon)
    with _engine(_settings(home)) as engine:
        told = explain_one(supplier, query, engine, lexicon, date.today())
    say(f"{told.name} ({supplier}) : {'répond' if told.matches else 'ne répond pas'}.")
    if told.words:
        say(f"Mots cherchés, tels que l'index les connaît : {', '.join(told.words)}.")
    table = Table("condition", "tenue", "demandé")
    for condition in told.conditions:
        add_row(table, condition.name, "oui" if condition.holds else "non", condition.text)
    out.print(table)
    for line in told.ranking:
        say(line)


@app.command()
def generations(home: Home = None) -> None:
    """Lister les générations de l'index, la plus récente d'abord."""
    with _engine(_settings(home)) as engine:
        found = engine.generations("suppliers")
    table = Table("génération", "en service", "fournisseurs", "construite le")
    for one in found:
        built = f"{one.created_at:%d/%m/%Y %H:%M:%S} UTC"
        add_row(table, one.name, "oui" if one.live else "", str(one.documents), built)
    out.print(table)


@app.command()
def rollback(
    generation: Annotated[
        str | None, typer.Argument(help="Génération à remettre en service (sinon la précédente).")
    ] = None,
    home: Home = None,
) -> None:
    """Remettre en service une génération précédente."""
    from indexer.rollback import rollback as roll

    with _engine(_settings(home)) as engine:
        live = roll(engine, generation)
    say(f"En service : {live.name} ({live.documents} fournisseurs).")


@app.command()
def sources(home: Home = None) -> None:
    """Lister les sources : ce qu'elles couvrent, ce qui en a été lu, et quand."""
    from crawlers.run import sources as known
    from vivier.runs import current_run, loaded_sources, read_statistics

    settings = _settings(home)
    table = Table("source", "contenu", "producteur, licence", "lu", "gardé", "écarté", "date")
    cards = {source.card.id: source.card for source in known().values()}
    runs = {name: read_statistics(current_run(settings.records, name)) for name in loaded_sources(settings.records)}
    cards |= {name: statistics.source for name, statistics in runs.items()}
    for name, card in sorted(cards.items()):
        add_row(table, name, card.title, f"{card.producer}, {card.licence}", *_figures(runs.get(name)))
    out.print(table)


@app.command()
def doctor(home: Home = None) -> None:
    """Vérifier l'installation : réglages, tables, moteur, index, fraîcheur des sources."""
    from indexer.doctor import diagnose

    settings = _settings(home)
    healthy = True
    for check in diagnose(settings):
        healthy &= check.ok
        say(f"{'ok' if check.ok else 'à corriger':<11}{check.name} : {check.text}")
    if not healthy:
        raise typer.Exit(1)


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


def _serve(settings: Settings, host: str, port: int) -> None:
    import uvicorn

    from search_api.app import create_app
    from vivier.lexicon import load_lexicon

    listening = _listen(host, port)
    with _engine(settings) as engine, listening:
        application = create_app(engine, load_lexicon())
        say(f"Vivier sert sur http://{host}:{port} (documentation : /docs). Ctrl-C pour arrêter.")
        config = uvicorn.Config(application, log_level="warning", access_log=False, server_header=False)
        uvicorn.Server(config).run(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    """The socket to serve on, taken before anything is loaded: a port in use is said at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise VivierError(
            f"Impossible d'écouter sur {host}:{port} : {system(error)} Donnez un autre « --port » ou « --host »."
        ) from error


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    """« esat kind=ESAT » as parameters: what has no « = » is the text searched."""
    pairs = [(name, value) for name, equals, value in (word.partition("=") for word in words) if equals]
    text = " ".join(word for word in words if "=" not in word)
    return [*pairs, *([("q", text)] if text else [])]


def _show_run(statistics: RunStatistics) -> None:
    from crawlers.words import ASIDES, ISSUES, SKIPS

    show_statistics(statistics, {**SKIPS, **ISSUES, **ASIDES})


def _figures(statistics: RunStatistics | None) -> tuple[str, str, str, str]:
    if statistics is None:
        return "jamais", "", "", ""
    aside = sum(statistics.set_aside.values())
    return str(statistics.seen), str(statistics.kept), str(aside), day(statistics.finished_at)
