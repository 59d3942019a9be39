"""What the living map asks for after the page: the results by commune, and what it is drawn over. They belong to the pages: the
API has ``/v1/suppliers.geojson``.

What the living map of a search shows: every result of every group, counted by commune, and the place asked.

The page is drawn without it (:mod:`search_api.suppliers.pages.map`); a script asks for it afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from search_api.context import Context, url_items
from search_api.links import SUPPLIERS, link
from search_api.pages.chips import near_name
from search_api.pages.places import place_label
from search_api.pages.render import version
from search_api.pages.state import Elsewhere, Refused, read
from search_api.parameters import NoParameters
from search_api.responses import answered, etag_of, json_response, table_response
from search_api.routing import HTTPException, Request, Response, Routes
from search_api.suppliers.pages.asked import box_asked, shapes_asked
from search_api.suppliers.pages.background import UNIT, communes_of, country, encoded
from search_api.suppliers.pages.map import framing
from search_api.suppliers.pages.seats import Seats, no_seats, seats_where, typed_ids
from vivier.errors import InvalidRequest
from vivier.french import number, plural
from vivier.search.operators import Operator, Search
from vivier.search.snapshot import Snapshot
from vivier.suppliers.farther import pinned
from vivier.suppliers.find import METHOD_VERSIONS
from vivier.suppliers.groups import TITLES, shown
from vivier.suppliers.query import SupplierQuery
from vivier.suppliers.readings import plan_of

POPUP = 5
"""Suppliers named when a mark is opened; the others are a link away."""
_FIELDS = ("name", "kinds")
_FINEST = 0.002
"""Tolerance, in degrees, of the contour of the place asked, as that of the communes."""
_ACROSS = 400
"""Steps in the width of the place asked: a whole région needs no detail of a hundred metres."""


def living(query: SupplierQuery, context: Context) -> dict[str, object]:
    """The body of the map. ``groups``: code, title, total and places (columns ids, names, lon, lat, counts) of each; ``frame``: west, south, east,
    north of the first view; ``asked``: contours of the place, ``centre`` its point, ``name`` its name; ``api``: the search whose
    results a mark names, without its seat; ``left_out``: sentences on what the map does not show.

    Raises ``InvalidRequest``."""
    query = query.changed(page=1, facets=(), sort="relevance", seed=None)
    gazetteer = context.lexicon.gazetteer
    groups = _groups(query, context)
    totals = {code: _total(where, context.snapshot) for code, where in groups.items()}
    drawn = tuple(groups) if query.group else shown(groups, totals["exact"])
    seats = {code: seats_where(groups[code], context) for code in drawn}
    exact, *others = seats.values()
    place = box_asked(query, gazetteer)
    others_first = next((some for some in others if len(some)), no_seats(gazetteer.communes))
    _, frame = framing(exact, others_first, place)
    return {
        "frame": [round(edge, 4) for edge in frame.box],
        "asked": [encoded(_thin(shape)) for shape in shapes_asked(query, gazetteer)],
        "centre": _centre(query, context),
        "name": _name(query, context),
        "groups": [
            {"code": code, "title": TITLES[code], "total": totals[code], "places": _places(some, context)}
            for code, some in seats.items()
            if totals[code]
        ],
        "api": link(SUPPLIERS, query, seat=(), group=(), per_page=POPUP, fields=_FIELDS),
        "left_out": list(_left_out(totals, seats)),
    }


def _groups(query: SupplierQuery, context: Context) -> Mapping[Any, Operator]:
    """The condition of each group that the page shows: those that the query names, else all."""
    plan = pinned(plan_of(query, context.snapshot, context.lexicon, context.today()), context.snapshot)
    if not plan.groups:
        return {"exact": plan.search.where}
    named = query.group or tuple(plan.groups)
    return {code: where for code, where in plan.groups.items() if code in named} or {"exact": plan.search.where}


def _total(where: Operator, snapshot: Snapshot) -> int:
    return snapshot.suppliers.search(Search(where=where, sort=(), limit=0)).total


def _places(seats: Seats, context: Context) -> dict[str, list[Any]]:
    """The communes as columns, which compress better than rows; ``lon`` and ``lat`` in whole thousandths of a degree."""
    ids = typed_ids(context.lexicon.gazetteer)
    return {
        "ids": [ids[row] for row in seats.rows.tolist()],
        "names": seats.names(),
        "lon": np.rint(seats.lon * UNIT).astype(int).tolist(),
        "lat": np.rint(seats.lat * UNIT).astype(int).tolist(),
        "counts": seats.counts.tolist(),
    }


def _thin(shape: Any) -> Any:
    west, south, east, north = shape.bounds
    return shape.simplify(max(_FINEST, max(east - west, north - south) / _ACROSS))


def _centre(query: SupplierQuery, context: Context) -> list[float] | None:
    """The point around which a radius can be asked: that of the circle, else of the only place to serve."""
    point = query.near
    if point is None and len(query.territory) == 1:
        territory, _ = context.lexicon.gazetteer.parse(query.territory[0])
        point = None if territory.kind == "country" else context.lexicon.gazetteer.reference_point(territory.id)
    return None if point is None else [round(float(np.float64(axis)), 5) for axis in point]


def _name(query: SupplierQuery, context: Context) -> str | None:
    """The name of the place asked, when it is one."""
    if query.near is not None:
        return near_name(query.near, context.lexicon)
    return place_label(query.territory[0], context.lexicon.gazetteer) if len(query.territory) == 1 else None


def _left_out(totals: Mapping[Any, int], seats: Mapping[Any, Seats]) -> Iterator[str]:
    """What the list has and the map has not."""
    missing = sum(totals.values()) - sum(some.total for some in seats.values())
    if missing:
        is_one = missing == 1
        yield f"{plural(missing, 'structure')} sans commune connue : {'elle est' if is_one else 'elles sont'} dans la liste, pas sur la carte."
    if any(len(some) for some in seats.values()):
        shown = sum(some.total for some in seats.values())
        yield f"Sur la carte : {number(shown)} {'siège' if shown == 1 else 'sièges'}, chacun au centre de sa commune."


MAP = "/carte/fournisseurs"
"""Path of the results; its parameters are those of the page."""
BACKGROUND = "/carte/fond"
"""Path of the whole country; that of the communes of a département has its code after it."""


def router(context: Context) -> Routes:
    """The routes. They are not part of the API: the OpenAPI document leaves them out."""
    routes = Routes(include_in_schema=False)

    @routes.get(MAP)
    async def results(request: Request) -> Response:
        return await context.run(_results, request, context)

    @routes.get(BACKGROUND)
    def whole(request: Request) -> Response:
        context.parse(request, NoParameters)
        return table_response(request, country(context.lexicon.gazetteer))

    @routes.get(BACKGROUND + "/{departement}")
    def near(request: Request, departement: str) -> Response:
        context.parse(request, NoParameters)
        found = communes_of(departement, context.lexicon.gazetteer)
        if found is None:
            raise HTTPException(404, "Aucun contour de commune pour ce département.")
        return table_response(request, found)

    return routes


def _results(request: Request, context: Context) -> Response:
    query = _query(request, context)
    day = (query.as_of or context.today()).isoformat()
    generation = context.generation()
    etag = etag_of("map", version(), generation.version, str(METHOD_VERSIONS), day, query.model_dump_json())
    return answered(request, etag, context.answers, lambda: json_response(living(query, context), etag))


def _query(request: Request, context: Context) -> SupplierQuery:
    """The search of a page, from its parameters. Raises ``InvalidRequest`` for those that the page would refuse or redirect."""
    state = read(url_items(request), context.lexicon)
    if isinstance(state, Refused):
        raise InvalidRequest(state.errors)
    if isinstance(state, Elsewhere):
        raise HTTPException(400, f"Cette recherche est à l'adresse {state.url}.")
    query: SupplierQuery = state.query
    return query
