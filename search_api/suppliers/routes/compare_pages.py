"""``/comparer``: suppliers chosen in a list of results, side by side, and the same as a workbook."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from search_api.asked import of_pages
from search_api.context import Context, url_items
from search_api.pages.render import page, version
from search_api.pages.state import CHOICE, COMPARED, Elsewhere, PageState, Refused, address, read
from search_api.responses import etag_of, streamed, unchanged
from search_api.suppliers.pages.compare import back, comparison, lot_of
from search_api.suppliers.routes.pages import refused_page
from vivier.errors import FieldError, InvalidRequest
from vivier.exports import MEDIA_TYPES, file_name
from vivier.exports.document import document_of
from vivier.exports.files import pieces_of
from vivier.french import plural
from vivier.suppliers.chosen import chosen
from vivier.suppliers.find import SupplierFound
from vivier.suppliers.sources import cards, sources_of

WORKBOOK = f"{COMPARED}.xlsx"


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    @routes.get(COMPARED)
    async def compare(request: Request) -> Response:
        return await context.run(_compare, request, context)

    @routes.get(WORKBOOK)
    def workbook(request: Request) -> Response:
        state = read(url_items(request), context.lexicon, path=COMPARED)
        if isinstance(state, Elsewhere):
            return RedirectResponse(state.url.replace(COMPARED, WORKBOOK, 1), 303)
        if isinstance(state, Refused):
            raise InvalidRequest(state.errors)
        if not state.chosen:
            raise InvalidRequest((FieldError(CHOICE, "missing", "Choisissez au moins une structure (choix=…)."),))
        every = chosen(state.chosen, state.query, context.snapshot, context.lexicon, context.today())
        written = document_of(every, context.lexicon, state.url() or COMPARED)
        columns = tuple(column for column in written.columns if column.name != "group")  # these are in no answer
        document = replace(written, columns=columns)
        name = file_name("xlsx", every.found.plan.as_of, "comparaison")
        return streamed(request, lambda: pieces_of(document, "xlsx"), None, MEDIA_TYPES["xlsx"], name)


def _compare(request: Request, context: Context) -> Response:
    state = read(url_items(request), context.lexicon, path=COMPARED)
    if isinstance(state, Elsewhere):
        return RedirectResponse(state.url, 303)
    if isinstance(state, Refused):
        return refused_page(state, context)
    as_of = (state.query.as_of or context.today()).isoformat()
    names = "|".join(generation.version for generation in context.living("suppliers", "contracts"))
    etag = etag_of("compare", version(), names, as_of, state.query.model_dump_json(), ",".join(state.chosen))
    not_modified = unchanged(request, etag)
    if not_modified is not None:
        return not_modified
    try:
        found = chosen(state.chosen, state.query, context.snapshot, context.lexicon, context.today()).found
    except InvalidRequest as error:
        return refused_page(Refused({}, error.errors), context)
    return page("compare.html", _values(found, state, context), etag=etag)


def _values(found: SupplierFound, state: PageState, context: Context) -> dict[str, object]:
    count, lot = len(found.results), lot_of(state, context.lexicon)
    return {
        "title": f"Comparer {plural(count, 'structure')}" if count else "Comparer des structures",
        "compared": comparison(found, state, context.snapshot, context.lexicon, context.doors.contracts),
        "as_of": found.plan.as_of,
        "chosen": ",".join(state.chosen),
        "back": back(state),
        "workbook": (state.url() or COMPARED).replace(COMPARED, WORKBOOK, 1),
        "write": address("/ecrire", lot) if context.serves("/ecrire") else None,
        "study": address("/consultation", lot) if context.serves("/consultation") else None,
        "need": state.besoin or "",
        "sources": sources_of((result.record for result in found.results), cards(found.generation)),
    }
