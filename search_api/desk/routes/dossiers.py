"""``/v1/dossiers``: issue a sourcing dossier, read it in four formats, follow it with a new version, replay it, verify a file."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

import orjson
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from search_api.asked import of_api, posted_json
from search_api.bodies import media_of
from search_api.context import Context
from search_api.desk import kept
from search_api.desk.consultations import XLSX, bounded
from search_api.desk.dossiers import CSV, EXTENSIONS, HTML, kept_response, link_to
from search_api.desk.routes.consultations import lots_body
from search_api.openapi import posted, problems, typed
from search_api.parameters import NoParameters, openapi_parameters
from search_api.responses import JSON, NEVER, json_response, negotiate, table_response
from vivier.desk.dossier import opened, verified
from vivier.desk.read.asked import DossierAsked, checked_dossier
from vivier.dossiers.contacts import Change, change_of
from vivier.dossiers.port import MOST_BYTES, DossierPurged
from vivier.dossiers.question import question_for
from vivier.dossiers.registry import Comparison
from vivier.dossiers.replay import ReplayBody
from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.identity import words_of
from vivier.model.base import Model

DOSSIERS: Final = "/v1/dossiers"
DOSSIER: Final = DOSSIERS + "/{id}"


class ReplayQuery(Model):
    """How a dossier is replayed."""

    data: Annotated[
        Literal["live", "same"],
        Field(
            description="live : les données en service ; same : celles du dossier (409 si elles ne sont plus gardées)"
        ),
    ] = "live"
    as_of: Annotated[date | None, Field(description="date d'analyse (par défaut celle du dossier)")] = None


@of_api("dossiers")
def router(routes: APIRouter, context: Context) -> None:

    made = problems(404, 406, 410, 413, 415, 422, 503)

    @routes.post(
        DOSSIERS,
        summary="Créer le dossier de sourcing de ces lots : gardé sans changement, à une adresse que nul ne devine",
        status_code=201,
        responses={201: {"description": "L'adresse du dossier, sa durée, ses empreintes"}, **made},
        openapi_extra=lots_body(DossierAsked),
    )
    async def dossiers(request: Request) -> Response:
        body = checked_dossier(await posted_json(request, context))
        return await run_in_threadpool(_issue, body, context)

    @routes.post(
        DOSSIERS + "/verify",
        summary="Recalculer l'empreinte d'un dossier, et dire s'il est celui qui est gardé ici",
        responses={200: {"description": "L'empreinte dite, et si c'est la bonne"}, **problems(406, 413, 415, 422)},
        openapi_extra={"requestBody": {"required": True, "content": {JSON: {"schema": {"type": "object"}}}}},
    )
    async def verify(request: Request) -> Response:
        negotiate(request, JSON)
        context.parse(request, NoParameters)
        if media_of(request) != JSON:
            raise HTTPException(415)
        dossier = opened(await bounded(request, MOST_BYTES))
        return table_response(request, {**verdict(dossier, context), "sha256": dossier["sha256"]})

    @routes.post(
        DOSSIER + "/versions",
        summary="Une version qui remplace un dossier : échanges ajoutés au journal, ordre tiré de nouveau, ou analyse refaite",
        status_code=201,
        responses={201: {"description": "L'adresse de la nouvelle version"}, **made},
        openapi_extra=posted(Change),
    )
    async def versions(request: Request, id: str) -> Response:
        change = change_of(await posted_json(request, context))
        return await run_in_threadpool(_change, id, change, context)

    read = problems(404, 406, 410, 422, 503)
    for extension, media in EXTENSIONS.items():
        _format(routes, extension, media, context)

    @routes.get(
        DOSSIER,
        summary="Un dossier gardé : JSON canonique, page à imprimer, classeur ou liste CSV, selon Accept",
        responses={200: {"description": "Le dossier"}, **read},
        response_class=Response,
    )
    def dossier(request: Request, id: str) -> Response:
        media = negotiate(request, JSON, HTML, XLSX, CSV)
        context.parse(request, NoParameters)
        return kept_response(request, kept.registry(context).read(id, context.today()), media)

    for method in ("GET", "POST"):
        _replay(routes, method, context)


def _format(routes: APIRouter, extension: str, media: str, context: Context) -> None:
    @routes.get(
        f"{DOSSIER}.{extension}",
        name=f"dossier_{extension}",
        summary=f"Un dossier gardé, en {extension.upper()}",
        responses={200: {"description": "Le fichier", "content": {media: {}}}, **problems(404, 406, 410, 422, 503)},
        response_class=Response,
    )
    def dossier(request: Request, id: str) -> Response:
        negotiate(request, media)
        context.parse(request, NoParameters)
        return kept_response(request, kept.registry(context).read(id, context.today()), media)


def _replay(routes: APIRouter, method: str, context: Context) -> None:
    @routes.api_route(
        DOSSIER + "/replay",
        methods=[method],
        name=f"replay_{method.lower()}",
        summary="Comparer un dossier aux données du jour : même liste et même empreinte sur les mêmes données, sinon ce qui a changé et pourquoi",
        responses={
            200: {"model": typed(ReplayBody), "description": "Les différences"},
            **problems(404, 406, 409, 410, 422, 503),
        },
        openapi_extra={"parameters": openapi_parameters(ReplayQuery, context.lexicon)},
    )
    def replay(request: Request, id: str) -> Response:
        negotiate(request, JSON)
        query = context.parse(request, ReplayQuery)
        context.generation()
        found = kept.registry(context).replay(
            id, context.snapshot, context.lexicon, context.today(), query.data, query.as_of
        )
        return json_response(found, cache=NEVER)


def _issue(body: DossierAsked, context: Context) -> Response:
    registry, today = kept.registry(context), context.today()
    context.generation()
    question = question_for(body, body.rows(), today)
    try:
        made = registry.issue(question, context.snapshot, context.lexicon, today, body.supersedes)
    except (NotFound, DossierPurged) as error:
        if not body.supersedes:
            raise
        message = f"« supersedes » : {error}"
        raise InvalidRequest((FieldError("supersedes", "unknown_value", message),)) from None
    return _created(made)


def _change(id_: str, change: Change, context: Context) -> Response:
    registry = kept.registry(context)
    context.generation()
    return _created(registry.change(id_, change, context.snapshot, context.lexicon, context.today()))


def _created(made: dict[str, object]) -> Response:
    """The response 201: address, hashes and totals of the dossier. The dossier itself is read at its address."""
    names = words_of("dossier_id created_at kept_until supersedes as_of sha256 analysis_sha256 list_sha256")
    address = f"{DOSSIERS}/{made['dossier_id']}"
    links = {"self": address, "page": link_to(made), "replay": f"{address}/replay"}
    body = {
        **{name: made[name] for name in names},
        "totals": made["totals"],
        "warnings": made["warnings"],
        "links": {**links, **{extension: f"{address}.{extension}" for extension in EXTENSIONS}},
    }
    return Response(orjson.dumps(body), 201, {"Location": address, "Cache-Control": NEVER}, media_type=JSON)


def verdict(dossier: dict[str, object], context: Context) -> dict[str, object]:
    """Whether a dossier is the one issued under its id (``verified``), whether its hash is right (``hash_right``), and how it compares (``kept``:
    ``same``, ``other``, ``unknown``, ``purged``, or ``None`` when it was not issued)."""
    comparison: Comparison | None = None
    if "dossier_id" in dossier:
        registry = kept.dossiers.find(context)
        comparison = "unknown" if registry is None else registry.compared(dossier, context.today())
    right = verified(dossier)
    return {"verified": right and comparison == "same", "hash_right": right, "kept": comparison}
