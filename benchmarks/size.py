"""France on one page: ``python -m benchmarks size --suppliers 6000`` says what machine, disk and night a town, a région and the country need.

Suppliers and contracts are made, imported and built at two sizes, each in a process of its own; what one more costs is the difference, the rest
is fixed. The table is computed from that: nothing of the country is measured here. ``docs/performance.md`` has builds of 200,000 suppliers and of
three million contracts, which bear the straight line out.

Counted: a notice as a contract; raw files weekly for 90 days; records twice (in force, and being read); generations four times (three kept, one
being built). Hours are of one core's work, network left out: sources are asked slowly on purpose.
"""

from __future__ import annotations

import multiprocessing
import resource
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.contract_files import write_json
from benchmarks.corpus import published, records, settings_for
from benchmarks.memory import private
from benchmarks.report import Report
from benchmarks.server import serving
from crawlers.run import import_files
from indexer.contracts.publish import publish_contracts
from vivier.engine import open_engine
from vivier.lexicon import load_lexicon

CONTRACTS_EACH: Final = 5
"""Contracts made for each supplier."""
SMALLER: Final = 3
"""The first size is so many times smaller than the second."""
WEEKS: Final = 13
SIZES: Final = {
    "town": (500, 20_000, 1_000),
    "région": (6_000, 250_000, 4_000),
    "country": (70_000, 3_000_000, 40_000),
}
"""Suppliers, contracts, and notices of 90 days."""


@dataclass(frozen=True)
class Cost:
    """What one size cost. ``seconds``: of processor; ``raw``, ``records``, ``generation``: bytes; ``peak``: MB of the largest process of the
    build."""

    count: int
    seconds: float
    raw: float
    records: float
    generation: float
    peak: float

    @property
    def disk(self) -> float:
        """Bytes on the disk, all copies together."""
        return WEEKS * self.raw + 2 * self.records + 4 * self.generation


@dataclass(frozen=True)
class Line:
    """A straight line through two measures."""

    fixed: float
    each: float

    def at(self, count: int) -> float:
        """Its value for so many."""
        return self.fixed + self.each * count


def line(measures: Sequence[Cost], value: Callable[[Cost], float]) -> Line:
    """The line of a value through two measures. What is fixed is never less than nothing."""
    small, large = measures
    each = max(0.0, (value(large) - value(small)) / (large.count - small.count))
    return Line(max(0.0, value(small) - each * small.count), each)


def computed(folder: Path, count: int, report: Report) -> None:
    """Measures twice, then adds a row for each size of :data:`SIZES`."""
    sizes = (count // SMALLER, count)
    suppliers = [_apart(suppliers_cost, folder / f"s{size}", size) for size in sizes]
    contracts = [_apart(contracts_cost, folder / f"c{size}", size * CONTRACTS_EACH) for size in sizes]
    served = [(size, serving_megabytes(folder / f"s{size}")) for size in sizes]
    memory = line([Cost(size, 0, 0, 0, 0, megabytes) for size, megabytes in served], lambda cost: cost.peak)
    lines = {
        name: (line(suppliers, value), line(contracts, value))
        for name, value in (
            ("disk", lambda cost: cost.disk),
            ("seconds", lambda cost: cost.seconds),
            ("peak", lambda cost: cost.peak),
        )
    }
    for name, (some, bought, notices) in SIZES.items():
        disk, seconds, peak = (
            (of_suppliers.at(some), of_contracts.at(bought + notices))
            for of_suppliers, of_contracts in (lines["disk"], lines["seconds"], lines["peak"])
        )
        report.add(
            size=name,
            suppliers=f"{some:,}",
            contracts=f"{bought:,}",
            **{"a worker MB": f"{memory.at(some):.0f}", "build MB": f"{max(peak):.0f}"},
            **{"disk GB": f"{sum(disk) / 1e9:.1f}", "night, minutes of a core": f"{sum(seconds) / 60:.0f}"},
        )


def suppliers_cost(folder: Path, size: int) -> Cost:
    """Records written and built."""
    settings = settings_for(folder)
    load_lexicon()
    before = _processor()
    records(settings, size)
    published(settings)
    return _cost(folder, size, before)


def contracts_cost(folder: Path, size: int) -> Cost:
    """Contracts imported and built."""
    settings, lexicon = settings_for(folder), load_lexicon()
    folder.mkdir(parents=True)
    path = write_json(folder / "made.json", size, ())
    before = _processor()
    import_files("decp", [path], settings)
    path.unlink()
    with closing(open_engine(settings)) as engine:
        publish_contracts(engine, settings, lexicon)
    return _cost(folder, size, before)


def serving_megabytes(folder: Path) -> float:
    """MB that no other process could share, of a worker that answered."""
    with serving(settings_for(folder)) as server:
        for _ in range(20):
            server.get("/v1/suppliers", {"trade": "entretien-espaces-verts"})
        return private(server.process.pid)


def _cost(folder: Path, size: int, before: float) -> Cost:
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    of = {
        name: float(sum(path.stat().st_size for path in (folder / name).rglob("*") if path.is_file()))
        for name in _PARTS
    }
    return Cost(size, _processor() - before, of["raw"], of["records"], of["generations"], peak)


_PARTS: Final = ("raw", "records", "generations")


def _apart(cost: Callable[[Path, int], Cost], folder: Path, size: int) -> Cost:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(cost, folder, size).result()


def _processor() -> float:
    """Seconds of processor of this process and of its ended children."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)
