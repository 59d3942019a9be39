"""``/v1/rounds``: open a sourcing round, read it, type answers, take its mail-merge file, issue its dossier, delete it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field, ValidationError

from search_api.asked import of_api, posted_json
from search_api.context import Context
from search_api.desk import kept as desk_kept
from search_api.desk.dossiers import link_to
from search_api.desk.routes.consultations import lots_body
from search_api.desk.routes.dossiers import DOSSIERS
from search_api.given import kept
from search_api.given.rounds import PAGES, PRIVATE, answer_from, body_of, merge_file
from search_api.openapi import posted, problems, typed
from search_api.parameters import NoParameters, openapi_parameters
from search_api.rates import client_key
from search_api.responses import JSON, negotiate
from vivier.desk.method.answers import Answer
from vivier.desk.read.replies import Reply
from vivier.dossiers.compose import compose
from vivier.dossiers.question import question_for
from vivier.errors import FieldError, InvalidRequest, NotFound, refuse_any
from vivier.given.asked import MOST_INVITED, MOST_MERGED, RoundAsked, checked_round
from vivier.given.opening import open_round
from vivier.given.round import Round
from vivier.given.tell import RoundBody
from vivier.model.base import Model
from vivier.search.messages import french

ROUNDS: Final = "/v1/rounds"
ROUND: Final = ROUNDS + "/{id}"
_CSV: Final = "text/csv"


class TypedReply(Reply):
    """An answer that a facilitator types for a structure of the list."""

    structure: Annotated[str, Field(min_length=1, max_length=80, description="identifiant d'une structure de la liste")]


class Typed(Model):
    """Answers to note, all or none."""

    answers: Annotated[
        tuple[TypedReply, ...],
        Field(min_length=1, max_length=MOST_INVITED, description=f"réponses à noter, {MOST_INVITED} au plus"),
    ]


class Extended(Model):
    """A later last day to answer."""

    closes_on: Annotated[
        date, Field(description="nouveau dernier jour des réponses, au plus celui où l'enquête est effacée")
    ]


class TogetherQuery(Model):
    """Other rounds whose lots are asked about in the same letter."""

    avec: Annotated[
        tuple[Annotated[str, Field(max_length=64)], ...],
        Field(
            max_length=MOST_MERGED - 1,
            description="autres enquêtes, par leur identifiant : une lettre pour tous les lots",
        ),
    ] = ()


@of_api("enquêtes")
def router(routes: APIRouter, context: Context) -> None:
    _opening(routes, context)
    _answering(routes, context)
    _extending(routes, context)
    _leaving(routes, context)


def _opening(routes: APIRouter, context: Context) -> None:
    @routes.post(
        ROUNDS,
        summary="Ouvrir une enquête de sourcing sur un lot : liste neutre, un lien par structure, un questionnaire",
        status_code=201,
        responses={201: {"description": "L'adresse de l'enquête"}, **problems(404, 406, 413, 415, 422, 503)},
        openapi_extra=lots_body(RoundAsked),
    )
    async def opened(request: Request) -> Response:
        body = checked_round(await posted_json(request, context))
        return await run_in_threadpool(_open, body, context, client_key(request))

    @routes.get(
        ROUND,
        summary="Une enquête : qui est interrogé, qui a répondu, ce que cela change, qui appeler d'abord",
        responses={200: {"model": typed(RoundBody), "description": "L'enquête"}, **problems(404, 406, 410, 422, 503)},
    )
    def round_(request: Request, id: str) -> Response:
        negotiate(request, JSON)
        context.parse(request, NoParameters)
        return Response(orjson.dumps(body_of(id, context)), headers=PRIVATE, media_type=JSON)

    @routes.get(
        ROUND + "/invitations.csv",
        summary="Le fichier de publipostage : une ligne par structure, avec son lien personnel, un par lot si « avec » nomme d'autres enquêtes",
        responses={200: {"description": "Le fichier", "content": {_CSV: {}}}, **problems(404, 406, 410, 422, 503)},
        openapi_extra={"parameters": openapi_parameters(TogetherQuery, context.lexicon)},
        response_class=Response,
    )
    def invitations(request: Request, id: str) -> Response:
        negotiate(request, _CSV)
        return merge_file(request, id, context, context.parse(request, TogetherQuery).avec)


def _answering(routes: APIRouter, context: Context) -> None:
    writes = problems(404, 406, 409, 410, 413, 415, 422, 503)

    @routes.post(
        ROUND + "/answers",
        summary="Noter les réponses de structures : chacune remplace ce qui était supposé",
        responses={200: {"model": typed(RoundBody), "description": "L'enquête, réponses comprises"}, **writes},
        openapi_extra=posted(Typed),
    )
    async def answers(request: Request, id: str) -> Response:
        return await run_in_threadpool(_note, id, await posted_json(request, context), context)

    @routes.delete(
        ROUND + "/answers/{structure}",
        summary="Retirer une réponse notée par le facilitateur",
        status_code=204,
        responses={204: {"description": "Retirée"}, **problems(404, 406, 409, 410, 422, 503)},
    )
    def withdrawn(request: Request, id: str, structure: str) -> Response:
        context.parse(request, NoParameters)
        rounds, today = kept.rounds(context), context.today()
        if not rounds.withdraw(rounds.read(id, today), structure, "facilitator", today):
            raise NotFound("Aucune réponse notée par un facilitateur pour cette structure.")
        return Response(status_code=204, headers=PRIVATE)


def _extending(routes: APIRouter, context: Context) -> None:
    @routes.patch(
        ROUND,
        summary="Prolonger une enquête : un dernier jour de réponse plus tard",
        responses={
            200: {"model": typed(RoundBody), "description": "L'enquête prolongée"},
            **problems(404, 406, 410, 413, 415, 422, 503),
        },
        openapi_extra=posted(Extended),
    )
    async def extended(request: Request, id: str) -> Response:
        return await run_in_threadpool(_extend, id, await posted_json(request, context), context)


def _extend(id_: str, body: object, context: Context) -> Response:
    try:
        query = Extended.model_validate(body)
    except ValidationError as error:
        raise InvalidRequest(_faults(error, body if isinstance(body, Mapping) else {})) from None
    rounds, today = kept.rounds(context), context.today()
    rounds.extend(rounds.read(id_, today), query.closes_on, today)
    return Response(orjson.dumps(body_of(id_, context)), headers=PRIVATE, media_type=JSON)


def _leaving(routes: APIRouter, context: Context) -> None:
    @routes.post(
        ROUND + "/dossier",
        summary="Émettre le dossier de sourcing avec les réponses de l'enquête, scellées",
        status_code=201,
        responses={201: {"description": "L'adresse du dossier"}, **problems(404, 406, 410, 413, 422, 503)},
    )
    def dossier(request: Request, id: str) -> Response:
        negotiate(request, JSON)
        context.parse(request, NoParameters)
        made = issued(id, context)
        names = ("dossier_id", "kept_until", "sha256", "analysis_sha256", "list_sha256")
        links = {"self": f"{DOSSIERS}/{made['dossier_id']}", "page": link_to(made)}
        body = {**{name: made[name] for name in names}, "links": links}
        return Response(orjson.dumps(body), 201, {"Location": links["self"], **PRIVATE}, media_type=JSON)

    @routes.delete(
        ROUND,
        summary="Supprimer une enquête, sa liste et ses réponses",
        status_code=204,
        responses={204: {"description": "Supprimée"}, **problems(404, 406, 410, 422, 503)},
    )
    def deleted(request: Request, id: str) -> Response:
        context.parse(request, NoParameters)
        kept.rounds(context).delete(id, context.today())
        return Response(status_code=204, headers=PRIVATE)


def issued(id_: str, context: Context) -> dict[str, object]:
    """Issues the dossier of the lots of a round, with what structures answered."""
    registry, today = desk_kept.registry(context), context.today()
    read = kept.rounds(context).read(id_, today)
    context.generation()
    return registry.keep(compose(read.answered, context.snapshot, context.lexicon), today)


def _open(body: RoundAsked, context: Context, client: str) -> Response:
    rounds, today = kept.rounds(context), context.today()
    context.generation()
    question = question_for(body, body.rows(), today)
    id_ = open_round(question, body.line, body, rounds, context.snapshot, context.lexicon, today, client)
    read = rounds.read(id_, today)
    address = f"{ROUNDS}/{id_}"
    made = {
        "round_id": id_,
        "invited": len(read.invited),
        "closes_on": read.closes_on.isoformat(),
        "kept_until": read.kept_until.isoformat(),
        "seed": read.seed,
        "links": {
            "self": address,
            "page": f"{PAGES}/{id_}",
            "answers": f"{address}/answers",
            "invitations": f"{address}/invitations.csv",
        },
    }
    return Response(orjson.dumps(made), 201, {"Location": address, **PRIVATE}, media_type=JSON)


def _note(id_: str, body: object, context: Context) -> Response:
    rounds, today = kept.rounds(context), context.today()
    read = rounds.read(id_, today)
    rounds.answer(read, _answers(body, read, context), today)
    return Response(orjson.dumps(body_of(id_, context)), headers=PRIVATE, media_type=JSON)


def _answers(body: object, read: Round, context: Context) -> list[Answer]:
    """The answers of a body. Raises ``InvalidRequest`` with everything to correct, by rank (« answers.2.volume »)."""
    try:
        typed = Typed.model_validate(body)
    except ValidationError as error:
        raise InvalidRequest(_faults(error, body if isinstance(body, Mapping) else {})) from None
    found, errors = [], []
    for rank, reply in enumerate(typed.answers, 1):
        fields = reply.model_dump(exclude={"structure"})
        try:
            found.append(answer_from(fields, reply.structure, read, context, own=False))
        except InvalidRequest as error:
            errors += [FieldError(f"answers.{rank}.{x.field}", x.code, x.message, x.allowed) for x in error.errors]
    twice = len({answer.structure for answer in found}) < len(found)
    if twice:
        errors.append(FieldError("answers", "duplicate", "« answers » : une structure y est deux fois."))
    refuse_any(errors)
    return found


def _faults(error: ValidationError, body: Mapping[str, Any]) -> tuple[FieldError, ...]:
    """What is to be corrected, by rank (« answers.2.volume »). A list whose items are refused counts as empty for pydantic: the errors
    of its items say more."""
    faults = [fault for fault in error.errors() if len(fault["loc"]) > 1] or error.errors()
    return tuple(replace(french(fault, body), field=_where(fault["loc"])) for fault in faults)


def _where(loc: tuple[int | str, ...]) -> str:
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in loc) or "body"
