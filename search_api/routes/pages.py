"""The pages: ``/``, ``/fournisseurs``, ``/fournisseurs/{id}`` and their static files."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.responses import RedirectResponse

from search_api.context import Context, url_items
from search_api.envelope import all_sources, links
from search_api.links import EXPORTS, GEOJSON, UNPAGED, pairs
from search_api.pages.beyond import beyond_panel
from search_api.pages.cards import cards, groups_shown
from search_api.pages.chips import chips
from search_api.pages.controls import FACETS, form
from search_api.pages.map import results_map
from search_api.pages.pager import pager
from search_api.pages.render import FOREVER, STATIC_PATH, asset_named, page, version
from search_api.pages.state import RESULTS, Asked, Elsewhere, Refused, grouped, read
from search_api.pages.supplier import sheet
from search_api.pages.understood import understood
from search_api.pages.words import left_out, title_of
from search_api.parameters import NoParameters, SheetQuery
from search_api.records import sources_of
from search_api.responses import etag_of, unchanged
from vivier.engine.port import Generation
from vivier.errors import InvalidRequest, NotFound
from vivier.search.query import MAX_DEPTH
from vivier.suppliers.beyond import Beyond, beyond
from vivier.suppliers.find import METHOD_VERSIONS, AnswerGroup, SupplierFound, find, get, groups
from vivier.suppliers.notices import notices
from vivier.suppliers.sources import cards as source_cards
from vivier.suppliers.whole import MAX_ROWS

EXAMPLES = (
    "tonte des pelouses du lycée à Roubaix",
    "nettoyage de vitres dans le Rhône",
    "ESAT blanchisserie en Bretagne",
    "collecte de DEEE à Grenoble",
)
FORMATS = {
    "csv": "CSV",
    "xlsx": "XLSX (tableur)",
    "jsonl": "JSON, une structure par ligne",
    "geojson": "GeoJSON (carte)",
}
"""What a reader calls the files of the API; one that is not named here is offered by its extension."""
_PAGES = ("self", "next", "prev")
"""Links of an answer that are pages of it."""


def router(context: Context) -> APIRouter:
    """The routes. They are not part of the API: the OpenAPI document leaves them out."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    def home(request: Request) -> Response:
        context.parse(request, NoParameters)
        return _home(request, context)

    @routes.get(RESULTS)
    async def results(request: Request) -> Response:
        return await context.run(_results, request, context)

    @routes.get(RESULTS + "/{id}")
    def supplier(request: Request, id: str) -> Response:
        return _supplier(request, id, context)

    @routes.get(STATIC_PATH + "/{name}")
    def static(request: Request, name: str) -> Response:
        context.parse(request, NoParameters)
        asset = asset_named(name)
        if asset is None:
            raise HTTPException(404)
        return Response(asset.content, headers={"Cache-Control": FOREVER}, media_type=asset.media)

    return routes


def _home(request: Request, context: Context) -> Response:
    generation = context.generation()
    etag = etag_of("home", version(), generation.version)
    return unchanged(request, etag) or page("home.html", _home_values(generation), etag=etag)


def _home_values(generation: Generation) -> dict[str, Any]:
    return {"count": generation.documents, "examples": EXAMPLES, "sources": all_sources(generation), "need": ""}


def _results(request: Request, context: Context) -> Response:
    items = url_items(request)
    asked = read(items, context.lexicon)
    if isinstance(asked, Elsewhere):
        return RedirectResponse(asked.url, 303)
    if isinstance(asked, Refused):
        return _refused(asked, context)
    try:
        return _found(request, asked, context)
    except InvalidRequest as error:
        return _refused(Refused(grouped(items), error.errors), context)


def _refused(refused: Refused, context: Context) -> Response:
    """422: every error beside its field, the other inputs kept, no result."""
    shown = form(refused.values, context.lexicon, None, refused.errors, refused.choices)
    values = {
        "form": shown,
        "anchors": shown.anchors,
        "errors": [(error, title_of(error.field)) for error in refused.errors],
        "need": shown.one("need") or shown.one("besoin"),
        "sources": all_sources(context.generation()),
    }
    return page("refused.html", values, status=422)


def _found(request: Request, asked: Asked, context: Context) -> Response:
    generation = context.generation()
    today = context.today()
    as_of = (asked.query.as_of or today).isoformat()
    query = asked.query
    etag = etag_of(
        "results",
        version(),
        generation.version,
        str(METHOD_VERSIONS),
        as_of,
        query.model_dump_json(),
        asked.besoin or "",
    )
    held = unchanged(request, etag)
    if held is not None:
        return held
    found = find(query.model_copy(update={"facets": FACETS}), context.snapshot, context.lexicon, today)
    found = replace(found, plan=replace(found.plan, query=query))  # links lead to the search as asked
    more = beyond(found, context.snapshot, context.lexicon, today)
    answer_groups = groups(found, context.snapshot, context.lexicon)
    return page("results.html", _values(found, asked, more, answer_groups, context), etag=etag)


def _values(
    found: SupplierFound, asked: Asked, more: Beyond | None, answer_groups: tuple[AnswerGroup, ...], context: Context
) -> dict[str, Any]:
    lexicon, query = context.lexicon, asked.query
    reading = understood(asked, lexicon)
    shown = reading.shown if reading is not None else set()
    items = [*pairs(query), *([("besoin", asked.besoin)] if asked.besoin else [])]
    return {
        "found": found,
        "query": query,
        "title": _title(found, asked, context),
        "need": asked.besoin or "",
        "understood": reading,
        "chips": [chip for chip in chips(asked, lexicon) if (chip.name, chip.value) not in shown],
        "cards": cards(found, lexicon),
        "groups": groups_shown(found, answer_groups, asked, lexicon),
        "summary": next((group.sentence for group in answer_groups if group.code == "exact"), None),
        "form": form(grouped(items), lexicon, found.answer.facets),
        "map": results_map(found, asked, context),
        "pager": pager(found.total, asked, MAX_DEPTH),
        "exports": _exports(found),
        "posted": _posted(found),
        "notices": notices(found),
        "left_out": left_out(_left_out(found, answer_groups), "structure"),
        "beyond": beyond_panel(found, more, asked),
        "sources": sources_of((result.record for result in found.results), source_cards(found.generation))
        or all_sources(found.generation),
    }


def _left_out(found: SupplierFound, answer_groups: tuple[AnswerGroup, ...]) -> dict[str, int]:
    """Who is left out for want of a fact; a trade that is not known leaves nobody out when a group says whom to ask."""
    asked = any(group.code == "to_ask" for group in answer_groups)
    return {name: count for name, count in found.unknown_excluded.items() if name != "trade" or not asked}


def _title(found: SupplierFound, asked: Asked, context: Context) -> str:
    """What the page is about, in a few words: the need, else the filters."""
    if asked.besoin:
        return asked.besoin if len(asked.besoin) <= 80 else asked.besoin[:80].rsplit(" ", 1)[0] + "…"
    names = [chip.label for chip in chips(asked, context.lexicon)][:4]
    return ", ".join(names) or "Toutes les structures"


def _exports(found: SupplierFound) -> list[tuple[str, str]]:
    """Every other form of this search that the API offers, whatever they are, then its page as JSON."""
    told = links(found)
    files = [(FORMATS.get(name, name), url) for name, url in told.items() if name not in _PAGES]
    return [(name, url) for name, url in (*files, ("cette page en JSON", told["self"])) if url is not None]


def _posted(found: SupplierFound) -> dict[str, Any] | None:
    """The files whose address would be too long: a form sends the search in its body instead."""
    told = links(found)
    files = {"geojson": GEOJSON, **(EXPORTS if found.total <= MAX_ROWS else {})}
    kept = [(FORMATS.get(name, name), path) for name, path in files.items() if told[name] is None]
    fields = [(name, value) for name, value in pairs(found.plan.query) if name not in UNPAGED]
    return {"files": kept, "fields": fields} if kept else None


def _supplier(request: Request, id_: str, context: Context) -> Response:
    query = context.parse(request, SheetQuery)
    generation = context.generation()
    as_of = query.as_of or context.today()
    record = get(id_, context.snapshot)
    if record is None:
        raise NotFound(f"Aucun fournisseur « {id_[:80]} » dans l'index en service.")
    if record["id"] != id_:
        return RedirectResponse(request.url.path.removesuffix(id_) + record["id"], status_code=308)
    etag = etag_of("sheet", version(), generation.version, as_of.isoformat(), id_)
    held = unchanged(request, etag)
    if held is not None:
        return held
    values = {
        "sheet": sheet(record, as_of, context.lexicon, source_cards(generation)),
        "as_of": as_of,
        "sources": sources_of([record], source_cards(generation)),
        "need": "",
    }
    return page("supplier.html", values, etag=etag)
