"""``/v1/clauses`` and the page ``/clausier``: clauses proposed for a trade, and wordings seen in notices."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from search_api.asked import Published, of_api
from search_api.context import Context, url_items
from search_api.pages.choices import filled, messages_by_field, trade_options
from search_api.pages.render import page
from search_api.responses import NEVER
from vivier.clausier.query import ClauseQuery, ClausesBody, clauses_body
from vivier.clausier.word import MEDIA_TYPE, clauses_word
from vivier.clausier.wording import WHAT, clauses_text
from vivier.errors import FieldError, InvalidRequest
from vivier.law.articles import ARTICLES, RESERVING
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
            return _page(context, dict(items), _body(context, items), ())
        except InvalidRequest as error:
            return _page(context, dict(items), None, error.errors)

    @routes.get(PATH + ".txt", include_in_schema=False)
    def text(request: Request) -> Response:
        body = _body(context, filled(url_items(request)))
        headers = {"Content-Disposition": 'attachment; filename="clauses.txt"', "Cache-Control": NEVER}
        return Response(clauses_text(body["clauses"]), headers=headers, media_type="text/plain")

    @routes.get(PATH + ".docx", include_in_schema=False)
    def word(request: Request) -> Response:
        body = _body(context, filled(url_items(request)))
        headers = {"Content-Disposition": 'attachment; filename="clauses.docx"', "Cache-Control": NEVER}
        return Response(clauses_word(body["clauses"]), headers=headers, media_type=MEDIA_TYPE)


def _body(context: Context, items: list[tuple[str, str]]) -> ClausesBody:
    query = parse_parameters(items, context.lexicon, ClauseQuery)
    return clauses_body(query, context.snapshot, context.lexicon, context.today())


def _page(
    context: Context, fields: dict[str, str], found: ClausesBody | None, errors: tuple[FieldError, ...]
) -> Response:
    values = {
        "fields": fields,
        "found": found,
        "errors": messages_by_field(errors),
        "trades": trade_options(context.lexicon),
        "articles": [(code, ARTICLES[code].title) for code in RESERVING],
        "asked": urlencode(fields),
        "what": WHAT,
    }
    return page("clausier.html", values, status=422 if errors else 200)
