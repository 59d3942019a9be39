"""``/v1/{contracts,notices,projects,leads,buyers,indicators}.{csv,xlsx,jsonl}``: the whole of a list as a file, and all but the
indicators as ``.geojson``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from search_api.context import Context
from search_api.contracts.routes.buyers import BUYERS
from search_api.contracts.routes.contracts import CONTRACTS, NOTICES, PROJECTS, within
from search_api.contracts.routes.indicators import INDICATORS
from search_api.contracts.routes.leads import LEADS
from search_api.links import UNPAGED
from search_api.openapi import problems
from search_api.parameters import openapi_parameters
from search_api.responses import etag_of, negotiate, streamed, unchanged
from search_api.routing import Request, Response, Routes
from search_api.suppliers.routes.exports import contents
from vivier.contracts.indicators import WITHOUT_MEANING, IndicatorsQuery
from vivier.contracts.leads_query import BuyersQuery, LeadsQuery
from vivier.contracts.query import ContractQuery, NoticeQuery
from vivier.contracts.query_profile import profile_of
from vivier.exports import MEDIA_TYPES, file_name
from vivier.exports.figures import prepare_buyers, prepare_indicators
from vivier.exports.files import pieces_of
from vivier.exports.lists import FILE_NAMES, ListDocument, prepare_leads, prepare_list
from vivier.exports.map_lists import GEOJSON_MEDIA, NO_MAP, geojson_chunks
from vivier.model.base import Model
from vivier.search.operators import Collection

REPRESENTATION: Final = "list-exports-2"
_LISTS: Final[dict[str, tuple[type[Model], str, str]]] = {
    CONTRACTS: (ContractQuery, "contracts", "Tous les marchés d'une recherche"),
    NOTICES: (NoticeQuery, "notices", "Tous les avis d'une recherche"),
    PROJECTS: (NoticeQuery, "notices", "Tous les projets d'achat d'une recherche"),
    LEADS: (LeadsQuery, "leads", "Les mille premières opportunités d'un profil"),
    BUYERS: (BuyersQuery, "buyers", "Tous les acheteurs d'un classement"),
    INDICATORS: (IndicatorsQuery, "indicators", "Tous les groupes d'un indicateur"),
}
_READ: Final[dict[str, tuple[Collection, ...]]] = {
    "contracts": ("contracts",),
    "notices": ("notices",),
    "leads": ("contracts", "notices"),
    "buyers": ("contracts", "buyers"),
    "indicators": ("contracts", "buyers"),
}


def router(context: Context) -> Routes:
    """One route a list and a format."""
    routes = Routes(tags=["exports"])
    for path in _LISTS:
        for extension in _formats(_LISTS[path][1]):
            _route(routes, path, extension, context)
    return routes


def _route(routes: Routes, path: str, extension: str, context: Context) -> None:
    model, of, summary = _LISTS[path]

    @routes.get(
        f"{path}.{extension}",
        name=f"export_{path.rpartition('/')[2]}_{extension}",
        summary=f"{summary}, en {extension.upper()}",
        responses={200: contents(extension, _media(extension)), **problems(404, 406, 422, 503)},
        response_class=Response,
        openapi_extra={
            "parameters": openapi_parameters(model, context.lexicon, WITHOUT_MEANING if of == "indicators" else UNPAGED)
        },
    )
    def export(request: Request) -> Response:
        negotiate(request, _media(extension).partition(";")[0])
        query: Any = context.parse(request, model)
        etag = _etag(request, query, of, context)
        not_modified = unchanged(request, etag)
        if not_modified is not None:
            return not_modified
        document = _document(of, path, query, context)
        name = file_name(extension, document.as_of, FILE_NAMES[of])
        return streamed(request, lambda: _pieces(document, extension), etag, _media(extension), name)


def _formats(of: str) -> tuple[str, ...]:
    return (*MEDIA_TYPES, *(() if of in NO_MAP else ("geojson",)))


def _media(extension: str) -> str:
    return GEOJSON_MEDIA if extension == "geojson" else MEDIA_TYPES[extension]


def _pieces(document: ListDocument, extension: str) -> Iterator[bytes]:
    return geojson_chunks(document) if extension == "geojson" else pieces_of(document, extension)


def _etag(request: Request, query: Any, of: str, context: Context) -> str:
    live = [generation.version for generation in context.snapshot.live(*_READ[of])]
    day = (query.as_of or context.today()).isoformat()
    return etag_of(REPRESENTATION, request.url.path, "|".join(live), day, query.model_dump_json())


def _document(of: str, path: str, query: Any, context: Context) -> ListDocument:
    snapshot, lexicon, today = context.snapshot, context.lexicon, context.today()
    if of == "leads":
        return prepare_leads(query, profile_of(query, snapshot, lexicon, today), snapshot, lexicon, today)
    if of == "buyers":
        return prepare_buyers(query, profile_of(query, snapshot, lexicon, today), snapshot, lexicon, today)
    if of == "indicators":
        return prepare_indicators(query, snapshot, lexicon, today)
    return prepare_list(of, within(path, query), snapshot, lexicon, today)
