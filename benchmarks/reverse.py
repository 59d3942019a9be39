"""Measures contracts from a file to a generation, then the questions about them."""

from __future__ import annotations

import resource
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, wait
from contextlib import suppress
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from statistics import fmean

import psutil

from benchmarks.contract_files import TIMES, write_json
from benchmarks.corpus import settings_for
from benchmarks.homes import index_contracts, opened
from benchmarks.report import Report, in_ms, peak, processor, spent
from crawlers.run import import_files
from vivier.contracts.find import find_list
from vivier.contracts.indicators import IndicatorsQuery, indicators
from vivier.contracts.leads import find_leads
from vivier.contracts.leads_query import BuyersQuery, LeadsQuery
from vivier.contracts.query import ContractQuery
from vivier.contracts.query_profile import profile_of
from vivier.contracts.ranking import rank_buyers
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
    settings, lexicon = settings_for(folder), load_lexicon()
    built(settings, count * TIMES, report)
    with opened(settings) as snapshot:
        for name, question in QUESTIONS.items():
            answers = [spent(question, snapshot, lexicon) for _ in range(TURNS + WARM_UP)][WARM_UP:]
            busy = fmean(answer.busy for answer in answers) * 1e3
            figures = in_ms([answer.clock for answer in answers]) | {"CPU ms": f"{busy:.1f}"}
            report.add(step=name, contracts=str(answers[-1].result), **figures)


def built(settings: Settings, size: int, report: Report, winners: Sequence[str] = ()) -> None:
    """Writes contracts, then imports and indexes them, each in its own process. ``winners``: SIRETs that win some of them."""
    settings.home.mkdir(parents=True, exist_ok=True)
    path = write_json(settings.home / "made.json", size, winners)
    clocks, all_busy, most = 0.0, 0.0, 0.0
    for name, work in (("import", _import), ("index", _index)):
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            measured = pool.submit(_measured, work, settings, path)
            together = _most_memory(measured)
            clock, busy, own, worker = measured.result()
        clocks, all_busy, most = clocks + clock, all_busy + busy, max(most, together)
        of_one = {"peak RSS MB": f"{own:.0f}", "largest worker MB": f"{worker:.0f}"}
        report.add(step=name, contracts=str(size), **_figures(size, clock, busy, together), **of_one)
    report.add(step="import and index", contracts=str(size), **_figures(size, clocks, all_busy, most))


def _figures(size: int, clock: float, busy: float, together: float) -> dict[str, str]:
    """Cells of a row. ``together``: peak megabytes of all the processes, shared memory counted once (PSS)."""
    return {
        "contracts/s": f"{size / clock:.0f}",
        "CPU µs/contract": f"{busy / size * 1e6:.0f}",
        "all processes MB": f"{together:.0f}",
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
    index_contracts(settings)


def _measured(work: Callable[[Settings, Path], None], settings: Settings, path: Path) -> tuple[float, ...]:
    """Seconds by the clock, seconds of processor (workers included), peak megabytes of this process and of the largest worker."""
    clock = spent(work, settings, path).clock
    return clock, processor(), peak(resource.RUSAGE_SELF), peak(resource.RUSAGE_CHILDREN)


def contracts(**given: str) -> Question:
    """How many contracts these parameters find."""

    def ask(snapshot: Snapshot, lexicon: Lexicon) -> int:
        return find_list(parse_parameters(given.items(), lexicon, ContractQuery), snapshot, lexicon, TODAY).total

    return ask


def buyers(**given: str) -> Question:
    """How many buyers are ranked for these parameters."""

    def ask(snapshot: Snapshot, lexicon: Lexicon) -> int:
        query = parse_parameters(given.items(), lexicon, BuyersQuery)
        return rank_buyers(query, profile_of(query, snapshot, lexicon, TODAY), snapshot, lexicon, TODAY).total

    return ask


def _leads(**given: str) -> Question:
    def ask(snapshot: Snapshot, lexicon: Lexicon) -> int:
        query = parse_parameters(given.items(), lexicon, LeadsQuery)
        return find_leads(query, profile_of(query, snapshot, lexicon, TODAY), snapshot, lexicon, TODAY).total

    return ask


def _shares(**given: str) -> Question:
    def ask(snapshot: Snapshot, lexicon: Lexicon) -> int:
        query = parse_parameters(given.items(), lexicon, IndicatorsQuery)
        return indicators(query, snapshot, lexicon, TODAY).total.social.share.n

    return ask


LISTS: dict[str, dict[str, str]] = {
    "text and facets": {"q": "entretien espaces verts", "facets": FACETS},
    "text, common words": {"q": "fourniture mobilier scolaire"},
    "département, reserved, facets": {"departement": "departement:35", "provision": "reserved", "facets": FACETS},
    "ending within 12 months, facets": {"ending_months": "12", "facets": FACETS},
    "everything, facets": {"facets": FACETS},
}
BUYERS: dict[str, dict[str, str]] = {"buyers, national": {}, "buyers for a profile": ME}
QUESTIONS: dict[str, Question] = {
    **{name: contracts(**given) for name, given in LISTS.items()},
    **{name: buyers(**given) for name, given in BUYERS.items()},
    "leads for a profile": _leads(**ME),
    "leads, national trade": _leads(trade="entretien-espaces-verts", kind="EI"),
    "indicators by year": _shares(by="year"),
    "indicators by département": _shares(by="departement"),
}
