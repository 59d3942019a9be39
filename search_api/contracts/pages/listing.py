"""Routes of the pages of lists (contracts, notices, leads, buyers): how they are read, refused and answered, and the values that
all of them have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request, Response

from search_api.context import Context
from search_api.contracts.pages.lists import ListPage
from search_api.contracts.pages.who import written
from search_api.envelope import credited
from search_api.pages.chips import Chip, chips
from search_api.pages.here import here
from search_api.pages.pager import pager
from search_api.pages.render import answered, page, version
from search_api.pages.site import POUR
from search_api.pages.state import PageState, grouped
from search_api.parameters import AsOfPageQuery, AsOfQuery
from search_api.responses import etag_of, unchanged
from vivier.contracts.leads_query import ProfileQuery
from vivier.contracts.profile import Profile
from vivier.contracts.query_profile import profile_of
from vivier.errors import FieldError, InvalidRequest, NotFound, NothingIndexed
from vivier.french import plural
from vivier.search.operators import Collection
from vivier.search.port import FacetCounts, Generation
from vivier.search.relax import Relaxation

Generations = tuple[Generation, ...]
Shown = Callable[[Request, PageState, Context, Generations], tuple[str, dict[str, object]]]
"""Makes the template and its values for a valid search."""
Sheet = Callable[[Any, date, Context], tuple[str, dict[str, object]]]
"""Makes the template and its values for one record, on a day."""


def serve(routes: APIRouter, of: ListPage, read: tuple[Collection, ...], shown: Shown, context: Context) -> None:

    @routes.get(of.path, name=f"page{of.path}")
    async def listing(request: Request) -> Response:
        return await context.run(_answer, request, of, read, shown, context)


def serve_sheet(routes: APIRouter, of: ListPage, collection: Collection, shown: Sheet, context: Context) -> None:
    """Adds the route of one record of a list."""

    @routes.get(of.path + "/{id}")
    async def sheet(request: Request, id: str) -> Response:
        return await context.run(_sheet, request, id, of, collection, shown, context)


def _sheet(
    request: Request, id_: str, of: ListPage, collection: Collection, shown: Sheet, context: Context
) -> Response:
    query = context.parse(request, AsOfPageQuery)
    reader, as_of = context.snapshot.of(collection), query.as_of or context.today()
    record = reader.get([id_]).get(id_)
    if record is None:
        raise NotFound(f"Aucun {of.unit} « {id_[:80]} » dans l'index en service.")
    read = (reader.generation,)
    etag = sheet_etag(request, id_, query, read, context)
    not_modified = unchanged(request, etag)
    if not_modified is not None:
        return not_modified
    template, values = shown(record, as_of, context)
    common = {"carried": carried(query.as_of), "sources": credited([record], read)}
    return page(template, {**values, **common}, etag=etag)


def _answer(request: Request, of: ListPage, read: tuple[Collection, ...], shown: Shown, context: Context) -> Response:
    if of.needs and not any(value.strip() for _, value in request.query_params.multi_items()):
        return page(of.template, _empty(of, context))
    state = of.read(request, context)
    if isinstance(state, Response):
        return state
    generations = _live(read, of, context)
    day = (state.query.as_of or context.today()).isoformat()
    names = "|".join(generation.version for generation in generations)
    etag = etag_of(of.path, version(), names, day, state.query.model_dump_json())
    return answered(
        request, etag, context.answers, lambda: _made(request, of, state, shown, etag, generations, context)
    )


def _made(
    request: Request,
    of: ListPage,
    state: PageState,
    shown: Shown,
    etag: str,
    generations: Generations,
    context: Context,
) -> Response:
    try:
        template, values = shown(request, state, context, generations)
    except InvalidRequest as error:
        return of.refusal(error, request, context)
    return page(template, values, etag=etag)


def _live(read: tuple[Collection, ...], of: ListPage, context: Context) -> Generations:
    """The generations that a page reads. Leads need only one of their collections."""
    if not of.needs:
        return tuple(context.generation(collection) for collection in read)
    generations = context.snapshot.live(*read)
    if all(generation.collection == "suppliers" for generation in generations):
        raise NothingIndexed("leads")
    return generations


def _empty(of: ListPage, context: Context) -> dict[str, object]:
    return {
        "asked": False,
        "title": of.name,
        "total": 0,
        "form": of.form({}, context),
        "missing": (),
    }


def common(
    of: ListPage,
    state: PageState,
    total: int,
    deepest: int,
    context: Context,
    counts: Mapping[str, FacetCounts] | None = None,
) -> dict[str, Any]:
    """Template values of every list: its filters, its form, its pages."""
    query = state.query
    return {
        "asked": True,
        "of": of,
        "total": total,
        "as_of": query.as_of or context.today(),
        "carried": carried(query.as_of),
        "chips": chips(state, context.lexicon),
        "form": of.form(grouped(state.named()), context, counts),
        "pager": pager(total, state, deepest),
        "start": (query.page - 1) * query.per_page + 1,
        "sort": getattr(query, "sort", None),
        "need": state.besoin or "",
    }


def carried(as_of: date | None) -> str:
    """What the links of a page keep, as a query string: the day of the query, and whom the page is for; empty when it has neither."""
    for_whom = [(POUR, written(here().profile))] if here().profile else []
    return urlencode([*_day(as_of), *for_whom], quote_via=quote, safe=":,")


def dated(as_of: date | None) -> str:
    """The day of the query as the query string of links to the API; empty when the query gives none."""
    return urlencode(_day(as_of))


def _day(as_of: date | None) -> list[tuple[str, str]]:
    return [] if as_of is None else [("as_of", as_of.isoformat())]


def ways_out(relaxed: Iterable[Relaxation], of: ListPage, *, every: bool = False) -> list[tuple[str, str]]:
    """Changes that would give results to an empty list, each with the address of its page. ``every``: of a change that names no state,
    the page is that of every state."""
    made = (
        (relaxation, PageState(relaxation.query, path=of.path, every=every and not relaxation.query.status).url())
        for relaxation in relaxed
    )
    return [
        (f"{relaxation.text} : {plural(relaxation.total, of.unit)}", url) for relaxation, url in made if url is not None
    ]


def criteria(state: PageState, context: Context) -> str:
    """The first criteria of a search, in words; the day of the query is left out."""
    shown = [_criterion(chip) for chip in chips(state, context.lexicon) if chip.name != "as_of"]
    return ", ".join(shown[:4])


def _criterion(chip: Chip) -> str:
    """A criterion in words: a number says nothing alone."""
    if chip.name == "ending_months":
        return f"finissent dans les {plural(int(chip.value), 'mois', 'mois')}"
    return f"{chip.title.lower()} {chip.label}" if chip.label.isdigit() else chip.label


def about(state: PageState, context: Context) -> str:
    """What follows the count of a list in its title: « : Nettoyage, Rennes »; empty without criteria."""
    named = criteria(state, context)
    return f" : {named}" if named else ""


def requested_profile(query: ProfileQuery, context: Context) -> Profile:
    """The profile of a query. Raises ``InvalidRequest`` naming ``supplier`` when it is not in the index."""
    try:
        return profile_of(query, context.snapshot, context.lexicon, context.today())
    except NotFound as error:
        raise InvalidRequest((FieldError("supplier", "not_found", str(error)),)) from error


def sheet_etag(request: Request, id_: str, query: AsOfQuery, read: Generations, context: Context) -> str:
    """The ETag of the sheet of one record on one day."""
    day = (query.as_of or context.today()).isoformat()
    return etag_of(request.url.path, version(), "|".join(generation.version for generation in read), day, id_)
