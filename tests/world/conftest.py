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
from tests.crawlers.samples import NOW
from tests.house.walk import ROOT
from tests.world import Asked, World, served
from tests.world.entry import entries, replica
from tests.world.sources import bilan_ges, marche
from vivier.runs.failures import note_failure
from vivier.settings import Settings

LONGEST_SECONDS = 400
DOWN, RENAMED = "boamp", "bilan_ges"
WAYS = {
    plan.what.type: name
    for name, entry in entries().items()
    if (plan := source_of(name).plan) is not None and not entry.asked_whole
}
"""A source for each way of asking (pages by number, by position, by « next », files of a catalogue…)."""
AGAIN = (DOWN, RENAMED, *WAYS.values())
CATALOGUE = "www.data.gouv.fr/api/1/datasets/finess-structures-1/"
RESOURCE = "www.data.gouv.fr/api/2/datasets/resources/a61ad4c3-5656-480d-b71c-bfc3cc99c9b0/"


@dataclass
class Update:
    """One ``vivier update``: how it ended, its report, and what the world was asked."""

    code: int
    report: dict[str, Any]
    asked: list[tuple[Asked, int]]

    @property
    def states(self) -> dict[str, str]:
        """How the reading of each source ended."""
        return {step["source"]: step["state"] for step in self.report["steps"]}


@dataclass
class Brought:
    """A home brought up from nothing, then a second update: the host of one source is down, another renamed a column."""

    settings: Settings
    first: Update
    second: Update
    agents: set[str]


def vivier(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """``vivier`` in a process of its own, with the key of the Marché and small lists accepted."""
    settings = {"VIVIER_HOME": str(home), "VIVIER_MARCHE_TOKEN": marche.KEY, "VIVIER_ALLOW_FEW": "1"}
    bare = {name: value for name, value in os.environ.items() if not name.startswith("VIVIER_")}
    return subprocess.run(
        [sys.executable, "-c", "from vivier.cli import main; main()", *words],
        env={**bare, **settings, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
    )


def _updated(home: Path, world: World, *names: str) -> Update:
    world.forget()
    done = vivier(home, "update", *names, "--mirror", world.url, "--json")
    assert "Traceback" not in done.stderr, done.stderr
    return Update(done.returncode, json.loads(done.stdout), list(world.asked))


def _due_again(settings: Settings) -> None:
    """These sources failed last night: the next update reads them."""
    for name in AGAIN:
        note_failure(settings.records, source_of(name).card, "essai", NOW)


@pytest.fixture(scope="session")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Brought]:
    """A catalogue asks to wait and a page fails once; then some sources are read again, one for each way of asking."""
    settings = Settings(home=tmp_path_factory.mktemp("monde") / "home")
    world = replica()
    world.faults = {CATALOGUE: [(429, {"Retry-After": "1"})], RESOURCE: [(500, {})]}
    with served(world):
        first = _updated(settings.home, world)
        _due_again(settings)
        world.down = set(hosts_of(DOWN))
        world.pages[bilan_ges.PLACE] = bilan_ges.FILE.replace(b"SIREN principal", b"SIREN du siege")
        yield Brought(settings, first, _updated(settings.home, world, *AGAIN), world.agents)


def hosts_of(name: str) -> tuple[str, ...]:
    """The hosts that the plan of a source names."""
    plan = source_of(name).plan
    return () if plan is None else plan.hosts
