"""A home brought up from nothing against the replica: once, for all that is said of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crawlers.registry import source_of
from tests.crawlers.forking import forked
from tests.crawlers.samples import NOW
from tests.house.walk import ROOT
from tests.world import Asked, World, served
from tests.world.entry import PACE, entries, replica
from tests.world.sources import bilan_ges, marche
from vivier.runs.failures import note_failure
from vivier.settings import Settings

LONGEST_SECONDS = 900
DOWN, RENAMED, WELL = "boamp", "bilan_ges", "rfar"
FAULTY = (DOWN, RENAMED, WELL)
AGAIN = tuple(sorted(name for name, entry in entries().items() if not entry.asked_whole))
"""The sources that are asked only whether something changed."""
CATALOGUE = "www.data.gouv.fr/api/1/datasets/finess-structures-1/"
RESOURCE = "www.data.gouv.fr/api/2/datasets/resources/a61ad4c3-5656-480d-b71c-bfc3cc99c9b0/"


@pytest.fixture
def forking() -> Iterator[None]:
    """What crawls is forked, not started from nothing."""
    with forked():
        yield


@dataclass
class Update:
    """One ``vivier update``: how it ended, its report, and what the world was asked."""

    code: int
    report: dict[str, Any]
    asked: list[tuple[Asked, int]]
    too_fast: list[Asked]

    @property
    def states(self) -> dict[str, str]:
        """How the reading of each source ended."""
        return {step["source"]: step["state"] for step in self.report["steps"]}


@dataclass
class Brought:
    """A home brought up from nothing, then a second update where nothing changed, then a third: the host of one source is down, another
    renamed a column."""

    settings: Settings
    first: Update
    second: Update
    third: Update
    agents: set[str]


GENTLE = ("--mirror-pace", str(PACE), "--accept-few")
"""The world is fast, and its lists are short."""


def vivier(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """``vivier`` in a process of its own, with the key of the Marché. What it starts is forked where :func:`forked` holds."""
    settings = {"VIVIER_HOME": str(home), "VIVIER_MARCHE_TOKEN": marche.KEY}
    bare = {name: value for name, value in os.environ.items() if not name.startswith("VIVIER_")}
    return subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.executable = {sys.executable!r}; from vivier.cli import main; main()",
            *words,
        ],
        env={**bare, **settings, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
    )


def _updated(home: Path, world: World, *names: str) -> Update:
    world.forget()
    done = vivier(home, "update", *names, "--mirror", world.url, *GENTLE, "--json")
    assert "Traceback" not in done.stderr, done.stderr
    return Update(done.returncode, json.loads(done.stdout), list(world.asked), list(world.too_fast))


def _due_again(settings: Settings, *names: str) -> None:
    """These sources failed last night: the next update reads them."""
    for name in names:
        note_failure(settings.records, source_of(name).card, "essai", NOW)


@pytest.fixture(scope="session")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Brought]:
    """A catalogue asks to wait and a page fails once; then sources are read again."""
    settings = Settings(home=tmp_path_factory.mktemp("monde") / "home")
    world = replica()
    world.faults = {CATALOGUE: [(429, {"Retry-After": "1"})], RESOURCE: [(500, {})]}
    with served(world), forked():
        first = _updated(settings.home, world)
        _due_again(settings, *AGAIN)
        second = _updated(settings.home, world, *AGAIN)
        _due_again(settings, *FAULTY)
        world.down = set(hosts_of(DOWN))
        world.pages[bilan_ges.PLACE] = bilan_ges.FILE.replace(b"SIREN principal", b"SIREN du siege")
        yield Brought(settings, first, second, _updated(settings.home, world, *FAULTY), world.agents)


def hosts_of(name: str) -> tuple[str, ...]:
    """The hosts that the plan of a source names."""
    plan = source_of(name).plan
    return () if plan is None else plan.hosts
