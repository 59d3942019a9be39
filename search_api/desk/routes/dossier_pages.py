"""``/dossiers/{id}``: an issued dossier and its files. It works without JavaScript."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response

from search_api.asked import of_pages
from search_api.context import Context
from search_api.desk import kept
from search_api.desk.dossiers import PAGES
from search_api.desk.pages.dossier import issued_page

DOSSIER: Final = PAGES + "/{id}"


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    """The route. It is a page, not part of the API: ``/v1/dossiers`` answers the same as JSON."""

    @routes.get(DOSSIER, dependencies=context.no_parameter)
    def dossier(request: Request, id: str) -> Response:
        return issued_page(kept.registry(context).read(id, context.today()))
