"""A home with the demonstration in service: suppliers, contracts and notices, built once a run and handed out as copies."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from functools import partial
from pathlib import Path

from indexer.contracts.notices.publish import publish_notices
from indexer.contracts.publish import publish_contracts
from indexer.demo import write_demo, write_demo_contracts, write_demo_labelled, write_demo_notices
from indexer.publish import publish
from tests.built import copy_of
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon
from vivier.settings import Settings

TODAY = date(2026, 11, 24)
SUPPLIERS, CONTRACTS = 400, 600


def demo_of_today(folder: Path) -> Path:
    """A home whose demonstration is of today, for the verbs, which read the calendar."""
    return demo_home(folder, date.today()).home


def demo_home(folder: Path, today: date = TODAY) -> Settings:
    """The settings of a home whose demonstration is of ``today``."""
    return Settings(home=copy_of(f"demo-home-{today}", partial(build_demo, today), folder))


def build_demo(today: date, folder: Path) -> None:
    """Fills a folder as a home with the demonstration of ``today`` in service."""
    settings, lexicon = Settings(home=folder), load_lexicon()
    write_demo(settings, SUPPLIERS, today=today)
    write_demo_labelled(settings, SUPPLIERS // 2, today=today)
    write_demo_contracts(settings, CONTRACTS, today=today)
    write_demo_notices(settings, today=today)
    with closing(open_engine(settings)) as engine:
        publish(engine, settings, lexicon, sources=["demo", "demo_labels"], skip_judged=True)
        publish_contracts(engine, settings, lexicon)
        publish_notices(engine, settings, lexicon)
