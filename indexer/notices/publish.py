"""Notice records in force → a generation of notices, checked, then in service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date
from itertools import islice
from typing import Any, Final

from indexer.current import told_failures
from indexer.gates import check_tally
from indexer.known import known_of_notice
from indexer.notices.document import NoticeDocuments
from indexer.notices.gather import GatheredNotices, notice_runs
from indexer.promotion import promote
from indexer.publish import Progress
from vivier.engine.port import Engine, Generation
from vivier.errors import NotFound, VivierError
from vivier.forked import without_gc
from vivier.lexicon import Lexicon
from vivier.model import PublishedNotice
from vivier.operators import Terms
from vivier.runs import read_statistics
from vivier.settings import Settings
from vivier.text.reader import TextReader, text_analyzers
from vivier.text.vocabulary import WordCounter

_BATCH: Final = 500
REFUSED: Final = ("Aucun avis à indexer : importez d'abord une source d'avis.", "d'avis")


def publish_notices(
    engine: Engine,
    settings: Settings,
    lexicon: Lexicon,
    *,
    accept_drops: bool = False,
    progress: Progress = lambda step, done, expected: None,
) -> Generation:
    """Build the notices' generation from the records in force and put it in service.

    Raises ``NotFound`` when no source of notices was loaded, ``BuildRefused`` when a gate refuses what was built: the live
    generation is then untouched.
    """
    runs = notice_runs(settings.records)
    if not runs:
        raise NotFound("Aucune source d'avis n'est chargée : « vivier import boamp FICHIER ».")
    statistics = [read_statistics(run) for run in runs.values()]
    expected = sum(one.kept for one in statistics)
    meta = {
        "sources": [one.model_dump(mode="json") for one in statistics],
        "failures": told_failures(settings, "notices"),
    }
    with without_gc():
        built = _build(
            engine, GatheredNotices(runs, lexicon.gazetteer, _seen(engine)), lexicon, meta, expected, progress
        )
    try:
        check_tally(engine, "notices", built, REFUSED, accept_drops=accept_drops)
    except VivierError:
        engine.remove("notices", built.name)
        raise
    return promote(engine, built)


def _seen(engine: Engine) -> dict[str, date]:
    """The day each undated notice in service was first read: a new reading does not make it new."""
    try:
        known = engine.scan("notices", Terms("nature", ("project",)))
        return {hit.id: date.fromisoformat(hit.record["seen"]) for hit in known if hit.record.get("seen")}
    except NotFound:
        return {}


def _build(
    engine: Engine,
    notices: Iterable[PublishedNotice],
    lexicon: Lexicon,
    meta: dict[str, Any],
    expected: int,
    progress: Progress,
) -> Generation:
    documents = NoticeDocuments(lexicon)
    reader, analyzers = TextReader(lexicon.analysis), text_analyzers("notices")
    words, tally = WordCounter(lexicon.analysis), Counter[str]()
    with ExitStack() as undo:
        build = engine.build("notices")
        undo.callback(build.abandon)
        for batch in _batches(notices):
            made = [documents.make(notice) for notice in batch]
            analysed = [reader.analysed(document, analyzers) for document in made]
            for document, told in zip(made, analysed, strict=True):
                documents.with_told_trades(document, told["text_title"])
                texts = (document["text_title"], *document["text_more"], *document["text_parties"])
                words.add(texts, (*told["text_title"], *told["text_more"], *told["text_parties"]))
            tally.update(_tally(batch))
            progress("Indexation des avis", build.add(made, analysed), expected)
        built = build.finish({**meta, "tally": dict(sorted(tally.items()))}, words.vocabulary())
        undo.pop_all()
    return built


def _batches(notices: Iterable[PublishedNotice]) -> Iterator[list[PublishedNotice]]:
    waiting = iter(notices)
    while batch := list(islice(waiting, _BATCH)):
        yield batch


def _tally(notices: Iterable[PublishedNotice]) -> Counter[str]:
    """The figures a generation is described and compared by."""
    counts: Counter[str] = Counter()
    for notice in notices:
        counts["notices"] += 1
        counts[f"source:{notice.source}"] += 1
        counts[f"nature:{notice.nature}"] += 1
        counts[f"status:{notice.status or 'none'}"] += 1
        counts["twins"] += notice.twin is not None
        counts.update({f"provision:{one.provision}" for one in notice.evidence})
        counts.update(f"reserved_for:{family}" for family in notice.reserved_for)
        counts.update({f"quality:{issue}" for issue in notice.issues})
        counts.update(known_of_notice(notice))
    return counts
