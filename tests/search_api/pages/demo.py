"""The service on a whole demonstration: invented suppliers, buyers, contracts and notices, built as « vivier demo » builds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from indexer.demo import write_demo, write_demo_contracts, write_demo_notices, write_demo_requests
from search_api.app import create_app
from vivier.cli.building import publish
from vivier.dossiers.registry import registry_of
from vivier.dossiers.studies import studies_of
from vivier.engine import open_engine
from vivier.given.queue import queue_of
from vivier.given.rounds import rounds_of
from vivier.lexicon import Lexicon
from vivier.settings import Operator, Settings

DAY = date(2026, 11, 27)
PUBLIC = "https://vivier.example.org"
OPERATOR = Operator("Ville d'essai", "1 place d'Essai", "marches@example.org", "La maire d'essai", "Hébergeur d'essai")


@contextmanager
def demonstration(folder: Path, lexicon: Lexicon, *, keeps: bool = False) -> Iterator[FastAPI]:
    """The application on 300 suppliers, 300 contracts and their notices. ``keeps``: whether it keeps studies, dossiers, rounds and requests
    about sheets."""
    settings = Settings(home=folder)
    write_demo(settings, 300, today=DAY)
    write_demo_contracts(settings, 300, today=DAY)
    write_demo_notices(settings, today=DAY)
    if keeps:
        write_demo_requests(settings, today=DAY)
    publish(settings, sources=["demo"], accept_drops=True, skip_judged=True, today=DAY)
    with closing(open_engine(settings)) as engine:
        kept: dict[str, Any] = (
            {
                "dossiers": registry_of(settings),
                "studies": studies_of(settings),
                "rounds": rounds_of(settings),
                "queue": queue_of(settings),
            }
            if keeps
            else {}
        )
        yield create_app(engine, lexicon, today=lambda: DAY, public_url=PUBLIC, operator=OPERATOR, **kept)
