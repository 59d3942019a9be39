"""Prepares the history of the fields of a source: a line and a small drawing each, without any script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vivier.french import long_day, percent
from vivier.runs.filled import FieldHistory, Filled, fields_of

WIDTH: Final = 120
HEIGHT: Final = 28
_EDGE: Final = 3


@dataclass(frozen=True)
class FieldLine:
    """One field. ``line``: the points of its drawing; ``limit``: the height of the share under which the next run is refused; ``last``: its last
    point; ``text``: what the drawing says."""

    name: str
    now: str
    before: str
    limits: str
    least: str
    out: bool
    line: str
    limit: float
    last: tuple[float, float]
    text: str


def field_lines(builds: tuple[Filled, ...]) -> Iterator[FieldLine]:
    """The fields of a source, those out of their limits first."""
    days = [long_day(build.day) for build in builds]
    for field in sorted(fields_of(builds), key=lambda field: (not field.out, field.name)):
        points = [(_x(at, len(builds)), _y(share)) for at, share in enumerate(field.shares) if share is not None]
        known = [share for share in field.shares if share is not None]
        yield FieldLine(
            name=field.name,
            now=_percent(field.shares[-1]),
            before=_percent(field.shares[-2]) if len(builds) > 1 else "",
            limits=f"{percent(field.low)} à {percent(field.high)}"
            if field.low is not None and field.high is not None
            else "",
            least=percent(field.least) if field.least else "",
            out=field.out,
            line=" ".join(f"{x:g},{y:g}" for x, y in points),
            limit=_y(field.least),
            last=points[-1] if points else (0, 0),
            text=_text(field, known, days),
        )


def _text(field: FieldHistory, known: list[float], days: list[str]) -> str:
    if not known:
        return f"{field.name} : aucune ligne"
    return f"{field.name} : de {percent(min(known))} à {percent(max(known))}, du {days[0]} au {days[-1]}"


def _percent(share: float | None) -> str:
    return "aucune ligne" if share is None else percent(share)


def _x(at: int, count: int) -> float:
    return round(_EDGE + at * (WIDTH - 2 * _EDGE) / max(1, count - 1), 1) if count > 1 else WIDTH / 2


def _y(share: float) -> float:
    return round(HEIGHT - _EDGE - share * (HEIGHT - 2 * _EDGE), 1)
