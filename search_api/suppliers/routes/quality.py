"""``/qualite``: the page of the quality of the data."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from search_api.context import Context
from search_api.envelope import all_sources
from search_api.pages.render import page, version
from search_api.parameters import NoParameters
from search_api.responses import etag_of, unchanged
from search_api.suppliers.pages.quality import panel
from vivier.runs.quality_lists import live_lists

PATH = "/qualite"


def router(context: Context) -> APIRouter:
    """The route. It is a page, not part of the API: ``/v1/sources`` gives the same as JSON."""
    routes = APIRouter(include_in_schema=False)

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
            "need": "",
        }
        return page("quality.html", values, etag=etag)

    return routes
