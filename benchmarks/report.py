"""Tables of figures, in Markdown, ready for docs/performance.md."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any, Generic, NamedTuple, TypeVar

from scripts.docs.markdown import table

T = TypeVar("T")


class Spent(NamedTuple, Generic[T]):
    """What a call gave; its seconds by the clock, and of this process's processor."""

    result: T
    clock: float
    busy: float


def spent(call: Callable[..., T], *arguments: Any) -> Spent[T]:
    """Does a call and measures it."""
    began, worked = time.perf_counter(), time.process_time()
    result = call(*arguments)
    return Spent(result, time.perf_counter() - began, time.process_time() - worked)


def apart(work: Callable[..., T], *arguments: object) -> T:
    """What a function gives in a new process, whose memory is that of this work alone."""
    with ProcessPoolExecutor(
        1, get_context("spawn")
    ) as pool:  # not a Pool: its daemons may have no workers of their own
        return pool.submit(work, *arguments).result()


def processor(*whose: int) -> float:
    """Seconds of processor so far of this process and of its ended children, or of those of ``resource.RUSAGE_…``: less noisy than the clock
    on a shared machine."""
    used = map(resource.getrusage, whose or (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def peak(*whose: int) -> float:
    """Megabytes of memory at most of this process, or of the largest of those of ``resource.RUSAGE_…``."""
    return max(resource.getrusage(who).ru_maxrss for who in whose or (resource.RUSAGE_SELF,)) / 1024


def quantile(times: Sequence[float], q: float) -> float:
    """The ``q`` quantile (0–1) of a list of times."""
    return sorted(times)[min(len(times) - 1, int(q * len(times)))]


def in_ms(times: Sequence[float], **more: str) -> dict[str, str]:
    """The cells of times in seconds."""
    p50, p95 = milliseconds(times)
    return {"p50 ms": p50, "p95 ms": p95, **more}


def milliseconds(times: Sequence[float]) -> tuple[str, str]:
    """Median and 95th percentile of times in seconds, written in ms."""
    return f"{statistics.median(times) * 1e3:.2f}", f"{quantile(times, 0.95) * 1e3:.2f}"


class Report:
    """One table, its columns given by the first row."""

    def __init__(self, name: str, suppliers: int, contracts: int | None = None) -> None:
        self.name, self.suppliers, self.contracts = name, suppliers, contracts
        self.rows: list[dict[str, str]] = []

    def add(self, **cells: str) -> None:
        """Add a row of named cells."""
        self.rows.append(cells)

    def lines(self) -> Iterator[str]:
        """The table with the command that gives it."""
        contracts = "" if self.contracts is None else f" --contracts {self.contracts}"
        yield f"\n### {self.name} — `python -m benchmarks {self.name} --suppliers {self.suppliers}{contracts}`\n"
        columns = list(dict.fromkeys(column for row in self.rows for column in row))
        rows = ([row.get(column, "") for column in columns] for row in self.rows)
        yield table(columns, rows) if columns else "(not measured here)"
