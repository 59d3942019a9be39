"""Describes each source of a generation: its age against its cadence, what was kept and set aside, what changed, what fails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from vivier.french import age, day, plural
from vivier.identity import words_of
from vivier.model.base import Model
from vivier.runs.drift import Drift
from vivier.runs.failures import Failure
from vivier.runs.records import RunStatistics, in_french
from vivier.search.port import Generation

OLD_DAYS: Final = 730
"""Data older than two years are called old when their producer publishes no cadence. A judgement of ours."""


class Failing(Model):
    """Since when a source fails and why. Its last good records stay in service meanwhile."""

    since: str
    last: str
    attempts: int
    reason: str
    text: str


class SourceState(Model):
    """A source as loaded in a generation.

    ``age_days`` is that of the data (``updated_at``), else that of our copy, which the data exceed; ``stale`` compares it with
    the cadence (``null``: not published), or with two years when the data are dated; ``badge`` names an old list by its year.
    ``day_given``: the day is that given at the import of a file that says none. ``words``: the French of the codes of ``set_aside``, ``skipped`` and ``issues``.
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
    day_given: bool
    fetched_at: str
    age_days: int
    stale: bool | None
    badge: str | None
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
        described = dated_text(self.updated_at, self.fetched_at, self.age_days, day_given=self.day_given)
        if self.cadence_days is None:
            return f"{described}, cadence non publiée{f' : {self.badge}' if self.badge else ''}"
        return f"{described}, {_every(self.cadence_days)}{' : en retard' if self.stale else ''}"

    @property
    def state_text(self) -> str:
        """« en retard », « liste de 2019 », « à jour », or what is missing to say it."""
        if self.stale:
            return "en retard" if self.cadence_days is not None else self.badge or "ancienne"
        if self.stale is None:
            return "cadence non publiée"
        return "à jour" if self.updated_at else "date des données inconnue"

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


_CARD = words_of(
    """
    id title producer dataset licence homepage covers limits exhaustive kinds cadence_days minimum_rows tolerance
    maximum_drop
    """
)
_RUN = words_of("updated_at day_given seen kept set_aside skipped issues words columns_unknown drift")


def age_of(updated_at: str | None, fetched_at: str, today: date) -> int:
    """Days since the day of the data (ISO), or since we read them when it is unknown: the data are then at least as old."""
    return max((today - date.fromisoformat((updated_at or fetched_at)[:10])).days, 0)


def is_stale(age: int, updated_at: str | None, cadence: int | None) -> bool | None:
    """Whether data of this age are late for their cadence (days), or old when none is published. ``None``: nothing says it."""
    if cadence is not None:
        return age > cadence
    return True if updated_at is not None and age > OLD_DAYS else None


def badge_of(updated_at: str | None, today: date) -> str | None:
    """« liste de 2019 » for data (ISO day) of more than two years."""
    if updated_at is None or age_of(updated_at, updated_at, today) <= OLD_DAYS:
        return None
    return f"liste de {updated_at[:4]}"


def dated_text(updated_at: str | None, fetched_at: str, days_old: int, *, day_given: bool = False) -> str:
    """« données du 31/07/2019 (7 ans) », « liste du 01/01/2021, jour donné à l'import (5 ans) ». Without a day, the age of our copy says nothing of that of the data."""
    if updated_at is None:
        return f"lues le {day(fetched_at)}, date des données inconnue"
    of = "liste du {}, jour donné à l'import" if day_given else "données du {}"
    return f"{of.format(day(updated_at))} ({age(days_old)})"


def _state(run: RunStatistics, failure: Failure | None, today: date) -> SourceState:
    fetched_at = run.finished_at.isoformat()
    days_old = age_of(run.updated_at, fetched_at, today)
    return SourceState(
        **{name: getattr(run.source, name) for name in _CARD},
        **{name: getattr(run, name) for name in _RUN},
        fetched_at=fetched_at,
        age_days=days_old,
        stale=is_stale(days_old, run.updated_at, run.source.cadence_days),
        badge=badge_of(run.updated_at, today),
        failing=None if failure is None else _failing(failure),
    )


def cadence_text(cadence_days: int | None) -> str:
    """How often a source is expected, for a sentence that speaks of it."""
    if cadence_days is None:
        return "cadence non publiée"
    return _every(cadence_days).replace("attendues", "attendue")


def _every(cadence_days: int) -> str:
    """How often data are expected: « attendues chaque jour », « attendues tous les 7 jours »."""
    return "attendues chaque jour" if cadence_days == 1 else f"attendues tous les {days(cadence_days)}"


def days(count: int) -> str:
    """« 1 jour », « 23 jours »."""
    return plural(count, "jour")
