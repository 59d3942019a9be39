"""``/v1/life-cycle-cost``, the page ``/cout-global`` and its workbook: offers compared on their life-cycle cost. Nothing is kept."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from search_api.asked import of_api, posted_json
from search_api.context import Context, url_items
from search_api.desk.consultations import XLSX
from search_api.openapi import posted, problems, typed
from search_api.pages.choices import filled, messages_by_field
from search_api.pages.render import page
from search_api.responses import NEVER, table_response
from vivier.desk.method.life_cycle import BORNE, PARTS, costed
from vivier.desk.read.life_cycle import COSTS, MOST_OFFERS, LifeCycleAsked, checked_costs, costs_of
from vivier.desk.tell.life_cycle import CostsBody, costs_body
from vivier.errors import FieldError, InvalidRequest
from vivier.exports.life_cycle_book import life_cycle_workbook

API: Final = "/v1/life-cycle-cost"
PATH: Final = "/cout-global"


@of_api("consultation")
def router(routes: APIRouter, context: Context) -> None:
    """The routes. They need no index."""

    @routes.post(
        API,
        summary="Coût du cycle de vie de plusieurs offres : par poste, total, rang ; une offre incomplète n'est pas classée",
        responses={200: {"model": typed(CostsBody), "description": "Les offres"}, **problems(406, 413, 415, 422)},
        openapi_extra=posted(LifeCycleAsked),
    )
    async def cost(request: Request) -> Response:
        return table_response(request, _body(checked_costs(await posted_json(request, context))))

    @routes.get(PATH, include_in_schema=False)
    def shown(request: Request) -> Response:
        items = filled(url_items(request))
        if not items:
            return _page([], None, ())
        try:
            return _page(items, _body(costs_of(items)), ())
        except InvalidRequest as error:
            return _page(items, None, error.errors)

    @routes.get(PATH + ".xlsx", include_in_schema=False)
    def workbook(request: Request) -> Response:
        content = life_cycle_workbook(_body(costs_of(filled(url_items(request)))))
        headers = {"Content-Disposition": 'attachment; filename="cout-global.xlsx"', "Cache-Control": NEVER}
        return Response(content, headers=headers, media_type=XLSX)


def _body(query: LifeCycleAsked) -> CostsBody:
    comparison = query.comparison()
    return costs_body(costed([offer.offer() for offer in query.offers], comparison), comparison)


def _page(items: list[tuple[str, str]], found: CostsBody | None, errors: tuple[FieldError, ...]) -> Response:
    values = {
        "fields": dict(items),
        "chosen": [value for name, value in items if name == "part"] or list(BORNE),
        "found": found,
        "errors": messages_by_field(errors),
        "parts": PARTS,
        "borne": BORNE,
        "costs": COSTS,
        "offers": range(1, MOST_OFFERS + 1),
        "shown_offers": max(2, *(int(name.rpartition("-")[2]) for name, _ in items if name[-1:].isdecimal()), 2),
        "file": f"{PATH}.xlsx?{urlencode(items)}",
    }
    return page("cost.html", values, status=422 if errors else 200)
