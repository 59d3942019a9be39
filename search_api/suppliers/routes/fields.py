"""``/qualite/champs``: how many rows of a source have each field, build by build."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from search_api.context import Context
from search_api.envelope import all_sources
from search_api.pages.render import page, version
from search_api.responses import etag_of, unchanged
from search_api.suppliers.pages.fields import HEIGHT, WIDTH, field_lines
from search_api.suppliers.routes.sources import builds_of
from vivier.model.base import Model
from vivier.runs.freshness import source_states
from vivier.runs.quality_lists import live_lists

PATH = "/qualite/champs"


class FieldsQuery(Model):
    """The source to look at; none: the list of sources."""

    source: Annotated[str | None, Field(min_length=1, max_length=80, description="identifiant d'une source")] = None


def router(context: Context) -> APIRouter:
    """The route. ``/v1/sources/{id}/fields`` gives the same as JSON."""
    routes = APIRouter(include_in_schema=False)

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
            "need": "",
        }
        return page("fields.html", values, etag=etag)

    return routes
