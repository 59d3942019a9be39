"""Runs a source from files or from the network: raw bytes are kept first, then records are written, then the run is put
in force or refused."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from crawlers.acceptance import (
    UNCHANGED,
    check_acceptable,
    check_drops,
    check_fields,
    check_keys,
    check_whole,
    compare_keys,
    refuse_values,
)
from crawlers.blocks import read_by_blocks, worth_sharing
from crawlers.gather import gathered, listed
from crawlers.kit import Intake, NotWhole, Source, WrongFile
from crawlers.registry import look_alike, source_of, sources
from crawlers.stream import Pairs, add_to_stream, forget_former
from crawlers.writer import RunWriter, with_changes, with_stream
from vivier.errors import ImportRefused, NotFound
from vivier.forked import WorkerEnded
from vivier.french import day, plural
from vivier.privacy.opposition import Opposition
from vivier.runs.failures import clear_failure, note_failure
from vivier.runs.profile import Finding, findings
from vivier.runs.records import (
    RunDamaged,
    RunStatistics,
    SourceCard,
    current_run,
    put_in_force,
    read_statistics,
)
from vivier.runs.revised import changed
from vivier.settings import Settings

__all__ = ["crawl", "crawl_source", "import_files", "sources"]


class OtherSource(ImportRefused):
    """The file is plainly that of another source: the user made a slip, the source did not fail."""


Progress = Callable[[int, int], None]
"""Called with the number of rows done and the number expected (0 when it is not known)."""


def _silent(done: int, expected: int) -> None:
    """Reports nothing."""


def import_files(
    source_id: str,
    files: Sequence[Path],
    settings: Settings,
    *,
    accept_drops: bool = False,
    progress: Callable[[int], None] | None = None,
    now: datetime | None = None,
    as_of: date | None = None,
    replace: str | None = None,
    card: Mapping[str, object] | None = None,
    accept: Collection[str] = (),
) -> RunStatistics:
    """Import local files of one source as one run and put it in force: it replaces a list, and adds to a stream. In a stream, a
    folder or an archive of several files stands for the files of this source in it.

    The bytes are copied under ``raw/`` first. ``progress`` is called with the number of rows seen so far; ``as_of``: the day of
    the data, where the files say none. ``replace``: the name of the stream, typed by who wants it replaced. ``card``: what these files say otherwise
    than the card of the source. ``accept``: fields whose values may leave their profile.
    Raises :class:`vivier.errors.NotFound` for an unknown source and :class:`vivier.errors.ImportRefused` (a French
    sentence with the fix) when the run is not acceptable: the former run then stays in force and the failure is noted.
    """
    source = source_of(source_id)
    source = dataclasses.replace(source, card=source.card.model_copy(update=card)) if card else source
    if not files:
        raise ImportRefused(f"Aucun fichier donné : « vivier import {source_id} FICHIER… ».")
    started = (now or datetime.now(UTC)).astimezone(UTC)
    if as_of is not None and as_of > started.date():
        raise ImportRefused(f"« --as-of » : le {day(as_of)} n'est pas encore venu ; donnez le jour de la liste.")
    if replace is not None:
        check_replaced(source.card, settings.records, replace)
    with gathered(files, source.recognises) if source.card.memory == "stream" else listed(files) as given:
        run = open_run(source_id, settings, started)
        raw = settings.raw / source_id / run
        with _noted(settings.records, source.card, started):
            try:
                raws = keep_raw(given.files, raw)
                accepted: dict[str, Any] = {
                    "accept_drops": accept_drops,
                    "replace": replace is not None,
                    "accept": accept,
                }
                report = load(source, run, raws, settings, started, progress, as_of=as_of, **accepted)
                return report.model_copy(update={"beside": given.beside})
            except ImportRefused:
                # The user still has the files; nothing of a refused import stays behind but its rejects, if it got that far.
                shutil.rmtree(raw, ignore_errors=True)
                raise


def crawl(source_id: str, settings: Settings, *, progress: Progress = _silent, **options: Any) -> RunStatistics:
    """:func:`crawl_source` by the id of the source. Raises ``NotFound`` for an unknown one."""
    return crawl_source(source_of(source_id), settings, progress=progress, **options)


def crawl_source(
    source: Source,
    settings: Settings,
    *,
    accept_drops: bool = False,
    accept_few: bool = False,
    accept: Collection[str] = (),
    progress: Progress = _silent,
    **options: Any,
) -> RunStatistics:
    """Fetches a source from the network, then reads the files exactly as :func:`import_files` does.

    ``options`` go to the source's own ``fetch``, or to :func:`crawlers.fetch.fetch`: ``mirror`` is a proxy asked for
    every host. ``accept_few``: fewer rows than the source is known to have are accepted. A source named by
    ``VIVIER_CRAWL_OFF`` is not read. A run refused after the fetch leaves its raw files in place, so that
    :func:`import_files` can read them again without asking the network.
    """
    source_id = source.card.id
    if source_id in settings.sources_off:
        raise ImportRefused(f"La lecture en ligne de « {source_id} » est arrêtée par VIVIER_CRAWL_OFF.")
    if source.plan is None and source.fetch is None:
        raise ImportRefused(
            f"La source « {source_id} » n'a pas d'adresse stable à interroger : téléchargez son fichier, "
            f"puis « vivier import {source_id} FICHIER »."
        )
    started = datetime.now(UTC)
    run = open_run(source_id, settings, started)
    raw = settings.raw / source_id / run
    with _noted(settings.records, source.card, started):
        try:
            files = _fetched(source, raw, settings, progress, options)
        except ImportRefused:
            _discard(settings.records / source_id / run)
            raise
        least = 1 if accept_few else source.card.minimum_rows
        return load(
            source,
            run,
            files,
            settings,
            started,
            lambda done: progress(done, 0),
            accept_drops=accept_drops,
            accept=accept,
            least=least,
            live=True,
        )


@contextmanager
def _noted(records: Path, card: SourceCard, at: datetime) -> Iterator[None]:
    """Notes that the last attempt of a source failed, or removes that note."""
    try:
        yield
    except OtherSource:
        raise
    except ImportRefused as error:
        note_failure(records, card, error.reason, at)
        raise
    clear_failure(records, card.id)


def _fetched(source: Source, raw: Path, settings: Settings, progress: Progress, options: dict[str, Any]) -> list[Path]:
    from crawlers.fetch import fetch

    if source.fetch is not None:
        return source.fetch(raw, settings, progress=progress, **options)
    assert source.plan is not None
    return fetch(source.plan, raw, settings, source.card.id, progress=lambda done: progress(done, 0), **options)


def open_run(source_id: str, settings: Settings, started: datetime) -> str:
    """Makes the folders of a new run, named after its start in UTC. Two runs of one second get distinct names, even where
    the first failed and left its raw files alone."""
    stamp = started.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    for attempt in range(1000):
        run = stamp if attempt == 0 else f"{stamp}-{attempt}"
        raw = settings.raw / source_id / run
        if raw.exists():
            continue
        try:
            (settings.records / source_id / run).mkdir(parents=True)
        except FileExistsError:
            continue
        raw.mkdir(parents=True, exist_ok=True)
        return run
    raise ImportRefused(f"Trop d'imports de « {source_id} » dans la même seconde.")


def keep_raw(files: Sequence[Path], folder: Path) -> list[Path]:
    """Copies the files as they came. The second of two files of the same name gets its position before its name."""
    copies: list[Path] = []
    for position, path in enumerate(files, start=1):
        target = folder / path.name
        target = target if not target.exists() else folder / f"{position}-{path.name}"
        shutil.copyfile(path, target)
        copies.append(target)
    return copies


def load(
    source: Source,
    run: str,
    files: Sequence[Path],
    settings: Settings,
    started: datetime,
    progress: Callable[[int], None] | None = None,
    *,
    accept_drops: bool = False,
    replace: bool = False,
    least: int = 1,
    live: bool = False,
    as_of: date | None = None,
    accept: Collection[str] = (),
) -> RunStatistics:
    """Read raw files into a run; put it in force when acceptable, with ``least`` rows kept at least. A ``live`` run must be whole, and
    keep the fields of the run in force. Values keep their profile, but for the fields of ``accept``. A stream keeps what it had, unless it is to be
    replaced."""
    folder = settings.records / source.card.id / run
    opposition = Opposition(settings)
    writer = RunWriter(folder, source, opposition, progress)
    try:
        intake = _read_into(writer, source, files, started, opposition, as_of)
    except ImportRefused as error:
        _discard(folder)
        raise _with_hint(error, files, source.card.id) from error
    former = _in_force(settings.records, source.card.id)
    report = writer.statistics(run, intake, files, former)
    # Nothing at all could be used: a file of another source, perhaps, that this one believed it could read.
    if not report.kept and (hint := _other(files, source.card.id)) is not None:
        _discard(folder)
        raise OtherSource(f"« {source.card.id} » : aucune ligne lisible sur {report.seen}.", f"{hint} {UNCHANGED}")
    check_acceptable(report, folder, least)

    def check_values(found: Iterable[Finding]) -> None:
        if not accept_drops:
            refuse_values(report.source.id, [finding for finding in found if finding.field not in accept], former)

    listed = source.card.memory == "state"
    if former is not None and listed:
        keys, pairs = compare_keys(former, settings.records / source.card.id / former.run, folder)
        report = with_changes(report, folder, {"keys": keys})
    if former is not None and not accept_drops:
        if listed:
            if report.keys is not None:
                check_keys(former, report.keys)
            check_drops(former, report)
            check_values(changed(pairs))
        if live:
            check_fields(former, report)
    if live and not accept_drops:
        check_whole(report, files, None if former is None else settings.raw / source.card.id / former.run)
    check_values(findings({} if former is None or replace else former.profile, report.profile, whole=listed or live))
    if source.card.memory == "stream":
        return _added(
            report, former, folder, settings, lambda pairs: check_values(changed(pairs)), live=live, replace=replace
        )
    put_in_force(settings.records, source.card.id, run)
    return report


def _added(
    report: RunStatistics,
    former: RunStatistics | None,
    folder: Path,
    settings: Settings,
    check: Callable[[Pairs], None],
    *,
    live: bool,
    replace: bool,
) -> RunStatistics:
    """Adds a reading to its stream and puts the whole in force. Returns the report of the reading, with that of the stream."""
    card = report.source
    try:
        before = None if replace else current_run(settings.records, card.id)
    except NotFound:
        before = None
    try:
        counts, repeated = add_to_stream(
            folder,
            before,
            card.content,
            read_online=report.started_at.date() if live else None,
            since=settings.stream_since(report.started_at.date()),
            check=check,
        )
    except RunDamaged as error:
        _discard(folder)
        raise ImportRefused(str(error), UNCHANGED) from error
    report = with_stream(report, None if replace else former, counts, repeated, folder)
    put_in_force(settings.records, card.id, report.run)
    forget_former(settings.records / card.id, report.run, None if before is None else before.name)
    return report


def check_replaced(card: SourceCard, records: Path, typed: str) -> None:
    """Refuses to replace a stream unless its name was typed. The refusal says what would go."""
    if card.memory == "state":
        raise ImportRefused(f"« {card.id} » est une liste : chaque import la remplace, sans « --replace ».")
    former = _in_force(records, card.id)
    if typed != card.id:
        known = "rien n'est encore connu" if former is None else f"{plural(former.rows, 'ligne')} s'en iraient"
        raise ImportRefused(
            f"« {card.id} » garde ce qu'elle a lu : {known}.",
            f"Pour tout remplacer : « --replace {card.id} ». Sans cette option, l'import ajoute. {UNCHANGED}",
        )


def _read_into(
    writer: RunWriter,
    source: Source,
    files: Sequence[Path],
    started: datetime,
    opposition: Opposition,
    as_of: date | None,
) -> Intake:
    """Reads the files, by blocks when they are large. Returns what was gathered about them."""

    def intake() -> Intake:
        return Intake(card=source.card, now=started, basis=source.basis, as_of=as_of)

    if worth_sharing(source, files):
        try:
            with suppress(NotWhole), writer:
                read_by_blocks(source, files, gathered := intake(), opposition, writer)
                return gathered
        except WorkerEnded as error:
            raise ImportRefused(str(error)) from error
    with writer:  # which begins its files again
        gathered = intake()
        for draft in source.read(files, gathered):
            writer.put(draft)
    return gathered


def _in_force(records: Path, source_id: str) -> RunStatistics | None:
    """The statistics of the run in force. Damaged ones are compared with nothing, so that the new run repairs them."""
    try:
        return read_statistics(current_run(records, source_id))
    except (NotFound, RunDamaged):
        return None


def _with_hint(error: ImportRefused, files: Sequence[Path], source_id: str) -> ImportRefused:
    hint = _other(files, source_id) if isinstance(error, WrongFile) else None
    if hint is None and isinstance(error, WrongFile):
        return ImportRefused(str(error), f"Aucune autre source ne lit cette présentation. {UNCHANGED}")
    return ImportRefused(str(error), UNCHANGED) if hint is None else OtherSource(str(error), f"{hint} {UNCHANGED}")


def _other(files: Sequence[Path], source_id: str) -> str | None:
    """The source whose layout one of the files has, as the command to type."""
    other = next(filter(None, (look_alike(path, source_id) for path in files)), None)
    return (
        None if other is None else f"Ce fichier ressemble à la source « {other} » : « vivier import {other} FICHIER »."
    )


def _discard(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
