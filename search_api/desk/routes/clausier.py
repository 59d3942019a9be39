"""``/v1/clauses`` and the page ``/clausier``: clauses proposed for a trade, and wordings seen in notices."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from search_api.asked import Published, of_api
from search_api.context import Context, url_items
from search_api.pages.choices import filled, messages_by_field
from search_api.pages.render import page
from vivier.clausier.query import ClauseQuery, ClausesBody, clauses_body
from vivier.clausier.table import trade_clauses
from vivier.clausier.wording import WHAT
from vivier.errors import FieldError, InvalidRequest
from vivier.identity import fold
from vivier.search.query import parse_parameters

API: Final = "/v1/clauses"
PATH: Final = "/clausier"


@of_api("consultation")
def router(routes: APIRouter, context: Context) -> None:
    Published(
        API,
        ClauseQuery,
        "clauses",
        "Clauses proposées pour un métier, remplies des chiffres du lot, et rédactions lues dans des avis",
        ClausesBody,
        description="Les clauses",
        errors=(406, 422, 503),
    ).table_of(routes, context, lambda query: clauses_body(query, context.snapshot, context.lexicon, context.today()))

    @routes.get(PATH, include_in_schema=False)
    def shown(request: Request) -> Response:
        items = filled(url_items(request))
        if not items:
            return _page(context, {}, None, ())
        try:
            query = parse_parameters(items, context.lexicon, ClauseQuery)
            return _page(
                context, dict(items), clauses_body(query, context.snapshot, context.lexicon, context.today()), ()
            )
        except InvalidRequest as error:
            return _page(context, dict(items), None, error.errors)


def _page(
    context: Context, fields: dict[str, str], found: ClausesBody | None, errors: tuple[FieldError, ...]
) -> Response:
    trades = context.lexicon.trades
    values = {
        "fields": fields,
        "found": found,
        "errors": messages_by_field(errors),
        "templates": sorted(
            ((code, trades.get(code).name) for code in trade_clauses()), key=lambda template: fold(template[1])
        ),
        "what": WHAT,
    }
    return page("clausier.html", values, status=422 if errors else 200)
