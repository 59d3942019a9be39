"""The age of the data in service, said once: how many sources, the newest, the oldest, those without a date."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from vivier.runs.freshness import SourceState, source_states
from vivier.search.port import Generation


@dataclass(frozen=True)
class Dated:
    """A list and the day its data speak of."""

    title: str
    producer: str
    day: date


@dataclass(frozen=True)
class Freshness:
    """The sources of the generations in service. ``newest`` and ``oldest`` are ``None`` when no source has a date; ``old`` counts those
    of more than two years, ``undated`` those whose producer publishes none, ``late`` those behind their own cadence."""

    count: int
    newest: Dated | None
    oldest: Dated | None
    old: int
    undated: int
    late: int


def freshness(generations: Iterable[Generation], today: date) -> Freshness:
    """The age of the data of some generations, on a day."""
    states = [state for generation in generations for state in source_states(generation, today)]
    dated = sorted((_dated(state) for state in states if state.updated_at is not None), key=lambda dated: dated.day)
    return Freshness(
        count=len(states),
        newest=dated[-1] if dated else None,
        oldest=dated[0] if dated else None,
        old=sum(state.badge is not None for state in states),
        undated=len(states) - len(dated),
        late=sum(bool(state.stale) and state.cadence_days is not None for state in states),
    )


def _dated(state: SourceState) -> Dated:
    return Dated(state.title, state.producer, date.fromisoformat((state.updated_at or "")[:10]))
