"""``/suivi-heures/{id}``: the addresses of the follow-ups that former versions kept answer 410; their table is taken away by ``.csv``."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from search_api.asked import of_pages
from search_api.context import Context
from search_api.given import kept
from search_api.given.rounds import PRIVATE
from vivier.given.hours import NO_LONGER, HoursGone

PAGE: Final = "/suivi-heures/{id}"


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    """The routes, which need no index."""

    @routes.get(PAGE + ".csv", dependencies=context.no_parameter)
    def table(request: Request, id: str) -> Response:
        content = kept.hours(context).table(id, context.today())
        headers = {**PRIVATE, "Content-Disposition": 'attachment; filename="suivi-heures.csv"'}
        return Response(content, headers=headers, media_type="text/csv; charset=utf-8; header=present")

    @routes.get(PAGE)
    @routes.post(PAGE)
    def left(id: str) -> Response:
        raise HoursGone(NO_LONGER)
