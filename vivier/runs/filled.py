"""How many records of each source had each field, build by build, with the limits of the next one. A generation carries the history of those
before it, so that it outlives the files of the runs.

The page ``/qualite/champs`` and ``/v1/sources/{id}/fields`` show the same figures: both use this module.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from vivier.model.base import Model
from vivier.runs.drops import COLUMN, HUGE, least_share
from vivier.runs.records import RunStatistics

META: Final = "filled"
"""The member of the meta of a generation that holds the history: by id of source, the oldest first."""
MOST_BUILDS: Final = 40
"""Builds that are remembered of each source."""


class Filled(Model):
    """One run of a source: its day, its records, and how many of them have each field."""

    run: str
    day: date
    records: int
    fields: dict[str, int]


@dataclass(frozen=True)
class FieldHistory:
    """One field of a source. ``shares``: the share of the records that have it in each build, the oldest first, ``None`` for a build without records;
    ``low`` and ``high``: three standard deviations around the build before the last; ``least``: the share of the next build of the same size
    under which it is refused."""

    name: str
    shares: tuple[float | None, ...]
    low: float | None
    high: float | None
    least: float

    @property
    def out(self) -> bool:
        """Whether the last build is beyond what chance explains."""
        last = self.shares[-1]
        return last is not None and self.low is not None and self.high is not None and not self.low <= last <= self.high


def history_with(before: Mapping[str, Any], runs: Iterable[RunStatistics]) -> dict[str, list[dict[str, object]]]:
    """The history of a build: that of the meta of the one before, and its own runs. A source that is no longer built is left out; a run that is
    built again counts once."""
    known: Mapping[str, list[dict[str, object]]] = before.get(META, {})
    return {run.source.id: _with(known.get(run.source.id, []), run) for run in runs}


def _with(former: list[dict[str, object]], run: RunStatistics) -> list[dict[str, object]]:
    fields = {
        name: count for name, count in run.fields.items() if not name.startswith(COLUMN) and not name.endswith(HUGE)
    }
    own = Filled(run=run.run, day=run.finished_at.date(), records=run.kept, fields=fields)
    others = [each for each in former if each["run"] != run.run]
    return [*others, own.model_dump(mode="json")][-MOST_BUILDS:]


def history_of(meta: Mapping[str, Any], source: str) -> tuple[Filled, ...]:
    """The builds of a source that a generation remembers, the oldest first; nothing in one built before they were kept."""
    return tuple(map(Filled.model_validate, meta.get(META, {}).get(source, ())))


def fields_of(builds: tuple[Filled, ...]) -> Iterator[FieldHistory]:
    """Each field that a build had, by name."""
    for name in sorted({name for build in builds for name in build.fields}):
        shares = tuple(_share(build, name) for build in builds)
        low, high = _around(builds[-2], builds[-1], name) if len(builds) > 1 else (None, None)
        count = builds[-1].records
        least = least_share(shares[-1] or 0.0, count, count) if count else 0.0
        yield FieldHistory(name, shares, low, high, least)


def _share(build: Filled, name: str) -> float | None:
    return min(1.0, build.fields.get(name, 0) / build.records) if build.records else None


def _around(before: Filled, after: Filled, name: str) -> tuple[float | None, float | None]:
    """The limits of a share after the build before: three standard deviations of the difference of both."""
    was = _share(before, name)
    if was is None or not after.records:
        return None, None
    wide = 3 * math.sqrt(was * (1 - was) * (1 / before.records + 1 / after.records))
    return max(0.0, was - wide), min(1.0, was + wide)
