"""``/v1/dossiers``: issue a sourcing dossier, read it in four formats, verify a file."""

from __future__ import annotations

from typing import Final

import orjson
from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool

from search_api.asked import of_api, posted_json
from search_api.bodies import media_of
from search_api.context import Context
from search_api.desk import kept
from search_api.desk.consultations import XLSX, bounded
from search_api.desk.dossiers import CSV, EXTENSIONS, HTML, kept_response, link_to
from search_api.desk.routes.consultations import lots_body
from search_api.openapi import problems
from search_api.parameters import NoParameters
from search_api.responses import JSON, NEVER, negotiate, table_response
from vivier.desk.dossier import opened, verified
from vivier.desk.read.asked import ConsultationAsked, checked
from vivier.dossiers.port import MOST_BYTES
from vivier.dossiers.question import question_for
from vivier.dossiers.registry import Comparison
from vivier.identity import words_of

DOSSIERS: Final = "/v1/dossiers"
DOSSIER: Final = DOSSIERS + "/{id}"


@of_api("dossiers")
def router(routes: APIRouter, context: Context) -> None:

    made = problems(404, 406, 410, 413, 415, 422, 503)

    @routes.post(
        DOSSIERS,
        summary="Créer le dossier de sourcing de ces lots : gardé sans changement, à une adresse que nul ne devine",
        status_code=201,
        responses={201: {"description": "L'adresse du dossier, sa durée, ses empreintes"}, **made},
        openapi_extra=lots_body(ConsultationAsked),
    )
    async def dossiers(request: Request) -> Response:
        body = checked(await posted_json(request, context))
        return await run_in_threadpool(_issue, body, context)

    @routes.post(
        DOSSIERS + "/verify",
        summary="Dire si un fichier est le dossier créé ici sous son numéro, et si son empreinte est exacte",
        responses={
            200: {"description": "S'il est vérifié, si son empreinte est exacte, ce qui est gardé ici"},
            **problems(406, 413, 415, 422),
        },
        openapi_extra={"requestBody": {"required": True, "content": {JSON: {"schema": {"type": "object"}}}}},
    )
    async def verify(request: Request) -> Response:
        negotiate(request, JSON)
        context.parse(request, NoParameters)
        if media_of(request) != JSON:
            raise HTTPException(415)
        dossier = opened(await bounded(request, MOST_BYTES))
        return table_response(request, {**verdict(dossier, context), "sha256": dossier["sha256"]})

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


def _issue(body: ConsultationAsked, context: Context) -> Response:
    registry, today = kept.registry(context), context.today()
    context.generation()
    return _created(registry.issue(question_for(body, body.rows(), today), context.snapshot, context.lexicon, today))


def _created(made: dict[str, object]) -> Response:
    """The response 201: address, hashes and totals of the dossier. The dossier itself is read at its address."""
    names = words_of("dossier_id created_at kept_until as_of sha256 analysis_sha256 list_sha256")
    address = f"{DOSSIERS}/{made['dossier_id']}"
    links = {"self": address, "page": link_to(made)}
    body = {
        **{name: made[name] for name in names},
        "totals": made["totals"],
        "warnings": made["warnings"],
        "links": {**links, **{extension: f"{address}.{extension}" for extension in EXTENSIONS}},
    }
    return Response(orjson.dumps(body), 201, {"Location": address, "Cache-Control": NEVER}, media_type=JSON)


def verdict(dossier: dict[str, object], context: Context) -> dict[str, object]:
    """What a file is worth. ``exact``: its hash is that of its content, which whoever changed it can write again. ``kept``: how it
    compares with the dossier issued under its id (``same``, ``other``, ``unknown``, ``purged``; ``None`` when it was not issued).
    ``verified``: it is the one issued here, and nothing less proves it."""
    comparison: Comparison | None = None
    if "dossier_id" in dossier:
        registry = kept.dossiers.find(context)
        comparison = "unknown" if registry is None else registry.compared(dossier, context.today())
    return {"verified": comparison == "same", "exact": verified(dossier), "kept": comparison}
