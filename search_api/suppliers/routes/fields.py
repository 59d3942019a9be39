"""``/qualite/champs``: how many rows of a source have each field, build by build."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Request, Response
from pydantic import Field

from search_api.asked import of_pages
from search_api.context import Context
from search_api.envelope import all_sources
from search_api.pages.render import page, version
from search_api.responses import etag_of, unchanged
from search_api.suppliers.routes.sources import builds_of
from vivier.french import long_day, percent
from vivier.model.base import Model
from vivier.runs.filled import FieldHistory, Filled, fields_of
from vivier.runs.freshness import source_states
from vivier.runs.quality_lists import live_lists

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


PATH = "/qualite/champs"


class FieldsQuery(Model):
    """The source to look at; none: the list of sources."""

    source: Annotated[str | None, Field(min_length=1, max_length=80, description="identifiant d'une source")] = None


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    """The route. ``/v1/sources/{id}/fields`` gives the same as JSON."""

    @routes.get(PATH)
    def fields(request: Request) -> Response:
        query = context.parse(request, FieldsQuery)
        every = (context.generation(), *(live for _, live in live_lists(context.snapshot)))
        etag = etag_of("fields", version(), "|".join(live.name for live in every), query.source or "")
        not_modified = unchanged(request, etag)
        if not_modified is not None:
            return not_modified
        builds = () if query.source is None else builds_of(context, query.source)[1]
        states = [state for live in every for state in source_states(live, context.today())]
        values = {
            "states": states,
            "chosen": next((state for state in states if state.id == query.source), None),
            "builds": builds,
            "lines": list(field_lines(builds)) if builds else [],
            "size": (WIDTH, HEIGHT),
            "sources": [source for live in every for source in all_sources(live)],
        }
        return page("fields.html", values, etag=etag)
