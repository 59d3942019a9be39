"""Measures contracts from a file to a generation, then the questions about them."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import closing, suppress
from datetime import date
from pathlib import Path

import psutil

from benchmarks.contract_files import TIMES, write_json
from benchmarks.corpus import settings_for
from benchmarks.report import Report, milliseconds
from crawlers.run import import_files
from indexer.contracts.publish import publish_contracts
from vivier.contracts.find import find_list
from vivier.contracts.indicators import IndicatorsQuery, indicators
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import BuyersQuery, LeadsQuery
from vivier.contracts.query import ContractQuery
from vivier.contracts.query_profile import profile_of
from vivier.contracts.ranking import rank_buyers
from vivier.engine import open_engine
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.query import parse_parameters
from vivier.search.snapshot import Snapshot
from vivier.settings import Settings

TURNS = 40
WARM_UP = 4
TODAY = date(2026, 11, 24)
"""Day of the questions: the generated contracts are notified from January 2024 to June 2026."""
FACETS = "provision,category,division,departement,buyer_category,social"
ME = {"trade": "entretien-espaces-verts", "near": "-1.6778,48.1173", "radius_km": "80", "kind": "EI"}
Question = Callable[[Snapshot, Lexicon], int]


def embedded(folder: Path, count: int, report: Report) -> None:
    """Measures import and index, each in its own process, then each question in turn."""
    settings = settings_for(folder)
    built(settings, count * TIMES, report)
    lexicon = load_lexicon()
    with closing(open_engine(settings)) as engine:
        for name, ask in QUESTIONS.items():
            _ask_in_turn(name, ask, Snapshot(engine), lexicon, report)


def built(settings: Settings, size: int, report: Report, winners: Sequence[str] = ()) -> None:
    """Writes contracts, then imports and indexes them, each in its own process. ``winners``: SIRETs that win some of them."""
    settings.home.mkdir(parents=True, exist_ok=True)
    path = write_json(settings.home / "made.json", size, winners)
    spawn = multiprocessing.get_context("spawn")
    clocks, all_busy, most = 0.0, 0.0, 0.0
    for name, work in (("import", _import), ("index", _index)):
        with ProcessPoolExecutor(1, spawn) as pool:  # not a Pool: its daemons may have no workers of their own
            measured = pool.submit(_measured, work, settings, path)
            together = _most_memory(measured)
            clock, busy, own, worker = measured.result()
        clocks, all_busy, most = clocks + clock, all_busy + busy, max(most, together)
        report.add(step=name, contracts=str(size), **_figures(size, clock, busy, together, own, worker))
    report.add(step="import and index", contracts=str(size), **_figures(size, clocks, all_busy, most))


def _figures(size: int, clock: float, busy: float, together: float, *of_one: float) -> dict[str, str]:
    """Cells of a row. ``together``: peak megabytes of all the processes, shared memory counted once (PSS)."""
    names = ("peak RSS MB", "largest worker MB")
    return {
        "contracts/s": f"{size / clock:.0f}",
        "CPU µs/contract": f"{busy / size * 1e6:.0f}",
        "all processes MB": f"{together:.0f}",
        **{name: f"{value:.0f}" for name, value in zip(names, of_one, strict=False)},
    }


def _most_memory(work: Future[tuple[float, ...]]) -> float:
    """Peak megabytes of the processes of a pool and their children while some work is done, measured twice a second."""
    most = 0
    while not wait([work], timeout=0.5).done:
        for process in psutil.Process().children():
            with suppress(psutil.NoSuchProcess):
                tree = [process, *process.children(recursive=True)]
                most = max(most, sum(member.memory_full_info().pss for member in tree))
    return most / 2**20


def _import(settings: Settings, path: Path) -> None:
    import_files("decp", [path], settings)


def _index(settings: Settings, path: Path) -> None:
    lexicon = load_lexicon()
    with closing(open_engine(settings)) as engine:
        publish_contracts(engine, settings, lexicon)


def _measured(work: Callable[[Settings, Path], None], settings: Settings, path: Path) -> tuple[float, ...]:
    """Seconds by the clock, seconds of processor (workers included), peak megabytes of this process and of the largest worker."""
    started = time.perf_counter()
    work(settings, path)
    clock = time.perf_counter() - started
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    busy = sum(usage.ru_utime + usage.ru_stime for usage in used)
    return clock, busy, *(usage.ru_maxrss / 1024 for usage in used)


def _search(**parameters: str) -> Question:
    def ask(snapshot: Snapshot, lexicon: Lexicon) -> int:
        query = parse_parameters(parameters.items(), lexicon, ContractQuery)
        return find_list(query, snapshot, lexicon, TODAY).total

    return ask


def _buyers(**parameters: str) -> Question:
    def ask(snapshot: Snapshot, lexicon: Lexicon) -> int:
        query = parse_parameters(parameters.items(), lexicon, BuyersQuery)
        return rank_buyers(query, profile_of(query, snapshot, lexicon, TODAY), snapshot, lexicon, TODAY).total

    return ask


def _leads(**parameters: str) -> Question:
    def ask(snapshot: Snapshot, lexicon: Lexicon) -> int:
        query = parse_parameters(parameters.items(), lexicon, LeadsQuery)
        return find_leads(query, profile_of(query, snapshot, lexicon, TODAY), snapshot, lexicon, TODAY).total

    return ask


def _shares(**parameters: str) -> Question:
    def ask(snapshot: Snapshot, lexicon: Lexicon) -> int:
        query = parse_parameters(parameters.items(), lexicon, IndicatorsQuery)
        return indicators(query, snapshot, lexicon, TODAY).total.social.share.n

    return ask


QUESTIONS: dict[str, Question] = {
    "text and facets": _search(q="entretien espaces verts", facets=FACETS),
    "text, common words": _search(q="fourniture mobilier scolaire"),
    "département, reserved, facets": _search(departement="departement:35", provision="reserved", facets=FACETS),
    "ending within 12 months, facets": _search(ending_months="12", facets=FACETS),
    "everything, facets": _search(facets=FACETS),
    "buyers, national": _buyers(),
    "buyers for a profile": _buyers(**ME),
    "leads for a profile": _leads(**ME),
    "leads, national trade": _leads(trade="entretien-espaces-verts", kind="EI"),
    "indicators by year": _shares(by="year"),
    "indicators by département": _shares(by="departement"),
}


def _ask_in_turn(name: str, ask: Question, snapshot: Snapshot, lexicon: Lexicon, report: Report) -> None:
    times: list[float] = []
    total = 0
    started = 0.0
    for turn in range(TURNS + WARM_UP):
        if turn == WARM_UP:
            started = time.process_time()
        begun = time.perf_counter()
        total = ask(snapshot, lexicon)
        if turn >= WARM_UP:
            times.append(time.perf_counter() - begun)
    middle, late = milliseconds(times)
    busy = (time.process_time() - started) / TURNS * 1e3
    report.add(step=name, contracts=str(total), **{"p50 ms": middle, "p95 ms": late, "CPU ms": f"{busy:.1f}"})
