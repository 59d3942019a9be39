"""Verbs that start a server."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from typing import Annotated

import typer

from vivier.cli.building import publish
from vivier.cli.options import Home, Host, Port
from vivier.cli.terminal import (
    err,
    listen,
    say,
    settings_of,
)
from vivier.engine import open_engine
from vivier.engine.snapshot import Snapshot
from vivier.settings import Settings


def demo(
    port: Port = 8000,
    host: Host = "127.0.0.1",
    count: Annotated[int, typer.Option("--count", min=1, max=200_000, help="Nombre de fournisseurs fictifs.")] = 2400,
    contracts: Annotated[
        int, typer.Option("--contracts", min=1, max=200_000, help="Nombre de marchés fictifs.")
    ] = 3000,
    serve_it: Annotated[bool, typer.Option("--serve/--no-serve", help="Servir après la construction.")] = True,
    home: Home = None,
) -> None:
    """Construire un index de fournisseurs, d'acheteurs, de marchés et d'avis FICTIFS et le servir, sans rien toucher d'autre."""
    from indexer.demo import write_demo, write_demo_contracts, write_demo_notices

    base = settings_of(home)
    settings = base.model_copy(
        update={"home": base.home / "demo", "opensearch_prefix": f"{base.opensearch_prefix}-demo"}
    )
    today = date.today()
    with err.status("Écriture des fournisseurs et marchés fictifs…"):
        write_demo(settings, count, today=today)
        write_demo_contracts(settings, contracts, today=today)
        write_demo_notices(settings, today=today)
    say("Tout ce qui suit est fictif : structures, acheteurs, marchés, avis, montants.")
    publish(settings, sources=["demo"], accept_drops=True)
    if serve_it:
        _serve(settings, host, port)


def serve(port: Port = 8000, host: Host = "127.0.0.1", home: Home = None) -> None:
    """Servir l'API (et /docs)."""
    _serve(settings_of(home), host, port)


def _serve(settings: Settings, host: str, port: int) -> None:
    from search_api.app import create_app
    from search_api.server import serve as serve_http
    from vivier.desk.warm import warm
    from vivier.dossiers.registry import registry_of
    from vivier.dossiers.studies import studies_of
    from vivier.given.rounds import rounds_of
    from vivier.lexicon import load_lexicon

    listening = listen(host, port)
    with closing(open_engine(settings)) as engine, listening:
        lexicon = load_lexicon()
        application = create_app(
            engine,
            lexicon,
            dossiers=registry_of(settings),
            rounds=rounds_of(settings),
            studies=studies_of(settings),
            public_url=settings.public_url,
            operator=settings.operator,
            tiles=settings.tiles,
        )
        with err.status("Préparation des tables…"):
            warm(Snapshot(engine), lexicon, date.today())
        say(f"Vivier sert sur http://{host}:{port} (documentation : /docs). Ctrl-C pour arrêter.")
        serve_http(application, settings, listening)
