"""What an operator must know, whatever asks for it: « vivier doctor », ``/ready``, the page of the operator, the metrics.

What an operator measures of a home: the age of its data, its jobs, its letters, its database. Names and labels are those of Prometheus.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.metadata import version
from math import inf
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from vivier.breakdowns import has_card
from vivier.check import Check, Figure
from vivier.errors import GivenUnavailable, VivierError
from vivier.french import day, plural
from vivier.given.check import disk_check, format_check
from vivier.given.database import database_of
from vivier.given.mail_tables import OUTBOX
from vivier.given.queue import queue_of
from vivier.mail.check import letters_checks
from vivier.operation.jobs import Job, Journal, State, is_late, jobs_of
from vivier.patience import OPTIONAL, patience
from vivier.runs.audit import last_notes
from vivier.runs.context import CARDS, has_context
from vivier.runs.failures import failures, read_failure
from vivier.runs.freshness import age_of, badge_of, cadence_text, dated_text
from vivier.runs.records import current_run, loaded_sources, read_statistics
from vivier.settings import Settings

_LOOK: Final = "Regardez : « vivier sources »"
_BACKUP_DAYS: Final = 7
"""Days from which the last copy is old."""


def quick_checks(settings: Settings, now: datetime) -> Iterator[Check]:
    """Those that cost little and change while a service runs: a broken part is an answer, never an error. ``now``: in UTC."""
    with patience(OPTIONAL):
        yield from format_check(settings)
        yield from letters_checks(settings, now.timestamp())
        yield from job_checks(settings, now)
    yield from (check for check in source_checks(settings, now.date()) if loaded_sources(settings.records))
    yield disk_check(settings)


def request_checks(settings: Settings) -> Iterator[Check]:
    """What people ask about sheets and nobody decided; nothing when nobody ever asked."""
    try:
        queue = queue_of(settings)
        with closing(queue.database):
            if not queue.database.begun:
                return
            count, oldest = queue.count("pending"), queue.waiting(limit=1)
    except GivenUnavailable:  # said of the database, once
        return
    if count:
        since = day(oldest[0].received_on) if oldest else "inconnue"
        words = plural(count, "demande attend", "demandes attendent")
        yield Check("demandes", True, f"{words} une décision, la plus ancienne du {since} : vivier review")


def job_states(settings: Settings) -> dict[Job, State]:
    """The jobs of a service that ran once. Raises ``GivenUnavailable``."""
    database = database_of(settings)
    if not database.begun:
        return {}
    with closing(database):
        states = Journal(database, settings.home).states()
    return {job: states[job.name] for job in jobs_of(settings) if job.name in states}


class LastStates:
    """The states of the jobs as they were last read: a database that is silent changes none of them. ``silences``: reads without answer since."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._states: dict[Job, State] = {}
        self.silences = 0

    def read(self) -> dict[Job, State]:
        """The states now, or those of the last answer."""
        try:
            self._states = job_states(self._settings)
        except VivierError:
            self.silences += 1
        else:
            self.silences = 0
        return self._states


def job_checks(settings: Settings, now: datetime) -> Iterator[Check]:
    """The jobs of « vivier up » that ran once; nothing while the database is silent, which its own check says."""
    for job, state in LastStates(settings).read().items():
        seen = "jamais réussi" if state.succeeded is None else f"réussi le {day(state.succeeded.date())}"
        failed = f" ; dernier essai en échec : {state.reason}" if state.is_failing else ""
        late = is_late(job, state, now)
        known = state.is_failing and has_card(state.reason or "")
        advice = f" : lancez « vivier {' '.join(job.verb)} »" if (state.is_failing or late) and not known else ""
        yield Check(f"travail {job.name}", not (state.is_failing or late), f"{job.title}, {seen}{failed}{advice}")


def backup_check(settings: Settings, now: datetime) -> Iterator[Check]:
    """The last copy, of whichever verb; nothing when nothing was ever given."""
    if not database_of(settings).begun:
        return
    notes = last_notes(settings, 1, "backup")
    if not notes:
        text = "la clé est là, aucune copie encore : lancez « vivier backup »"
        if settings.backup_key is None:
            text = (
                "rien n'est sauvegardé : donnez VIVIER_BACKUP_KEY à « vivier up », ou lancez « vivier backup FICHIER »"
            )
        yield Check("sauvegarde", False, text)
        return
    made = datetime.fromisoformat(notes[0]["at"]).date()
    late = (now.date() - made).days > _BACKUP_DAYS
    text = f"la dernière est du {day(made)}{' : lancez « vivier backup »' if late else ''}"
    yield Check("sauvegarde", not late, text)


def source_checks(settings: Settings, today: date) -> Iterator[Check]:
    """Each source and each context read: how old it is, and whether it fails."""
    names = loaded_sources(settings.records)
    if not names:
        yield Check("sources", False, "aucune source importée : « vivier import SOURCE FICHIER », ou « vivier demo »")
    yield from (_source("source", settings.records, name, today) for name in names)
    contexts = (name for name in CARDS if has_context(settings.context, name))
    yield from (_source("contexte", settings.context, name, today) for name in contexts)
    for name, failure in failures(settings.records).items():
        if name not in names:
            yield Check(f"source {name}", False, f"jamais lue ; {failure.text()} {_LOOK}")


def _source(what: str, folder: Path, name: str, today: date) -> Check:
    title = f"{what} {name}"
    try:
        statistics = read_statistics(current_run(folder, name))
    except VivierError as error:
        return Check(title, False, str(error))
    fetched_at = statistics.finished_at.isoformat()
    age = age_of(statistics.updated_at, fetched_at, today)
    limit = statistics.source.cadence_days
    late = limit is not None and age > 2 * limit
    text = f"{plural(statistics.rows, 'enregistrement')}, {dated_text(statistics.updated_at, fetched_at, age)}"
    text += f", {cadence_text(limit)} : à relire" if late else ""
    badge = badge_of(statistics.updated_at, today) if limit is None else None
    text += f" : {badge}, à renouveler s'il en existe une plus récente" if badge else ""
    text += "".join(f" ; colonne {signal.text()} depuis le {day(signal.since)}" for signal in statistics.drift)
    check = Check(title, not (late or badge), text, old=late or badge is not None)
    failure = read_failure(folder, name)
    if failure is None:
        return check
    return replace(
        check, ok=False, old=False, text=f"{text} ; ces données restent en service : {failure.text()} {_LOOK}"
    )


def utc_now() -> datetime:
    """The present moment, in UTC."""
    return datetime.now(UTC)


def figures(settings: Settings, jobs: LastStates) -> Iterator[Figure]:
    """The figures now. Those of ``jobs`` are the last known; what else cannot be read has no value."""
    now = utc_now()
    ages, cadences = {}, {}
    for name in loaded_sources(settings.records):
        try:
            read = read_statistics(current_run(settings.records, name))
        except VivierError:
            continue
        ages[name] = float(age_of(read.updated_at, read.finished_at.isoformat(), now.date()))
        if read.source.cadence_days is not None:
            cadences[name] = float(read.source.cadence_days)
    yield Figure("vivier_source_age_days", "Age of the data of a source in force.", "source", ages)
    yield Figure("vivier_source_cadence_days", "Days between two publications of a source.", "source", cadences)
    failing = {name: (now - failure.since).total_seconds() for name, failure in failures(settings.records).items()}
    yield Figure("vivier_source_failing_seconds", "Since when a source cannot be read.", "source", failing)
    with patience(OPTIONAL):
        states = jobs.read()
        since = {job.name: state.succeeded for job, state in states.items()}
        done = {name: inf if at is None else (now - at).total_seconds() for name, at in since.items()}
        yield Figure("vivier_job_age_seconds", "Since the last success of a job, infinite without any.", "job", done)
        broken = {job.name: float(state.is_failing) for job, state in states.items()}
        yield Figure("vivier_job_failing", "1 when the last run of a job failed.", "job", broken)
        yield from _of_database(settings, jobs.silences)
    yield Figure("vivier_build_info", "The version that serves.", "version", {version("vivier"): 1.0})


def _of_database(settings: Settings, silences: int) -> Iterator[Figure]:
    database, letters, answers = database_of(settings), {}, 1.0
    if database.begun:
        try:
            with closing(database), database.transaction() as connection:
                counted = sa.select(OUTBOX.c.state, sa.func.count()).group_by(OUTBOX.c.state)
                letters = {state: float(count) for state, count in connection.execute(counted)}
        except VivierError:
            answers = float(silences == 1)  # one silence may be that of a busy machine
    yield Figure("vivier_letters", "Letters kept, by state.", "state", letters)
    yield Figure(
        "vivier_database_up", "1 when the database of what people give answers.", "database", {"given": answers}
    )
