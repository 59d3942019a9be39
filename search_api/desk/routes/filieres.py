"""``/filieres``: how many structures each territory has for a trade."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from search_api.asked import of_pages
from search_api.context import Context, url_items
from search_api.desk.bodies import DEPTH_METHODS, calibration_body
from search_api.desk.pages.filieres import (
    QUANTITIES,
    choices,
    drawing,
    first_lines,
    legend,
    quantity_of,
    sentence,
    sheets_url,
    square,
)
from search_api.desk.routes.desk import DEPTH, generations_of, map_of, title_of_trades
from search_api.envelope import all_sources
from search_api.pages.corrections import plain_errors
from search_api.pages.places import is_typed, place_error, place_label, place_of
from search_api.pages.render import answered, page, version
from search_api.pages.state import RESULTS, address
from search_api.pages.words import title_of
from search_api.responses import etag_of
from vivier.desk.method.depth import OVERLAP
from vivier.desk.method.depth_classes import QUADRANTS
from vivier.desk.read.queries import DepthQuery
from vivier.desk.tell.depth_map import LEVEL_NAMES, OFFERS, DepthMap, Offer
from vivier.errors import FieldError, InvalidRequest
from vivier.french import plural
from vivier.law.labels import LABELS
from vivier.search.port import Generation
from vivier.search.query import parse_parameters
from vivier.search.query_url import url_of
from vivier.suppliers.query import SupplierQuery
from vivier.trades.filieres import FILIERE_NAMES

FILIERES = "/filieres"
LISTED = 110
"""Territories of the table: every département; the file has them all."""
FEW = 40
"""Territories of the table when there are more: the page stays light."""
COMMON = "entretien-espaces-verts"
"""The trade of the map when none is asked: a common one."""
FIELDS = ("filiere", "trade", "offer", "by", "within", "amount", "months")


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    @routes.get(FILIERES)
    async def filieres(request: Request) -> Response:
        return await context.run(_page, request, context)


def _page(request: Request, context: Context) -> Response:
    items = [(name, value) for name, value in url_items(request) if value.strip()]
    items = items or [("trade", COMMON)]
    given = dict(items)
    try:
        query = parse_parameters(list(_placed(items, context)), context.lexicon, DepthQuery)
        return _drawn(request, query, given, context)
    except InvalidRequest as error:
        return page("filieres.html", _values(context, given, error.errors), status=422)


def _placed(items: list[tuple[str, str]], context: Context) -> Iterator[tuple[str, str]]:
    """The parameters, with the names of places replaced by territories. Raises ``InvalidRequest`` for an uncertain name."""
    for name, value in items:
        if name != "within" or is_typed(value):
            yield name, value
            continue
        found = place_of(value, context.lexicon)
        if not found.ids:
            raise InvalidRequest((place_error(name, value, found),))
        yield from ((name, id_) for id_ in found.ids)


def _drawn(request: Request, query: DepthQuery, given: dict[str, str], context: Context) -> Response:
    generations = generations_of(context)
    day = (query.as_of or context.today()).isoformat()
    names = (generation.version for generation in generations)
    etag = etag_of("filieres", version(), str(DEPTH_METHODS), day, *names, query.model_dump_json())
    return answered(request, etag, context.answers, lambda: _made(query, given, etag, generations, context))


def _made(
    query: DepthQuery, given: dict[str, str], etag: str, generations: tuple[Generation, ...], context: Context
) -> Response:
    found = map_of(query, context)
    drawn = drawing(found, context.lexicon.gazetteer)
    values = _values(context, given, ()) | {
        "found": found,
        "title": _title(query, found, context),
        "map": drawn,
        "linked": drawn is not None and any(shape.url for shape in drawn.shapes),
        "sentence": sentence(found),
        "square": square(found),
        "listed": LISTED if len(found.rows) <= LISTED else FEW,
        "calibration": calibration_body(found.observed),
        "empty": sum(not row.depth.count for row in found.rows),
        "to_ask": url_of(RESULTS, SupplierQuery(trade=query.trade)) if query.trade else None,
        "broader": list(_broader(query, context)),
        "quantity": QUANTITIES[quantity_of(found)],
        "legend": list(legend(drawn)),
        "first": first_lines(found),
        "sheets": sheets_url(found),
        "labels": [LABELS[code].name for code in found.labels or ()],
        "other_offer": _other_offer(query),
        "by_mail": _by_mail(query, found),
        "csv": url_of(f"{DEPTH}.csv", query),
        "sources": [source for generation in generations for source in all_sources(generation)],
    }
    return page("filieres.html", values, etag=etag)


def _title(query: DepthQuery, found: DepthMap, context: Context) -> str:
    """The names of the filières when they alone are asked, else of the first trades."""
    if query.filiere and not (query.trade or query.group or query.cpv):
        names = ", ".join(FILIERE_NAMES[code] for code in query.filiere)
        return f"{names} ({plural(len(found.query.trades), 'métier')})"
    return title_of_trades(found, context.lexicon)


def _by_mail(query: DepthQuery, found: DepthMap) -> str | None:
    """The page that follows, by mail, the structures of these trades in this territory; ``None`` when its address would be too long."""
    items = [("trade", code) for code in found.query.trades]
    labels = [("label", code) for code in found.labels or ()]
    return address("/courriel/suppliers", [*items, *labels, *(("territory", place) for place in query.within)])


def _other_offer(query: DepthQuery) -> tuple[str, str]:
    """The name of the supply that the map does not count, and the URL of its map."""
    other: Offer = "environmental" if query.offer == "inclusive" else "inclusive"
    return OFFERS[other], url_of(FILIERES, query.model_copy(update={"offer": other}))


def _broader(query: DepthQuery, context: Context) -> Iterator[tuple[str, str]]:
    """Trades that are broader than those of the query, each with the URL of its map."""
    trades = context.lexicon.trades
    broader = {trade.code: trade.name for code in query.trades(context.lexicon) for trade in trades.ancestors(code)}
    for code, name in broader.items():
        yield name, url_of(FILIERES, query.model_copy(update={"trade": (code,), "cpv": (), "group": (), "filiere": ()}))


def _choices(given: dict[str, str], errors: tuple[FieldError, ...], context: Context) -> Iterator[dict[str, str]]:
    """The places that « within » may mean, each with the URL of its map."""
    ambiguous = next((error for error in errors if error.field == "within" and error.code == "ambiguous_place"), None)
    for id_ in () if ambiguous is None else ambiguous.allowed or ():
        url = f"{FILIERES}?{urlencode(given | {'within': id_})}"
        yield {"url": url, "label": place_label(id_, context.lexicon.gazetteer)}


def _values(context: Context, given: dict[str, str], errors: tuple[FieldError, ...]) -> dict[str, object]:
    by_field: dict[str, list[str]] = {}
    errors = plain_errors(errors, context.lexicon, DepthQuery)
    for error in errors:
        if error.code != "unknown_parameter":  # shown above the form, which has no such field
            by_field.setdefault(error.field if error.field in FIELDS else "trade", []).append(error.message)
    return {
        "found": None,
        "given": {name: given.get(name, "") for name in FIELDS},
        "errors": by_field,
        "places": list(_choices(given, errors, context)),
        "faults": [
            (error.field if error.field in FIELDS else "trade", title_of(error.field, DepthQuery), error)
            for error in errors
        ],
        "choices": choices(context.lexicon),
        "filieres": FILIERE_NAMES,
        "levels": LEVEL_NAMES,
        "offers": OFFERS,
        "quadrants": QUADRANTS,
        "overlap": OVERLAP,
        "sources": all_sources(context.generation()),
    }
