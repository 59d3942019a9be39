"""``/v1/suppliers.csv``, ``.jsonl``, ``.xlsx``: the whole of a search as a file."""

from __future__ import annotations

from typing import Final

from starlette.concurrency import run_in_threadpool

from search_api.bodies import posted_items
from search_api.caching import etag_of_query
from search_api.context import Context
from search_api.links import EXPORTS, UNPAGED
from search_api.openapi import posted, problems
from search_api.parameters import NoParameters, openapi_parameters
from search_api.responses import negotiate, streamed, unchanged
from search_api.routing import Request, Response, Routes
from vivier.exports import MEDIA_TYPES, file_name, prepare
from vivier.exports.files import pieces_of
from vivier.suppliers.query import SupplierQuery, parse_query

SUMMARIES = {
    "csv": "Tous les fournisseurs d'une recherche, en CSV (UTF-8 avec BOM, « ; »)",
    "xlsx": "Tous les fournisseurs d'une recherche, en XLSX, avec une feuille « Lisez-moi »",
    "jsonl": "Tous les fournisseurs d'une recherche, en JSON, un par ligne",
}


def router(context: Context) -> Routes:
    """One route a format. They run in the thread pool, so that a long export never delays ``/health``."""
    routes = Routes(tags=["exports"])
    for extension, path in EXPORTS.items():
        _route(routes, extension, path, context)
    return routes


def _route(routes: Routes, extension: str, path: str, context: Context) -> None:
    @routes.get(
        path,
        name=f"export_{extension}",
        summary=SUMMARIES[extension],
        responses={200: contents(extension), **problems(406, 422, 503)},
        response_class=Response,
        openapi_extra={"parameters": openapi_parameters(SupplierQuery, context.lexicon, UNPAGED)},
    )
    def export(request: Request) -> Response:
        negotiate(request, bare(extension))
        return _export(request, context.parse(request, SupplierQuery), extension, context)

    @routes.post(
        path,
        name=f"export_{extension}_posted",
        summary=f"{SUMMARIES[extension]} ; paramètres dans le corps (URL trop longue)",
        responses={200: contents(extension), **problems(406, 413, 415, 422, 503)},
        response_class=Response,
        openapi_extra=posted(SupplierQuery, form=True, without=UNPAGED),
    )
    async def export_posted(request: Request) -> Response:
        negotiate(request, bare(extension))
        context.parse(request, NoParameters)
        query = parse_query(await posted_items(request), context.lexicon)
        return await run_in_threadpool(_export, request, query, extension, context)


def _export(request: Request, query: SupplierQuery, extension: str, context: Context) -> Response:
    generation = context.generation()
    etag = etag_of_query(request, query, context, generation, bare(extension))
    not_modified = unchanged(request, etag) if etag is not None else None
    if not_modified is not None:
        return not_modified
    document = prepare(query, context.snapshot, context.lexicon, context.today())
    name = file_name(extension, document.found.plan.as_of)
    return streamed(request, lambda: pieces_of(document, extension), etag, MEDIA_TYPES[extension], name)


def bare(extension: str) -> str:
    """The media type without its parameters."""
    return MEDIA_TYPES[extension].partition(";")[0]


_TEXT: Final = {"type": "string"}
_SCHEMAS: Final[dict[str, dict[str, object]]] = {
    "xlsx": {"type": "string", "format": "binary"},
    "geojson": {"type": "object", "required": ["type", "features"], "properties": {"features": {"type": "array"}}},
    "json": {"type": "object"},
}
"""Schemas of the files that are no text."""


def contents(extension: str, media: str | None = None) -> dict[str, object]:
    """The OpenAPI description of the file. ``media``: its media type, when it is not that of a table."""
    return {
        "description": "Le fichier",
        "content": {media.partition(";")[0] if media else bare(extension): {"schema": _SCHEMAS.get(extension, _TEXT)}},
    }
