"""Builds a generation of notices from the notice records in force, checks it, and puts it in service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any, Final

from indexer.aside import SetAside, unreadable, without_odd, written_here
from indexer.contracts.inclusive import inclusive_index
from indexer.contracts.names import names_known
from indexer.contracts.notices.chain import key_of
from indexer.contracts.notices.document import NoticeDocuments
from indexer.contracts.notices.gather import GatheredNotices, notice_runs
from indexer.current import lasting_failures
from indexer.gates import check_tally
from indexer.known import known_of_notice
from indexer.promotion import promote
from indexer.publish import Progress
from vivier.errors import EngineUnavailable, NotFound, VivierError
from vivier.forked import without_gc
from vivier.lexicon import Lexicon
from vivier.model import Notice, PublishedNotice
from vivier.runs.records import read_statistics
from vivier.search.operators import Terms
from vivier.search.port import Building, Document, Generation, Store
from vivier.settings import Settings
from vivier.text.reader import AnalysedTexts, TextReader, text_analyzers
from vivier.text.vocabulary import WordCounter

_BATCH: Final = 500
REFUSED: Final = ("Aucun avis à indexer : importez d'abord une source d'avis.", "d'avis")


def publish_notices(
    engine: Store,
    settings: Settings,
    lexicon: Lexicon,
    *,
    accept_drops: bool = False,
    progress: Progress = lambda step, done, expected: None,
) -> Generation:
    """Builds the notices' generation from the records in force and puts it in service.

    Raises ``NotFound`` when no source of notices was loaded, ``BuildRefused`` when a gate refuses what was built: the
    live generation is then untouched.
    """
    runs = notice_runs(settings.records)
    if not runs:
        raise NotFound("Aucune source d'avis n'est chargée : « vivier import boamp FICHIER ».")
    statistics = [read_statistics(run) for run in runs.values()]
    expected = sum(run.rows for run in statistics)
    meta = {
        "sources": [run.model_dump(mode="json") for run in statistics],
        "failures": lasting_failures(settings, "notices"),
    }
    with without_gc():
        left_out = SetAside(accept=accept_drops, ours=written_here(runs))
        gathered = GatheredNotices(
            runs,
            lexicon.gazetteer,
            _seen(engine),
            names_known(settings, inclusive_index(engine).names()),
            lambda source: unreadable(source, left_out, expected),
        )
        built = _build(engine, gathered, lexicon, meta, expected, progress, left_out)
    try:
        check_tally(engine, "notices", built, REFUSED, accept_drops=accept_drops)
    except VivierError:
        engine.remove("notices", built.name)
        raise
    return promote(engine, built)


def _seen(engine: Store) -> dict[str, date]:
    """The day each undated notice in service was first read, so that a new reading does not make it new. A generation of another
    version cannot tell: the first build after an update must not stop there."""
    try:
        known = engine.open("notices").scan(Terms("nature", ("project",)))
        return {hit.id: date.fromisoformat(hit.record["seen"]) for hit in known if hit.record.get("seen")}
    except (NotFound, EngineUnavailable):
        return {}


@dataclass(frozen=True, slots=True)
class _Made:
    """Some published notices, their documents with their texts analysed, and the same in the form of the engine."""

    notices: list[PublishedNotice]
    documents: list[Document]
    words: list[AnalysedTexts]
    part: Any


class _NoticeMaker:
    def __init__(self, gathered: GatheredNotices, lexicon: Lexicon, build: Building) -> None:
        self._gathered, self._build = gathered, build
        self._documents = NoticeDocuments(lexicon)
        self._reader, self._analyzers = TextReader(lexicon.analysis), text_analyzers("notices")

    def __call__(self, notices: Sequence[Notice]) -> _Made:
        published = list(map(self._gathered.published, notices))
        documents = list(map(self._documents.make, published))
        words = [self._reader.analysed(document, self._analyzers) for document in documents]
        for notice, document, analysed in zip(published, documents, words, strict=True):
            self._documents.add_named_trades(document, analysed["text_title"], notice)
        preparation = self._build.preparation()
        preparation.add(documents, words)
        return _Made(published, documents, words, preparation.part())


def _build(
    engine: Store,
    gathered: GatheredNotices,
    lexicon: Lexicon,
    meta: dict[str, Any],
    expected: int,
    progress: Progress,
    left_out: SetAside,
) -> Generation:
    words, tally = WordCounter(lexicon.analysis), Counter[str]()
    with ExitStack() as undo:
        build = engine.build("notices")
        undo.callback(build.abandon)
        maker = _NoticeMaker(gathered, lexicon, build)
        for batch in _batches(gathered):
            made, odd = without_odd(batch, maker, key_of)
            left_out.add(odd, expected)
            for document, analysed in zip(made.documents, made.words, strict=True):
                texts = (document["text_title"], *document["text_more"], *document["text_parties"])
                words.add(texts, (*analysed["text_title"], *analysed["text_more"], *analysed["text_parties"]))
            tally.update(_tally(made.notices))
            progress("Indexation des avis", build.add_part(made.part), expected)
        described = {**meta, "tally": dict(sorted(tally.items())), "set_aside": left_out.summary()}
        built = build.finish(described, words.vocabulary())
        undo.pop_all()
    return built


def _batches(notices: Iterable[Notice]) -> Iterator[list[Notice]]:
    waiting = iter(notices)
    while batch := list(islice(waiting, _BATCH)):
        yield batch


def _tally(notices: Iterable[PublishedNotice]) -> Counter[str]:
    """The counts that describe a generation and by which generations are compared."""
    counts: Counter[str] = Counter()
    for notice in notices:
        counts["notices"] += 1
        counts[f"source:{notice.source}"] += 1
        counts[f"nature:{notice.nature}"] += 1
        counts[f"status:{notice.status or 'none'}"] += 1
        counts["twins"] += notice.twin is not None
        counts.update({f"provision:{item.provision}" for item in notice.evidence})
        counts.update(f"reserved_for:{family}" for family in notice.reserved_for)
        counts.update({f"quality:{issue}" for issue in notice.issues})
        counts.update(known_of_notice(notice))
    return counts
