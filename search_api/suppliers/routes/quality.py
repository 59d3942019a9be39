"""``/qualite``: the page of the quality of the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fastapi import APIRouter, Request, Response

from search_api.asked import of_pages
from search_api.context import Context
from search_api.envelope import all_sources
from search_api.pages.render import page, version
from search_api.parameters import NoParameters
from search_api.responses import etag_of, unchanged
from vivier.law.kinds import KINDS
from vivier.lexicon import Lexicon
from vivier.runs.freshness import NeverLoaded, SourceState, never_loaded, source_states
from vivier.runs.quality import Quality, Section, quality_of, sections
from vivier.runs.quality_lists import Listed, list_sections, live_lists
from vivier.search.port import Generation
from vivier.search.snapshot import Snapshot


@dataclass(frozen=True)
class Matrix:
    """Suppliers by département and kind. Each of ``rows`` has the name, the total, then a count for each of ``kinds`` (``None``:
    none)."""

    kinds: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]
    unknown: int


@dataclass(frozen=True)
class Collected:
    """Another collection in service: its sources and its figures. ``unit``: the name of a row, in French."""

    title: str
    unit: str
    generation: str
    built: datetime
    total: int
    sources: tuple[SourceState, ...]
    never: tuple[NeverLoaded, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Panel:
    """Values of the page. ``sections`` is empty and ``matrix`` is ``None`` when the generation has no figures."""

    generation: str
    built: datetime
    as_of: date
    total: int
    sources: tuple[SourceState, ...]
    never: tuple[NeverLoaded, ...]
    sections: tuple[Section, ...]
    matrix: Matrix | None
    others: tuple[Collected, ...] = ()

    @property
    def failing(self) -> tuple[SourceState | NeverLoaded, ...]:
        """Sources whose last attempt failed."""
        never = (*self.never, *(source for other in self.others for source in other.never))
        return (*(source for source in self._every if source.failing is not None), *never)

    @property
    def drifting(self) -> tuple[SourceState, ...]:
        """Sources whose layout changed."""
        return tuple(source for source in self._every if source.drift)

    @property
    def _every(self) -> tuple[SourceState, ...]:
        return (*self.sources, *(source for other in self.others for source in other.sources))


def panel(generation: Generation, lexicon: Lexicon, today: date, snapshot: Snapshot) -> Panel:
    """The panel of a generation of suppliers and of the other collections in service."""
    quality = quality_of(generation)
    return Panel(
        generation=generation.name,
        built=generation.created_at,
        as_of=today,
        total=generation.documents,
        sources=tuple(source_states(generation, today)),
        never=tuple(never_loaded(generation)),
        sections=() if quality is None else tuple(sections(quality, generation.meta)),
        matrix=None if quality is None else _matrix(quality, lexicon),
        others=tuple(_collected(listed, other, today) for listed, other in live_lists(snapshot)),
    )


def _collected(listed: Listed, generation: Generation, today: date) -> Collected:
    return Collected(
        listed.title,
        listed.unit,
        generation.name,
        generation.created_at,
        generation.documents,
        tuple(source_states(generation, today)),
        tuple(never_loaded(generation)),
        tuple(list_sections(listed, generation)),
    )


def _matrix(quality: Quality, lexicon: Lexicon) -> Matrix:
    kinds = [code for code in (*KINDS, *sorted(quality.kinds.keys() - KINDS.keys())) if code in quality.kinds]
    names = lexicon.departements
    rows = [
        (f"{names.get(id_, id_)} ({id_.partition(':')[2]})" if id_ else "Département inconnu", counts)
        for id_, counts in sorted(quality.departements.items(), key=lambda item: (item[0] == "", item[0]))
    ]
    return Matrix(
        kinds=tuple((code, KINDS[code].name if code in KINDS else code) for code in kinds),
        rows=tuple((name, tuple(counts.get(key) for key in ("total", *kinds))) for name, counts in rows),
        unknown=quality.departements.get("", {}).get("total", 0),
    )


PATH = "/qualite"


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    """The route. It is a page, not part of the API: ``/v1/sources`` gives the same as JSON."""

    @routes.get(PATH)
    def quality(request: Request) -> Response:
        context.parse(request, NoParameters)
        generation, today = context.generation(), context.today()
        lists = [live for _, live in live_lists(context.snapshot)]
        names = "|".join(live.name for live in (generation, *lists))
        etag = etag_of("quality", version(), names, today.isoformat())
        not_modified = unchanged(request, etag)
        if not_modified is not None:
            return not_modified
        values = {
            "panel": panel(generation, context.lexicon, today, context.snapshot),
            "sources": [source for live in (generation, *lists) for source in all_sources(live)],
        }
        return page("quality.html", values, etag=etag)
