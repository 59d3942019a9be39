"""How one live source is played: what its hosts answer, and what must be kept of it."""

from __future__ import annotations

import csv
import importlib
import io
import json
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import tests.world.sources
from crawlers.plan import FetchPlan
from crawlers.registry import source_of
from indexer.demo.identifiers import siren, siret
from tests.world.server import Play, Rate, World

PACE = 0.05
"""The world turns twenty times as fast as the real one: so do the delays of its clients (``--mirror-pace``)."""

Told = Mapping[str, object]
"""What a record tells: a path of names and positions (``offers.0.trade``) and its value, as JSON writes it."""


@dataclass(frozen=True)
class Entry:
    """One live source, played with invented rows in the shape that its producer documents.

    ``pages`` are keyed by host and path, ``hosts`` play what depends on the question, ``robots`` gives the robots.txt of a
    host. ``tells``: for each record kept, by its key, every fact that the rows give. ``set_aside``, ``skipped`` and
    ``issues``: counts of the run, by code. ``asked_whole``: the source is not asked again by conditional requests: questions are sent (POST), or
    each site is kept apart.
    """

    tells: Mapping[str, Told]
    pages: Mapping[str, bytes] = field(default_factory=dict)
    hosts: Mapping[str, Play] = field(default_factory=dict)
    robots: Mapping[str, bytes] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    set_aside: Mapping[str, int] = field(default_factory=dict)
    skipped: Mapping[str, int] = field(default_factory=dict)
    issues: Mapping[str, int] = field(default_factory=dict)
    asked_whole: bool = False


def entries() -> dict[str, Entry]:
    """Every entry, by the id of its source: the modules of ``tests/world/sources``."""
    names = sorted(info.name for info in pkgutil.iter_modules(tests.world.sources.__path__))
    return {name: importlib.import_module(f"tests.world.sources.{name}").ENTRY for name in names}


def replica(wanted: Iterable[str] | None = None) -> World:
    """The world as documented, with every source, or those wanted."""
    known = entries()
    from tests.world.registers import PLAYS

    world = World(robots=b"", hosts=dict(PLAYS))
    for name in known if wanted is None else wanted:
        plan = source_of(name).plan
        if plan is not None:
            _keep_rate(world, plan)
        entry = known[name]
        world.pages |= entry.pages
        world.hosts |= entry.hosts
        world.robots_of |= entry.robots
        world.moved |= entry.moved
    return world


def _keep_rate(world: World, plan: FetchPlan) -> None:
    """Its hosts keep the rate of the card, at the pace of the tests; several sources of one host, that of the quickest."""
    for host in (*plan.hosts, *(f"{name}.{host}" for host in plan.hosts for name in ("www", "static", "api"))):
        seconds = plan.delay * PACE
        former = world.rates.get(host)
        world.rates[host] = Rate(seconds if former is None else min(former.seconds, seconds))


def as_json(value: object) -> bytes:
    """A JSON body."""
    return json.dumps(value, ensure_ascii=False).encode()


def as_csv(rows: Sequence[Mapping[str, object]], delimiter: str) -> bytes:
    """A table whose columns are those of the first row."""
    out = io.StringIO()
    table = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    table.writeheader()
    table.writerows(rows)
    return out.getvalue().encode()


__all__ = ["Entry", "as_csv", "as_json", "entries", "replica", "siren", "siret"]
