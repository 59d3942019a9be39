"""Measures where the processor's time goes, from a file of contracts to the parts of a generation: one process, step by step."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from benchmarks.contract_files import write_json
from benchmarks.contracts import TIMES
from benchmarks.corpus import settings_for
from benchmarks.report import Report
from crawlers.kit import Intake
from crawlers.registry import source_of
from crawlers.run import import_files
from indexer.contracts.assemble import Assembler
from indexer.contracts.gather import contracts_of, read_records
from indexer.contracts.inclusive import InclusiveIndex
from indexer.contracts.publish import Preparer
from indexer.contracts.shares import Shares
from indexer.contracts.workers import ContractDocuments, Made, buyer_document, buyers_of
from vivier.engine import open_engine
from vivier.forked import without_gc
from vivier.lexicon import Lexicon, load_lexicon
from vivier.model import ContractRecord
from vivier.runs.records import current_run
from vivier.search.port import Document
from vivier.settings import Settings
from vivier.text.reader import AnalysedTexts, TextReader, text_analyzers

T = TypeVar("T")


class _Clock:
    """Adds up the seconds of processor of each step."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)

    def time(self, step: str, work: Callable[[], T]) -> T:
        started = time.process_time()
        result = work()
        self.spent[step] += time.process_time() - started
        return result


def contracts(folder: Path, count: int, report: Report) -> None:
    """Measures each step on ten times ``count`` contracts."""
    settings, size, clock = settings_for(folder), count * TIMES, _Clock()
    settings.home.mkdir(parents=True, exist_ok=True)
    path = write_json(settings.home / "made.json", size)
    with without_gc():
        _imported(path, settings, clock)
        _indexed(settings, size, clock)
    whole = sum(clock.spent.values())
    for step, seconds in clock.spent.items():
        report.add(step=step, **{"µs/contract": f"{seconds / size * 1e6:.1f}", "share": f"{seconds / whole:.0%}"})
    report.add(step="all", **{"µs/contract": f"{whole / size * 1e6:.1f}", "share": "100%"})


def _imported(path: Path, settings: Settings, clock: _Clock) -> None:
    source = source_of("decp")
    intake = Intake(source.card, datetime(2026, 11, 24, tzinfo=UTC))
    read = clock.time("import: read, normalise", lambda: [draft.outcome for draft in source.read([path], intake)])
    records = [one for one in read if isinstance(one, ContractRecord)]
    clock.time("import: write", lambda: [record.json_line() for record in records])
    import_files("decp", [path], settings)


def _indexed(settings: Settings, size: int, clock: _Clock) -> None:
    lexicon, run = load_lexicon(), current_run(settings.records, "decp")
    shares = clock.time("index: share out by buyer, names, winners", lambda: Shares({"decp": run}, size))
    maker = _Maker(lexicon, shares, clock)
    with closing(open_engine(settings)) as engine:
        parts, buyers = engine.build("contracts"), engine.build("buyers")
        preparer = Preparer(parts, buyers, lexicon.analysis)
        for share in range(shares.count):
            made = [maker.made(lines) for lines in shares.batches(share)]
            clock.time("index: count words, prepare the part", partial(preparer, iter(made)))
        parts.abandon()
        buyers.abandon()


class _Maker:
    """The steps of ``ShareMaker.made``, each measured."""

    def __init__(self, lexicon: Lexicon, shares: Shares, clock: _Clock) -> None:
        self._lexicon, self._clock = lexicon, clock
        self._assembler = Assembler(lexicon.gazetteer, InclusiveIndex(()), shares.winners)
        self._documents, self._reader = ContractDocuments(lexicon), TextReader(lexicon.analysis)
        self._of_contracts, self._of_buyers = text_analyzers("contracts"), text_analyzers("buyers")

    def made(self, lines: list[tuple[Path, bytes]]) -> Made:
        time = self._clock.time
        records = time("index: read the records", lambda: list(read_records(lines, [])))
        models = time("index: assemble contracts", lambda: contracts_of(records, self._assembler))
        documents = time("index: make documents", lambda: [self._documents.make(one) for one in models])
        words = time("index: analyse texts", lambda: self._analysed(documents, self._of_contracts))
        time("index: find trades in words", lambda: self._name_trades(documents, words))
        buyers = time("index: buyers", lambda: [buyer_document(one, self._lexicon) for one in buyers_of(models, {})])
        return Made(models, documents, words, buyers, self._analysed(buyers, self._of_buyers))

    def _analysed(self, documents: list[Document], analyzers: Mapping[str, str]) -> list[AnalysedTexts]:
        return [self._reader.analysed(document, analyzers) for document in documents]

    def _name_trades(self, documents: list[Document], words: list[AnalysedTexts]) -> None:
        for document, analysed in zip(documents, words, strict=True):
            self._documents.add_named_trades(document, analysed["text_object"])
