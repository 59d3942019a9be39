"""The service of a journey in a real browser: on invented suppliers, or on the real lists."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.request import urlopen

from indexer.demo import write_demo
from indexer.publish import publish
from search_api.app import create_app
from tests.built import copy_of
from tests.real_home import real_home
from tests.search_api.pages.browser import served
from vivier.engine import open_engine
from vivier.given.shelf import registry_of, studies_of
from vivier.lexicon import Lexicon, load_lexicon
from vivier.settings import Settings

SUPPLIERS: Final = 1_200
TODAY: Final = date(2026, 11, 27)


@contextmanager
def served_on(folder: Path, lexicon: Lexicon, *, real: bool, first: str, keeps: bool = False) -> Iterator[str]:
    """The address of a service on invented suppliers, or on the ``real`` lists. ``first``: the page asked before the reader comes, as the first
    one reads the tables; ``keeps``: whether studies and dossiers are kept."""
    settings = real_home(folder) if real else Settings(home=copy_of("journey", _build, folder))
    with closing(open_engine(settings)) as engine:
        kept: dict[str, Any] = {"dossiers": registry_of(settings), "studies": studies_of(settings)} if keeps else {}
        with served(create_app(engine, lexicon, today=lambda: TODAY, **kept)) as base:
            warmed(base, first)
            yield base


def _build(folder: Path) -> None:
    settings = Settings(home=folder)
    write_demo(settings, SUPPLIERS)
    with closing(open_engine(settings)) as engine:
        publish(engine, settings, load_lexicon(), accept_drops=True, skip_judged=True)


def warmed(base: str, first: str) -> None:
    """Asks for a page, which reads the tables: seconds that are not those of a reader."""
    with urlopen(f"{base}{first}", timeout=60) as answer:
        assert answer.status == 200
