"""Measures exports: whole searches written in every format, in this process, on the embedded engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

import psutil

from benchmarks.corpus import indexed
from benchmarks.homes import opened
from benchmarks.report import Report, spent
from search_api.suppliers.geojson import geojson
from vivier.exports import prepare
from vivier.exports.files import FORMATS, pieces_of
from vivier.lexicon import Lexicon, load_lexicon
from vivier.search.snapshot import Snapshot
from vivier.suppliers.query import parse_query
from vivier.suppliers.reasons import forget_coverage
from vivier.suppliers.whole import MAX_ROWS

CASES: dict[str, dict[str, str]] = {
    "everything": {},
    "région": {"territory": "region:84", "coverage": "any"},
    "France": {"territory": "FR", "coverage": "any"},
    "neutral order": {"sort": "neutral", "seed": "bench"},
}


def embedded(folder: Path, count: int, report: Report) -> None:
    """Measures rows per second and growth of memory while a file is written, by format, then by kind of search (CSV).

    The best of three runs is given: on a shared machine the fastest run is the least disturbed. Coverage is computed again in each.
    """
    lexicon = load_lexicon()
    with opened(indexed(folder, count)) as snapshot:
        for _ in pieces("csv", {"territory": "FR"}, snapshot, lexicon):
            break  # this reads the tables and the index before the measures
        others = (("csv", case) for case in CASES if case != "everything")
        for extension, case in (*((extension, "everything") for extension in FORMATS), *others):
            _row(report, extension, case, snapshot, lexicon)


def pieces(extension: str, parameters: dict[str, str], snapshot: Snapshot, lexicon: Lexicon) -> Iterator[bytes]:
    """The file of a search, in the pieces that are sent."""
    query = parse_query(parameters.items(), lexicon)
    if extension == "geojson":
        return geojson(query, snapshot, lexicon, date.today(), limit=MAX_ROWS)[1]
    return pieces_of(prepare(query, snapshot, lexicon, date.today()), extension)


def _row(report: Report, extension: str, case: str, snapshot: Snapshot, lexicon: Lexicon) -> None:
    total = prepare(parse_query(CASES[case].items(), lexicon), snapshot, lexicon, date.today()).found.total
    runs = []
    for _ in range(3):
        forget_coverage()
        written, seconds, _ = spent(_written, lambda: pieces(extension, CASES[case], snapshot, lexicon))
        runs.append((seconds, *written))
    seconds, size, _ = min(runs)
    report.add(
        format=extension,
        search=case,
        rows=str(total),
        **{"rows/s": f"{total / seconds:.0f}", "MB": f"{size / 1e6:.1f}"},
        **{"RSS growth MB": f"{max(growth for *_, growth in runs):.1f}"},
    )


def _written(file: Callable[[], Iterable[bytes]]) -> tuple[int, float]:
    """Size of the file in bytes, and largest growth of the memory of the process meanwhile (MB)."""
    process = psutil.Process()
    before = highest = _own(process)
    size = 0
    for place, piece in enumerate(file()):
        size += len(piece)
        if place % 50 == 0:
            highest = max(highest, _own(process))
    return size, (highest - before) / 1e6


def _own(process: psutil.Process) -> int:
    """Bytes of memory without mapped files: the records of the index are read through such a file."""
    memory = process.memory_info()
    return int(memory.rss - memory.shared)
