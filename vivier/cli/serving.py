"""Verbs that start a server."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from vivier import french
from vivier.cli.options import Home, Host, Port, day_of, today_of, unknown_sources
from vivier.cli.terminal import (
    err,
    listen,
    say,
    say_read,
    settings_of,
)
from vivier.engine import open_engine
from vivier.errors import VivierError
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp

    from vivier.lexicon import Lexicon
    from vivier.search.port import Store


def demo(
    port: Port = 8000,
    host: Host = "127.0.0.1",
    count: Annotated[int, typer.Option("--count", min=1, max=200_000, help="Nombre de fournisseurs fictifs.")] = 2400,
    contracts: Annotated[
        int, typer.Option("--contracts", min=1, max=200_000, help="Nombre de marchés fictifs.")
    ] = 3000,
    real: Annotated[
        bool, typer.Option("--real", help="Des données réelles et ouvertes, incomplètes, au lieu des fictives.")
    ] = False,
    day: Annotated[
        str | None, typer.Option("--day", help="Avec --real : ce que l'on savait ce jour-là, AAAA-MM-JJ.")
    ] = None,
    stream: Annotated[
        Path | None, typer.Option("--stream", help="Avec --real : dossier de marchés et d'avis à lire aussi.")
    ] = None,
    serve_it: Annotated[bool, typer.Option("--serve/--no-serve", help="Servir après la construction.")] = True,
    home: Home = None,
) -> None:
    """Construire un index de fournisseurs, d'acheteurs, de marchés et d'avis FICTIFS (ou réels : --real) et le servir, sans rien toucher d'autre."""
    name = "demo-real" if real else "demo"
    base = settings_of(home)
    settings = base.model_copy(
        update={"home": base.home / name, "opensearch_prefix": f"{base.opensearch_prefix}-{name}"}
    )
    if real:
        _real(settings, day, stream)
    elif day is not None or stream is not None:
        raise VivierError("« --day » et « --stream » vont avec « --real » : le reste est fictif.")
    else:
        _fictitious(settings, count, contracts)
    if serve_it:
        _serve(settings.model_copy(update={"workers": settings.workers or 1}), host, port)


def _real(settings: Settings, typed: str | None, stream: Path | None) -> None:
    from vivier.cli.building import publish
    from vivier.cli.samples import load_real

    given = None if typed is None else day_of(typed, "--day")
    with err.status("Lecture des fichiers réels…"):
        day = load_real(settings, day=given, stream=stream, report=say_read, refused=lambda error: say(str(error)))
    say(f"Données réelles du {french.day(day)}, incomplètes : vérifiez. Le service vit ce jour-là.")
    say(f"Pour y chercher : vivier search --home {settings.home} ESAT")
    publish(settings, sources=None, accept_drops=True)


def _fictitious(settings: Settings, count: int, contracts: int) -> None:
    from indexer.demo import (
        write_demo,
        write_demo_contracts,
        write_demo_labelled,
        write_demo_notices,
        write_demo_requests,
    )
    from vivier.cli.building import publish

    today = date.today()
    with err.status("Écriture des fournisseurs et marchés fictifs…"):
        write_demo(settings, count, today=today)
        write_demo_labelled(settings, max(1, count // 2), today=today)
        write_demo_contracts(settings, contracts, today=today)
        write_demo_notices(settings, today=today)
        write_demo_requests(settings, today=today)
    say("Tout ce qui suit est fictif : structures, acheteurs, marchés, avis, montants, demandes.")
    say(f"Pour y chercher : vivier search --home {settings.home} ESAT")
    say(f"Des demandes fictives attendent une décision : vivier review --home {settings.home}")
    publish(settings, sources=["demo", "demo_labels"], accept_drops=True)


Workers = Annotated[
    int | None, typer.Option("--workers", min=1, max=256, help="Processus de service (sinon un par cœur).")
]


def serve(port: Port = 8000, host: Host = "127.0.0.1", workers: Workers = None, home: Home = None) -> None:
    """Servir l'API (et /docs)."""
    _serve(_judged(settings_of(home), workers), host, port)


def up(port: Port = 8000, host: Host = "127.0.0.1", workers: Workers = None, home: Home = None) -> None:
    """Tout faire : servir, et chaque nuit mettre à jour, écrire, purger, sauvegarder ; essayer la sauvegarde chaque semaine."""
    from vivier.operation.running import run_beside

    settings = _judged(settings_of(home), workers)
    _serve(settings, host, port, beside=partial(run_beside, settings))


def _judged(settings: Settings, workers: int | None) -> Settings:
    """The settings of a service about to start, with the ``workers`` typed. What does not go together is said on the error stream. Raises
    ``InvalidRequest`` for mail that cannot be sent."""
    from vivier.mail.office import office_of
    from vivier.operation.configured import settings_checks

    office_of(settings)
    for check in (*settings_checks(settings), *unknown_sources(settings)):
        if not check.ok:
            err.print(f"{check.name} : {check.text}", markup=False)
    return settings if workers is None else settings.model_copy(update={"workers": workers})


def mcp(
    port: Annotated[
        int | None,
        typer.Option("--port", min=1, max=65535, help="Servir par HTTP sur ce port (sinon l'entrée standard)."),
    ] = None,
    host: Host = "127.0.0.1",
    home: Home = None,
) -> None:
    """Ouvrir l'API aux assistants (protocole MCP), en lecture : par l'entrée standard, ou par HTTP avec « --port »."""
    settings = settings_of(home)
    if port is None:
        _over_stdio(settings)
    elif host in ("", "0.0.0.0", "::") and settings.public_url is None:
        raise VivierError(
            f"« --host {host} » écoute sur toutes les adresses, et aucune n'est connue. Donnez celle du service dans "
            "VIVIER_PUBLIC_URL, ou un « --host » précis."
        )
    else:
        _serve(settings, host, port, partial(_door, host), "Vivier sert les assistants sur {address}/mcp.")


def _over_stdio(settings: Settings) -> None:
    import anyio

    from search_api.assistants.door import over_stdio
    from vivier.lexicon import load_lexicon

    with closing(open_engine(settings)) as engine:
        lexicon = load_lexicon()
        anyio.run(over_stdio, _readable(settings, engine, lexicon), lexicon)


def _serve(
    settings: Settings,
    host: str,
    port: int,
    make: Callable[[Settings, Store, Lexicon], ASGIApp] | None = None,
    sentence: str = "Vivier sert sur {address} (documentation : /docs).",
    beside: Callable[[Callable[[], None]], None] | None = None,
) -> None:
    """Serves the application that ``make`` gives, that of the API and the pages by default, and says it with ``sentence``, where
    ``{address}`` stands for where it listens. ``beside``: the life of one more process."""
    with listen(host, port) as listening, _figures(settings), closing(open_engine(settings)) as engine:
        from search_api.server import serve as serve_http
        from vivier.desk.warm import warm
        from vivier.lexicon import load_lexicon
        from vivier.operation.checks import LastStates, figures

        lexicon = load_lexicon()
        with err.status("Préparation des tables…"):
            snapshot = Snapshot(engine)
            warm(snapshot, lexicon, today_of(snapshot))
        host, port = listening.getsockname()[:2]
        say(f"{sentence.format(address=f'http://{host}:{port}')} Ctrl-C pour arrêter.")
        serve_http(
            partial(make or _application, settings, engine, lexicon),
            settings,
            listening,
            engine,
            beside,
            partial(figures, settings, LastStates(settings)),
        )


def _door(host: str, settings: Settings, engine: Store, lexicon: Lexicon) -> ASGIApp:
    """The MCP server of a process, over HTTP."""
    from search_api.assistants.door import over_http
    from search_api.clients import behind

    door = over_http(_readable(settings, engine, lexicon), lexicon, host, settings.public_url)
    return behind(door, settings.proxies)


def _readable(settings: Settings, engine: Store, lexicon: Lexicon) -> FastAPI:
    """The application that assistants read: it keeps nothing of what they ask."""
    from search_api.app import create_app

    store = _own(settings, engine)
    return create_app(store, lexicon, today=_clock(store), public_url=settings.public_url, settings=settings)


def _clock(store: Store) -> Callable[[], date]:
    """The calendar, or the day of the extract in service: another build is seen when the service starts again."""
    from vivier.suppliers.sources import extract_day

    day = extract_day(Snapshot(store).live("suppliers", "contracts", "notices"))
    return date.today if day is None else lambda: day


def _own(settings: Settings, engine: Store) -> Store:
    """The store of a process. Processes share the files of the embedded engine; each has its own connections to another."""
    return engine if engine.name == "embedded" else open_engine(settings)


def _application(settings: Settings, engine: Store, lexicon: Lexicon) -> ASGIApp:
    """The application of a process: the API and the pages."""
    from indexer.doctor import diagnose
    from search_api.app import create_app
    from vivier.given.queue import queue_of
    from vivier.given.rounds import rounds_of
    from vivier.given.shelf import registry_of, studies_of
    from vivier.mail.office import office_of
    from vivier.mail.sender import Sender
    from vivier.operation.watch import Watch

    office, store = office_of(settings), _own(settings, engine)
    return create_app(
        store,
        lexicon,
        today=_clock(store),
        dossiers=registry_of(settings),
        rounds=rounds_of(settings),
        queue=queue_of(settings),
        review_token=settings.review_token,
        mail=office,
        sender=None if office is None else Sender(office, date.today, time.time),
        studies=studies_of(settings),
        watch=Watch(settings, partial(diagnose, settings)),
        public_url=settings.public_url,
        operator=settings.operator,
        tiles=settings.tiles,
        settings=settings,
    )


@contextmanager
def _figures(settings: Settings) -> Iterator[None]:
    """The folder where the processes write their figures, when the operator reads them. The library looks for it as it is loaded."""
    if settings.metrics_port is None:
        yield
        return
    with TemporaryDirectory(prefix="vivier-figures-") as folder:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        yield
