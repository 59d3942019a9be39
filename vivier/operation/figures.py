"""What an operator measures of a home: the age of its data, its jobs, its letters, its database. Names and labels are those of Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from importlib.metadata import version

import sqlalchemy as sa

from vivier.check import Figure
from vivier.errors import VivierError
from vivier.given.database import database_of
from vivier.given.mail_tables import OUTBOX
from vivier.operation.checks import job_states, utc_now
from vivier.patience import OPTIONAL, patience
from vivier.runs.failures import failures
from vivier.runs.freshness import age_of
from vivier.runs.records import current_run, loaded_sources, read_statistics
from vivier.settings import Settings


def figures(settings: Settings) -> Iterator[Figure]:
    """The figures now. What cannot be read has no value."""
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
        states = job_states(settings)
        done = {job.name: (now - state.succeeded).total_seconds() for job, state in states.items() if state.succeeded}
        yield Figure("vivier_job_age_seconds", "Since the last success of a job.", "job", done)
        broken = {job.name: float(state.is_failing) for job, state in states.items()}
        yield Figure("vivier_job_failing", "1 when the last run of a job failed.", "job", broken)
        yield from _of_database(settings)
    yield Figure("vivier_build_info", "The version that serves.", "version", {version("vivier"): 1.0})


def _of_database(settings: Settings) -> Iterator[Figure]:
    database, letters, answers = database_of(settings), {}, 1.0
    if database.begun:
        try:
            with closing(database), database.transaction() as connection:
                counted = sa.select(OUTBOX.c.state, sa.func.count()).group_by(OUTBOX.c.state)
                letters = {state: float(count) for state, count in connection.execute(counted)}
        except VivierError:
            answers = 0.0
    yield Figure("vivier_letters", "Letters kept, by state.", "state", letters)
    yield Figure(
        "vivier_database_up", "1 when the database of what people give answers.", "database", {"given": answers}
    )
