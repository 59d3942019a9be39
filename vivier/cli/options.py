"""Options that verbs share, and the engine that they open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from vivier.check import Check
from vivier.engine import open_engine
from vivier.errors import NotFound
from vivier.search.operators import Collection
from vivier.search.port import Store
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

Home = Annotated[Path | None, typer.Option("--home", help="Dossier de travail (sinon VIVIER_HOME).")]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Port HTTP.")]
Host = Annotated[str, typer.Option("--host", help="Adresse d'écoute.")]
Drops = Annotated[
    bool, typer.Option("--accept-drops", help="Accepter que des lignes ou des fournisseurs disparaissent.")
]
Accepted = Annotated[
    list[str] | None,
    typer.Option("--accept", help="Accepter les valeurs de cette colonne, nommée par le refus (répétable)."),
]
Few = Annotated[
    bool, typer.Option("--accept-few", help="Accepter une lecture partielle, plus courte que la source ne l'est.")
]
Mirror = Annotated[
    str | None, typer.Option("--mirror", help="Tout demander à ce mandataire (proxy) : http://127.0.0.1:8080.")
]
MirrorPace = Annotated[
    float,
    typer.Option(
        "--mirror-pace", min=0, max=1, help="Part du délai des sources gardée avec un mandataire de ce poste."
    ),
]
CollectionOption = Annotated[
    Collection | None,
    typer.Option("--collection", help="Contenu de l'index dont il s'agit."),
]
Json = Annotated[bool, typer.Option("--json", help="Répondre en JSON, pour un autre programme.")]
Words = Annotated[list[str] | None, typer.Argument(help="La même recherche que « vivier search ».")]


@contextmanager
def reading(settings: Settings) -> Iterator[Snapshot]:
    """A snapshot of the generations in service when the verb begins. It is closed at the end."""
    with opened(settings) as engine:
        yield Snapshot(engine)


def today_of(snapshot: Snapshot) -> date:
    """The day on which the data in service live: that of an extract, else that of the calendar."""
    from vivier.suppliers.sources import extract_day

    return extract_day(snapshot.live("suppliers", "contracts", "notices")) or date.today()


@contextmanager
def opened(settings: Settings) -> Iterator[Store]:
    """The store that the settings name. It is closed at the end."""
    with closing(open_engine(settings)) as engine:
        yield engine


def unknown_sources(settings: Settings) -> Iterator[Check]:
    """The sources of ``VIVIER_CRAWL_OFF`` that do not exist."""
    if settings.sources_off:
        from crawlers.registry import source_of

        for name in sorted(settings.sources_off - {"website"}):
            try:
                source_of(name)
            except NotFound as error:
                yield Check("réglages", False, f"VIVIER_CRAWL_OFF : {error}")


def day_of(text: str | None, option: str = "--as-of") -> date:
    """Parses a typed day; today by default. Raises ``InvalidRequest`` naming the ``option``."""
    from vivier.errors import FieldError, InvalidRequest

    try:
        return date.today() if text is None else date.fromisoformat(text)
    except ValueError:
        message = f"Date « {text} » illisible : écrivez-la AAAA-MM-JJ."
        raise InvalidRequest((FieldError(option, "invalid_value", message),)) from None
