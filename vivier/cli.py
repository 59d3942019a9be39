"""The command ``vivier``: from files to a service, each step repeatable. Messages are in French; exit codes:
0 done, 1 refused or failed (said why), 2 wrong usage."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from vivier.engine import open_engine
from vivier.engine.port import Engine
from vivier.errors import InvalidRequest, VivierError
from vivier.settings import Settings

app = typer.Typer(
    name="vivier",
    help="Vivier : trouver des fournisseurs inclusifs et éco-labellisés, par territoire et par métier.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console()
err = Console(stderr=True)

Home = Annotated[Path | None, typer.Option("--home", help="Dossier de travail (sinon VIVIER_HOME).")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port HTTP.")]
Host = Annotated[str, typer.Option("--host", help="Adresse d'écoute.")]


def main() -> None:
    """Run the command and turn every expected error into one readable message and an exit code."""
    try:
        app()
    except InvalidRequest as error:
        for one in error.errors:
            err.print(f"[red]{one.field}[/red] : {one.message}", highlight=False)
        sys.exit(2)
    except VivierError as error:
        err.print(f"[red]Erreur[/red] : {error}", highlight=False, markup=True)
        sys.exit(1)
    except ValidationError as error:
        for detail in error.errors():
            name = "VIVIER_" + "_".join(str(part) for part in detail["loc"]).upper()
            err.print(f"[red]{name}[/red] : {detail['msg']} (reçu : {detail['input']})", highlight=False)
        sys.exit(2)
    except OSError as error:
        err.print(f"[red]Erreur[/red] : {error.strerror or error} ({error.filename or 'fichier'})", highlight=False)
        sys.exit(1)
    except KeyboardInterrupt:
        err.print("Interrompu. La génération en service n'a pas changé.")
        sys.exit(130)


def _settings(home: Path | None = None) -> Settings:
    return Settings() if home is None else Settings(home=home)


@contextmanager
def _engine(settings: Settings) -> Iterator[Engine]:
    engine = open_engine(settings)
    try:
        yield engine
    finally:
        engine.close()


@contextmanager
def _bars() -> Iterator[Callable[[str, int, int], None]]:
    """Progress bars by step, on the error stream."""
    columns = (TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        tasks: dict[str, object] = {}

        def advance(step: str, done: int, expected: int) -> None:
            if step not in tasks:
                tasks[step] = progress.add_task(step, total=expected or None)
            progress.update(tasks[step], completed=done)  # type: ignore[arg-type]

        yield advance


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
    from crawlers.run import crawl as run

    with err.status(f"Lecture en ligne de « {source} »…"):
        statistics = run(source, _settings(home))
    _print_statistics(statistics)


@app.command("import")
def import_(
    source: Annotated[str, typer.Argument(help="Source du fichier : esat, finess, siae, emplois, list…")],
    files: Annotated[list[Path], typer.Argument(help="Un ou plusieurs fichiers, pris ensemble.")],
    home: Home = None,
) -> None:
    """Importer des fichiers : rien n'est perdu en silence, chaque ligne écartée l'est avec sa raison."""
    from crawlers.run import import_files

    with _bars() as advance:
        statistics = import_files(source, files, _settings(home), progress=lambda done: advance("Import", done, 0))
    _print_statistics(statistics)


@app.command()
def index(
    accept_drops: Annotated[
        bool, typer.Option("--accept-drops", help="Accepter que des fournisseurs disparaissent.")
    ] = False,
    home: Home = None,
) -> None:
    """Construire l'index depuis les fichiers importés, le vérifier, le mettre en service."""
    _publish(_settings(home), sources=None, accept_drops=accept_drops)


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
    for notice in found.plan.notices:
        err.print(notice, highlight=False)
    table = Table(
        "n°", "fournisseur", "commune", "km", "pourquoi", title=f"{found.total} fournisseur(s)", show_lines=True
    )
    for rank, result in enumerate(found.results, 1 + found.plan.search.offset):
        record = result.record
        town = record.get("address", {}).get("value", {}).get("town", "inconnue")
        distance = "" if result.distance_km is None else f"{result.distance_km:.1f}".replace(".", ",")
        reasons = "\n".join(reason.text for reason in result.reasons)
        table.add_row(str(rank), f"{record['name']['value']}\n{result.id}", town, distance, reasons)
    out.print(table)
    for name, count in found.unknown_excluded.items():
        if count:
            err.print(f"{count} fournisseur(s) écarté(s) faute d'information sur « {name} ».")


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
    out.print(
        f"[bold]{told.name}[/bold] ({supplier}) : {'répond' if told.matches else 'ne répond pas'}", highlight=False
    )
    if told.words:
        out.print(f"mots cherchés : {', '.join(told.words)}", highlight=False)
    table = Table("condition", "tenue", "détail")
    for condition in told.conditions:
        table.add_row(condition.name, "oui" if condition.holds else "non", condition.text)
    out.print(table)
    for line in told.ranking:
        out.print(line, highlight=False)


@app.command()
def generations(home: Home = None) -> None:
    """Lister les générations de l'index, la plus récente d'abord."""
    with _engine(_settings(home)) as engine:
        found = engine.generations("suppliers")
    table = Table("génération", "en service", "fournisseurs", "construite le")
    for generation in found:
        table.add_row(
            generation.name,
            "oui" if generation.live else "",
            str(generation.documents),
            f"{generation.created_at:%d/%m/%Y %H:%M:%S} UTC",
        )
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
    out.print(f"En service : {live.name} ({live.documents} fournisseurs).", highlight=False)


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
        statistics = runs.get(name)
        figures = (
            ("jamais", "", "", "")
            if statistics is None
            else (
                str(statistics.seen),
                str(statistics.kept),
                _reasons(statistics.set_aside),
                _day(statistics.finished_at),
            )
        )
        table.add_row(name, card.title, f"{card.producer}, {card.licence}", *figures)
    out.print(table)


@app.command()
def doctor(home: Home = None) -> None:
    """Vérifier l'installation : réglages, tables, moteur, index, fraîcheur des sources."""
    from indexer.doctor import diagnose

    settings = _settings(home)
    healthy = True
    for check in diagnose(settings):
        healthy &= check.ok
        out.print(
            f"{'[green]ok[/green]' if check.ok else '[red]à corriger[/red]'}  {check.name} : {check.text}",
            highlight=False,
        )
    if not healthy:
        raise typer.Exit(1)


def _publish(settings: Settings, sources: list[str] | None, *, accept_drops: bool) -> None:
    from indexer.publish import publish
    from vivier.lexicon import load_lexicon

    with _engine(settings) as engine, _bars() as advance:
        published = publish(
            engine, settings, load_lexicon(), sources=sources, accept_drops=accept_drops, progress=advance
        )
    counts = published.merged.counts
    out.print(
        f"{published.generation.documents} fournisseurs en service ({published.generation.name}).", highlight=False
    )
    out.print("Fusion : " + ", ".join(f"{name} {count}" for name, count in counts.items()), highlight=False)
    if published.issues:
        out.print("Adresses à vérifier : " + _reasons(published.issues), highlight=False)


def _serve(settings: Settings, host: str, port: int) -> None:
    import uvicorn
    from search_api.app import create_app

    from vivier.lexicon import load_lexicon

    with _engine(settings) as engine:
        application = create_app(engine, load_lexicon())
        out.print(
            f"Vivier sert sur http://{host}:{port} (documentation : /docs). Ctrl-C pour arrêter.", highlight=False
        )
        uvicorn.run(application, host=host, port=port, log_level="warning", access_log=False, server_header=False)


def _pairs(words: list[str]) -> list[tuple[str, str]]:
    """« esat kind=ESAT » as parameters: what has no « = » is the text searched."""
    pairs = [tuple(word.split("=", 1)) for word in words if "=" in word]
    text = " ".join(word for word in words if "=" not in word)
    return [*((name, value) for name, value in pairs), *([("q", text)] if text else [])]


def _print_statistics(statistics: object) -> None:
    from vivier.runs import RunStatistics

    assert isinstance(statistics, RunStatistics)
    out.print(f"{statistics.source.title} : {statistics.seen} lignes lues, {statistics.kept} gardées.", highlight=False)
    for title, counts in (
        ("Écartées", statistics.set_aside),
        ("Hors champ", statistics.skipped),
        ("Signalées", statistics.issues),
    ):
        if counts:
            out.print(f"{title} : {_reasons(counts)}", highlight=False)
    if statistics.columns_unknown:
        out.print(f"Colonnes inconnues : {', '.join(statistics.columns_unknown)}", highlight=False)


def _reasons(counts: dict[str, int]) -> str:
    return ", ".join(f"{reason} {count}" for reason, count in sorted(counts.items(), key=lambda item: -item[1]))


def _day(moment: datetime) -> str:
    return f"{moment:%d/%m/%Y}"
