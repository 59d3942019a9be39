"""France on one page: ``python -m benchmarks size --suppliers 6000`` says what machine, disk and night a town, a région and the country need.

Suppliers and contracts are made, imported and built at two sizes, each in a process of its own; what one more costs is the difference, the rest
is fixed. The table is computed from that: nothing of the country is measured here. ``docs/performance.md`` has builds of 200,000 suppliers and of
three million contracts, which bear the straight line out.

Counted: a notice as a contract; raw files weekly for 90 days; records twice (in force, and being read); generations four times (three kept, one
being built). Hours are of one core's work, network left out: sources are asked slowly on purpose.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.contract_files import write_json
from benchmarks.corpus import indexed, settings_for
from benchmarks.homes import index_contracts
from benchmarks.processes import private
from benchmarks.report import Report, apart, peak, processor
from benchmarks.server import serving
from crawlers.run import import_files
from vivier.lexicon import load_lexicon

CONTRACTS_EACH: Final = 5
"""Contracts made for each supplier."""
SMALLER: Final = 3
"""The first size is so many times smaller than the second."""
COPIES: Final = {"raw": 13, "records": 2, "generations": 4}
"""Copies of each folder of a home on the disk."""
SIZES: Final = {"town": (500, 20_000, 1_000), "région": (6_000, 250_000, 4_000), "country": (70_000, 3_000_000, 40_000)}
"""Suppliers, contracts, and notices of 90 days."""


@dataclass(frozen=True)
class Cost:
    """What one size cost. ``seconds``: of processor; ``disk``: bytes, all copies together; ``peak``: MB of the largest process of the build."""

    count: int
    seconds: float
    disk: float
    peak: float


@dataclass(frozen=True)
class Line:
    """A straight line through two measures."""

    fixed: float
    each: float

    def at(self, count: int) -> float:
        """Its value for so many."""
        return self.fixed + self.each * count


def line(counts: Sequence[int], values: Sequence[float]) -> Line:
    """The line of a value measured for two counts. What is fixed is never less than nothing."""
    each = max(0.0, (values[1] - values[0]) / (counts[1] - counts[0]))
    return Line(max(0.0, values[0] - each * counts[0]), each)


def computed(folder: Path, count: int, report: Report) -> None:
    """Measures twice, then adds a row for each size of :data:`SIZES`."""
    sizes = (count // SMALLER, count)
    suppliers = [apart(suppliers_cost, folder / f"s{size}", size) for size in sizes]
    contracts = [apart(contracts_cost, folder / f"c{size}", size * CONTRACTS_EACH) for size in sizes]
    memory = line(sizes, [serving_megabytes(folder / f"s{size}") for size in sizes])

    def at(some: int, bought: int, value: Callable[[Cost], float]) -> tuple[float, float]:
        """A value of so many suppliers, and of so many contracts."""
        of_both = (line([cost.count for cost in costs], [*map(value, costs)]) for costs in (suppliers, contracts))
        return next(of_both).at(some), next(of_both).at(bought)

    for name, (some, bought, notices) in SIZES.items():
        disk, seconds, most = (
            at(some, bought + notices, value)
            for value in (lambda cost: cost.disk, lambda cost: cost.seconds, lambda cost: cost.peak)
        )
        report.add(
            size=name,
            suppliers=f"{some:,}",
            contracts=f"{bought:,}",
            **{"a worker MB": f"{memory.at(some):.0f}", "build MB": f"{max(most):.0f}"},
            **{"disk GB": f"{sum(disk) / 1e9:.1f}", "night, minutes of a core": f"{sum(seconds) / 60:.0f}"},
        )


def suppliers_cost(folder: Path, size: int) -> Cost:
    """Records written and built."""
    load_lexicon()
    before = processor()
    indexed(folder, size)
    return _cost(folder, size, before)


def contracts_cost(folder: Path, size: int) -> Cost:
    """Contracts imported and built."""
    load_lexicon()
    folder.mkdir(parents=True)
    path = write_json(folder / "made.json", size)
    before = processor()
    import_files("decp", [path], settings_for(folder))
    path.unlink()
    index_contracts(settings_for(folder))
    return _cost(folder, size, before)


def serving_megabytes(folder: Path) -> float:
    """MB that no other process could share, of a worker that answered."""
    with serving(settings_for(folder)) as server:
        for _ in range(20):
            server.get("/v1/suppliers", {"trade": "entretien-espaces-verts"})
        return private(server.process.pid)


def _cost(folder: Path, size: int, before: float) -> Cost:
    disk = sum(
        copies * sum(path.stat().st_size for path in (folder / name).rglob("*") if path.is_file())
        for name, copies in COPIES.items()
    )
    return Cost(size, processor() - before, disk, peak(resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
