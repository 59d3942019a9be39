"""``/v1/contracts``, ``/v1/notices``, ``/v1/projects``: lists of contracts and notices, and the sheet of each record."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from search_api.asked import Published, of_api
from search_api.context import Context
from search_api.contracts.lists import ListAnswer, answered, list_envelope
from search_api.envelope import reasons_body
from search_api.openapi import problems, typed
from search_api.parameters import AsOfQuery, openapi_parameters
from search_api.responses import JSON, etag_of, json_response, negotiate, unchanged
from search_api.schemas import ReasonOut
from vivier.bodies import Body
from vivier.contracts.announced import announced_for, announced_reason
from vivier.contracts.find import find_list
from vivier.contracts.natures import PROJECT, of_notices, of_projects
from vivier.contracts.query import ContractQuery, ListQuery, NoticeQuery
from vivier.contracts.reasons import contract_reasons, notice_reasons
from vivier.contracts.relax import relaxed_list
from vivier.contracts.renewal import RenewalBody, following_of
from vivier.contracts.story import StoryBody, contract_story
from vivier.errors import NotFound
from vivier.model.views import ContractView, NoticeView
from vivier.search.operators import Collection
from vivier.suppliers.sources import SourceOut, cards, sources_of

CONTRACTS, NOTICES, PROJECTS = "/v1/contracts", "/v1/notices", "/v1/projects"
_LISTS: dict[str, tuple[type[ListQuery], str]] = {
    CONTRACTS: (ContractQuery, "Chercher des marchés et concessions attribués"),
    NOTICES: (NoticeQuery, "Chercher des avis (BOAMP, TED)"),
    PROJECTS: (NoticeQuery, "Chercher des projets d'achat (APProch)"),
}


@of_api("achats publics")
def router(routes: APIRouter, context: Context) -> None:
    """The routes: a list and a sheet for each collection."""
    for path in _LISTS:
        _list(routes, path, context)
    _sheet(routes, CONTRACTS, "contracts", "Un marché : versions, titulaires, lots, marchés comparables", context)
    _sheet(routes, NOTICES, "notices", "Un avis ou un projet d'achat", context)


def _list(routes: APIRouter, path: str, context: Context) -> None:
    model, summary = _LISTS[path]

    def listed(request: Request, query: ListQuery, context: Context) -> Response:
        return _answer(request, path, within(path, query), context)

    Published(
        path,
        model,
        path.rpartition("/")[2],
        summary,
        ListAnswer,
        description="Une page de résultats",
        errors=(406, 422, 503),
        hidden=PROJECT if path == PROJECTS else (),
    ).answer_with(routes, context, listed)


def within(path: str, query: ListQuery) -> ListQuery:
    """The query restricted to what its route lists: projects are the notices of one nature, and notices are all the others.

    Raises ``InvalidRequest`` when a query of projects names another nature."""
    if not isinstance(query, NoticeQuery):
        return query
    return of_projects(query, NOTICES) if path == PROJECTS else of_notices(query)


def _answer(request: Request, path: str, query: ListQuery, context: Context) -> Response:
    def make() -> ListAnswer:
        found = find_list(query, context.snapshot, context.lexicon, context.today())
        return list_envelope(
            found, context.lexicon, path, relaxed_list(found, context.snapshot, context.lexicon, ("nature",))
        )

    return answered(request, context, query, query.as_of, make)


def _sheet(routes: APIRouter, path: str, collection: Collection, summary: str, context: Context) -> None:
    @routes.get(
        f"{path}/{{id}}",
        name=f"{collection}_sheet",
        summary=summary,
        responses={
            200: {"model": typed(_SHEETS[collection]), "description": "La fiche"},
            **problems(404, 406, 422, 503),
        },
        openapi_extra={"parameters": openapi_parameters(AsOfQuery, context.lexicon)},
    )
    def sheet(request: Request, id: str) -> Response:
        negotiate(request, JSON)
        as_of = context.parse(request, AsOfQuery).as_of or context.today()
        generation = context.generation(collection)
        etag = etag_of("sheet-2", generation.version, id, as_of.isoformat())
        record = context.snapshot.of(collection).get([id]).get(id)
        if record is None:
            raise NotFound(f"« {id[:80]} » n'est pas dans l'index en service.")
        return unchanged(request, etag) or json_response(_sheet_body(record, collection, context, as_of), etag)


class SheetMeta(Body):
    as_of: str
    index_generation: str


class AboutSheet(Body):
    reasons: list[ReasonOut]
    meta: SheetMeta
    sources: list[SourceOut]


class ContractAnswer(AboutSheet, StoryBody):
    """A contract, and those related to it."""

    contract: ContractView
    renewal: RenewalBody | None


class NoticeAnswer(AboutSheet):
    """A notice or a project."""

    notice: NoticeView


_SHEETS: Final = {"contracts": ContractAnswer, "notices": NoticeAnswer}


def _sheet_body(record: Any, collection: Collection, context: Context, as_of: date) -> ContractAnswer | NoticeAnswer:
    generation = context.generation(collection)
    meta: SheetMeta = {"as_of": as_of.isoformat(), "index_generation": generation.name}
    sources = sources_of([record], cards(generation))
    if collection == "notices":
        reasons = reasons_body(notice_reasons(record, None, as_of, context.lexicon))
        return {"notice": record, "reasons": reasons, "meta": meta, "sources": sources}
    announced, story = context.snapshot.together(
        lambda: announced_for([record], context.snapshot, as_of),
        lambda: contract_story(record, context.snapshot, context.lexicon, as_of),
    )
    following = following_of(record, as_of, announced.get(record["key"]))
    known = contract_reasons(record, None, as_of, context.lexicon)
    return {
        "contract": record,
        "renewal": following,
        "reasons": reasons_body((*known, *announced_reason(following))),
        **story,
        "meta": meta,
        "sources": sources,
    }
