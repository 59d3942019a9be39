"""``/suivi-heures``: the table where insertion hours are noted month by month, to print or as a workbook. Nothing is kept here."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from search_api.asked import of_pages
from search_api.context import Context, url_items
from search_api.desk.consultations import XLSX
from search_api.pages.choices import filled, messages_by_field
from search_api.pages.render import page
from search_api.responses import NEVER
from vivier.desk.tell.follow_up import MOST_COMPANIES, NOTICE, FollowUpAsked, follow_up_body
from vivier.errors import FieldError, InvalidRequest
from vivier.exports.follow_up_book import follow_up_workbook
from vivier.search.query import parse_parameters

PATH: Final = "/suivi-heures"


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    """The routes. They are pages, not part of the API, and need no index."""

    @routes.get(PATH)
    def shown(request: Request) -> Response:
        items = filled(url_items(request))
        try:
            query = parse_parameters(items, context.lexicon, FollowUpAsked)
            return _page(items, query, ())
        except InvalidRequest as error:
            return _page(items, None, error.errors)

    @routes.get(PATH + ".xlsx")
    def workbook(request: Request) -> Response:
        query = parse_parameters(filled(url_items(request)), context.lexicon, FollowUpAsked)
        headers = {"Content-Disposition": 'attachment; filename="suivi-heures.xlsx"', "Cache-Control": NEVER}
        return Response(follow_up_workbook(follow_up_body(query)), headers=headers, media_type=XLSX)


def _page(items: list[tuple[str, str]], query: FollowUpAsked | None, errors: tuple[FieldError, ...]) -> Response:
    companies = [value for name, value in items if name == "company"]
    values = {
        "fields": dict(items),
        "companies": (*companies, *[""] * (MOST_COMPANIES - len(companies)))[:MOST_COMPANIES],
        "asked": bool(items),
        "found": None if query is None else follow_up_body(query),
        "errors": messages_by_field(errors),
        "notice": NOTICE,
        "file": f"{PATH}.xlsx?{urlencode(items)}",
    }
    return page("follow_up.html", values, status=422 if errors else 200)
