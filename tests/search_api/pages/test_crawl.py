"""Every page for everybody: the pages of a structure are asked for many structures of each kind, with and without each optional field, and each link
of each page is followed. No answer is an error of ours, no link leads to a page that refuses it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from benchmarks.crawl import addresses, crawl, structures
from search_api.app import create_app
from tests.real_home import real_home
from tests.search_api.pages.demo import demonstration
from vivier.engine import open_engine
from vivier.lexicon import Lexicon
from vivier.search.snapshot import Snapshot

OF_A_KIND = 60
"""Structures of each kind, or label, that the whole crawl asks for."""
QUICK = 3


@contextmanager
def on_demo(folder: Path, lexicon: Lexicon) -> Iterator[tuple[TestClient, Snapshot]]:
    with demonstration(folder, lexicon, keeps=True) as app, closing(open_engine(_settings(folder))) as engine:
        yield TestClient(app, raise_server_exceptions=False, client=("203.0.113.9", 50000)), Snapshot(engine)


@contextmanager
def on_real(folder: Path, lexicon: Lexicon) -> Iterator[tuple[TestClient, Snapshot]]:
    settings = real_home(folder)
    with closing(open_engine(settings)) as engine:
        app = create_app(engine, lexicon, today=lambda: date(2026, 12, 1))
        yield TestClient(app, raise_server_exceptions=False), Snapshot(engine)


def _settings(folder: Path):  # type: ignore[no-untyped-def]
    from tests.search_api.pages.demo import _settings as settings

    return settings(folder)


HOMES = {"demonstration": on_demo, "real lists": on_real}


@pytest.mark.slow
@pytest.mark.parametrize("home", HOMES)
def test_pages_of_a_few_structures_of_each_kind_and_their_links_answer(
    home: str, tmp_path: Path, lexicon: Lexicon
) -> None:
    with HOMES[home](tmp_path / "home", lexicon) as (client, snapshot):
        met = crawl(client, addresses(client, structures(snapshot, QUICK)), 1)
    assert len(met.asked) > 300 and not met.failed, "\n".join(met.failed)


@pytest.mark.long
@pytest.mark.parametrize("home", HOMES)
def test_pages_of_sixty_structures_of_each_kind_and_their_links_answer(
    home: str, tmp_path: Path, lexicon: Lexicon
) -> None:
    with HOMES[home](tmp_path / "home", lexicon) as (client, snapshot):
        met = crawl(client, addresses(client, structures(snapshot, OF_A_KIND)), 6)
    assert len(met.asked) > 1_000 and not met.failed, "\n".join(met.failed)
