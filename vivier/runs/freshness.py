"""Describes each source of a generation: its age against its cadence, what was kept and set aside, what changed, what fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from vivier.engine.port import Generation
from vivier.french import day, plural
from vivier.model.base import Model
from vivier.runs.drift import Drift
from vivier.runs.failures import Failure
from vivier.runs.records import RunStatistics, in_french


class Failing(Model):
    """Since when a source fails and why. Its last good records stay in service meanwhile."""

    since: str
    last: str
    attempts: int
    reason: str
    text: str


class SourceState(Model):
    """A source as loaded in a generation.

    ``age_days`` is that of the data when the source dates them, else that of our copy; ``stale`` compares it with the
    cadence (``null``: not published). ``words``: the French of the codes of ``set_aside``, ``skipped`` and ``issues``.
    """

    id: str
    title: str
    producer: str
    dataset: str
    licence: str
    homepage: str | None
    covers: str
    limits: str
    exhaustive: bool
    kinds: tuple[str, ...]
    cadence_days: int | None
    updated_at: str | None
    fetched_at: str
    age_days: int
    stale: bool | None
    seen: int
    kept: int
    set_aside: dict[str, int]
    skipped: dict[str, int]
    issues: dict[str, int]
    words: dict[str, dict[str, str]]
    columns_unknown: tuple[str, ...]
    drift: tuple[Drift, ...]
    minimum_rows: int
    tolerance: float
    maximum_drop: float
    failing: Failing | None

    @property
    def age_text(self) -> str:
        """« données du 01/11/2026 (23 jours), attendues tous les 7 jours : en retard »."""
        dated = self.updated_at or self.fetched_at
        described = f"{'données du' if self.updated_at else 'lues le'} {day(dated)} ({days(self.age_days)})"
        if self.cadence_days is None:
            return f"{described}, cadence non publiée"
        return f"{described}, attendues tous les {days(self.cadence_days)}{' : en retard' if self.stale else ''}"

    def counted(self, part: str) -> dict[str, int]:
        """Counts of ``set_aside``, ``skipped`` or ``issues`` by French words, the most frequent first."""
        return in_french(part, getattr(self, part), self.words)


class NeverLoaded(Model):
    """A source that failed before it brought anything."""

    id: str
    title: str
    failing: Failing


def source_states(generation: Generation, today: date) -> list[SourceState]:
    """Every source of a generation, in its order."""
    failures = {failure.source.id: failure for failure in _failures(generation)}
    runs = [RunStatistics.model_validate(run) for run in generation.meta.get("sources", ())]
    return [_state(run, failures.get(run.source.id), today) for run in runs]


def never_loaded(generation: Generation) -> list[NeverLoaded]:
    """Sources in failure of which the generation holds nothing."""
    loaded = {run["source"]["id"] for run in generation.meta.get("sources", ())}
    return [
        NeverLoaded(id=failure.source.id, title=failure.source.title, failing=_failing(failure))
        for failure in _failures(generation)
        if failure.source.id not in loaded
    ]


def _failures(generation: Generation) -> Iterator[Failure]:
    yield from (Failure.model_validate(failure) for failure in generation.meta.get("failures", ()))


def _failing(failure: Failure) -> Failing:
    return Failing(
        since=failure.since.isoformat(),
        last=failure.last.isoformat(),
        attempts=failure.attempts,
        reason=failure.reason,
        text=failure.text(),
    )


_CARD = (
    "id",
    "title",
    "producer",
    "dataset",
    "licence",
    "homepage",
    "covers",
    "limits",
    "exhaustive",
    "kinds",
    "cadence_days",
    "minimum_rows",
    "tolerance",
    "maximum_drop",
)
_RUN = ("updated_at", "seen", "kept", "set_aside", "skipped", "issues", "words", "columns_unknown", "drift")


def _state(run: RunStatistics, failure: Failure | None, today: date) -> SourceState:
    data_day = date.fromisoformat(run.updated_at[:10]) if run.updated_at else run.finished_at.date()
    age = max((today - data_day).days, 0)
    cadence = run.source.cadence_days
    return SourceState(
        **{name: getattr(run.source, name) for name in _CARD},
        **{name: getattr(run, name) for name in _RUN},
        fetched_at=run.finished_at.isoformat(),
        age_days=age,
        stale=None if cadence is None else age > cadence,
        failing=None if failure is None else _failing(failure),
    )


def days(count: int) -> str:
    """« 1 jour », « 23 jours »."""
    return plural(count, "jour")
