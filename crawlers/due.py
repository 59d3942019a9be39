"""Says which sources an update has to read, and why: by the cadence of each source and the age of its run in force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from crawlers.kit import Source
from crawlers.registry import sources
from vivier.errors import NotFound
from vivier.runs.failures import Failure, read_failure
from vivier.runs.freshness import cadence_text, days
from vivier.runs.ledger import Step
from vivier.runs.records import RunDamaged, RunStatistics, current_run, read_statistics
from vivier.settings import Settings

SLACK = timedelta(hours=1)
"""Time by which a run may be younger than its cadence: a weekly update that begins ten minutes earlier than the last
one still finds its runs a week old."""


def due(settings: Settings, now: datetime) -> Iterator[Step]:
    """Every source, in the order of their ids: due, fresh, or to be provided by a person."""
    for name, source in sources().items():
        run, damage = _in_force(settings, name)
        step = _step(source, run, damage, read_failure(settings.records, name), now, settings)
        yield step


def read_online(source: Source, settings: Settings) -> bool:
    """Whether an update may read the source by itself. Else a person has to bring its file: the source has no address,
    its host asks for a key that is not given, or the deployment turned it off."""
    if source.card.id in settings.sources_off:
        return False
    if source.plan is None:
        return source.fetch is not None
    plan = source.plan
    return plan.key_setting is None or plan.with_key is not None or getattr(settings, plan.key_setting) is not None


def _in_force(settings: Settings, name: str) -> tuple[RunStatistics | None, str | None]:
    try:
        return read_statistics(current_run(settings.records, name)), None
    except NotFound:
        return None, None
    except RunDamaged as error:
        return None, str(error)


def _step(
    source: Source,
    run: RunStatistics | None,
    damage: str | None,
    failure: Failure | None,
    now: datetime,
    settings: Settings,
) -> Step:
    cadence = source.card.cadence_days
    age = None if run is None else now - run.started_at
    late = age is not None and cadence is not None and age >= timedelta(days=cadence) - SLACK
    step = Step(
        source=source.card.id,
        title=source.card.title,
        state="fresh",
        why=damage or _age(age, cadence),
        age_days=None if age is None else age.days,
        cadence_days=cadence,
        late=late,
        expected=0 if run is None else run.seen,
        run=None if run is None else run.run,
    )
    if not read_online(source, settings):
        return step.model_copy(update={"state": "to_provide", "why": _to_provide(step, failure)})
    if failure is not None:
        return step.model_copy(update={"state": "due", "why": f"{step.why} ; {failure.text()}"})
    return step.model_copy(update={"state": "due" if late or age is None or cadence is None else "fresh"})


def _age(age: timedelta | None, cadence: int | None) -> str:
    read = "jamais lue" if age is None else f"lue il y a {days(age.days)}"
    return f"{read}, {cadence_text(cadence)}"


def _to_provide(step: Step, failure: Failure | None) -> str:
    reason = step.why if failure is None else f"{step.why} ; {failure.text()}"
    return f"{reason}{' : à renouveler' if step.late else ''} (« vivier import {step.source} FICHIER »)"
