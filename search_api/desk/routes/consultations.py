"""``/v1/consultations``, ``/v1/insertion_hours``, ``/v1/needs/batch``: computations that store nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from search_api.asked import Published, of_api, posted_json
from search_api.context import Context
from search_api.desk.consultations import table_body, uploaded
from search_api.openapi import problems, typed
from search_api.parameters import openapi_parameters
from search_api.responses import JSON, negotiate, table_response
from vivier.bodies import Body
from vivier.clausier.hours import insertion_hours
from vivier.clausier.staff import staff_notes
from vivier.desk.consultation import Desk
from vivier.desk.dossier import LIMITS, METHODS
from vivier.desk.read.asked import BatchQuery, ConsultationAsked, HoursQuery, Settings, checked
from vivier.desk.read.letter import read_lots
from vivier.desk.read.line import STATES, Line
from vivier.desk.read.programme import chosen_columns
from vivier.desk.read.repairs import Within, all_within, usual_places
from vivier.desk.read.understanding import understand
from vivier.desk.tell import shapes
from vivier.desk.tell.body import board_body, board_totals, hours_body, line_body, repairs_body, study_body, totals

CONSULTATIONS, HOURS, BATCH = "/v1/consultations", "/v1/insertion_hours", "/v1/needs/batch"
MOST_BATCH = 1_000


@of_api("consultation")
def router(routes: APIRouter, context: Context) -> None:
    bodies = problems(404, 406, 413, 415, 422, 503)

    @routes.post(
        CONSULTATIONS,
        summary="Étudier des lots : compris, offre par article, capacité, offres attendues, levier, heures, obligations, contacts",
        responses={
            200: {"model": typed(ConsultationAnswer), "description": "Une étude par lot, dans l'ordre"},
            **bodies,
        },
        openapi_extra=lots_body(ConsultationAsked),
    )
    async def consultations(request: Request) -> Response:
        consultation = checked(await posted_json(request, context))
        return await run_in_threadpool(_consultations, request, consultation, context)

    Published(
        HOURS,
        HoursQuery,
        "hours",
        "Heures d'insertion d'une clause : basse, centrale, haute, avec la formule et les paramètres",
        HoursAnswer,
        description="Les heures",
        errors=(406, 422),
        posted="Le même, dans un corps JSON",
    ).table_of(routes, context, _hours)

    @routes.post(
        BATCH,
        summary="Comprendre un programme d'achats (CSV ou XLSX, 5 Mo, 1 000 lignes) : une réponse par ligne, erreurs comprises",
        responses={
            200: {"model": typed(ProgrammeAnswer), "description": "Ce qui a été compris"},
            **problems(406, 413, 415, 422),
        },
        openapi_extra={"parameters": openapi_parameters(BatchQuery, context.lexicon), **table_body()},
    )
    async def batch(request: Request) -> Response:
        negotiate(request, JSON)
        query = context.parse(request, BatchQuery)
        return await run_in_threadpool(_batch, request, query, await uploaded(request), context)


class ConsultationMeta(Body):
    as_of: str
    index_generations: list[str]
    method_versions: dict[str, str]
    contracts_indexed: bool
    limits: list[str]


class ConsultationAnswer(Body):
    """The lots of a consultation, studied or in short (``detail``), and their totals."""

    lots: Sequence[shapes.BoardBody | shapes.StudyBody | shapes.WaitingBody]
    totals: shapes.BoardTotalsBody | dict[str, int]
    meta: ConsultationMeta


class ReadLineBody(shapes.LineBody):
    """A line as it was read, with the likely readings of each cell to repair."""

    repairs: list[shapes.RepairBody]


class ProgrammeAnswer(Body):
    """What was understood of a programme, line by line."""

    total: int
    columns: dict[str, str]
    proposed_columns: list[str]
    ignored_columns: list[str]
    remarks: list[str]
    states: dict[str, int]
    results: list[ReadLineBody]
    meta: MethodsMeta


class MethodsMeta(Body):
    method_versions: dict[str, str]


class HoursMeta(MethodsMeta):
    limits: list[str]


class HoursAnswer(shapes.HoursBody):
    """Hours of insertion of a lot."""

    query: dict[str, object]
    notes: list[str]
    meta: HoursMeta


@cache
def lots_body(model: type[Settings]) -> dict[str, object]:
    """The OpenAPI description of a body of lots and settings, made once a process. The schema of the lots is inlined: the document has no component of
    that name."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["properties"]["lots"]["items"] = schema.pop("$defs")["LotAsked"]
    return {"requestBody": {"required": True, "content": {JSON: {"schema": schema}}}}


def lines_of(consultation: ConsultationAsked, context: Context) -> list[Line]:
    """The lots of a consultation, as we read them."""
    return [understand(row, context.lexicon, consultation.place) for row in consultation.rows()]


def desk_of(settings: Settings, context: Context) -> Desk:
    """A desk on the live generation. Raises 503 when there is none."""
    context.generation()
    return Desk(context.snapshot, context.lexicon, settings.study_settings(context.today()))


def _consultations(request: Request, consultation: ConsultationAsked, context: Context) -> Response:
    desk = desk_of(consultation, context)
    lines = lines_of(consultation, context)
    lots: Sequence[shapes.BoardBody | shapes.StudyBody | shapes.WaitingBody]
    summary: shapes.BoardTotalsBody | dict[str, int]
    if consultation.detail == "board":
        rows = [board_body(glance) for glance in desk.board(lines)]
        lots, summary = rows, board_totals(rows)
    else:
        studies = [study_body(study, desk.settings) for study in desk.programme(lines)]
        lots, summary = studies, totals(studies)
    generations = [generation.version for generation in (desk.generation, desk.contracts) if generation is not None]
    body: ConsultationAnswer = {
        "lots": lots,
        "totals": summary,
        "meta": {
            "as_of": desk.settings.as_of.isoformat(),
            "index_generations": generations,
            "method_versions": dict(METHODS),
            "contracts_indexed": desk.contracts is not None,
            "limits": list(LIMITS),
        },
    }
    return table_response(request, body)


def _hours(query: HoursQuery) -> HoursAnswer:
    given = {"hourly_cost": query.hourly_cost, "effort": query.effort, "placeable": query.placeable}
    changed = {name: value for name, value in given.items() if value is not None}
    notes = staff_notes([query.trade] if query.trade else [], query.taken_over)
    return {
        "query": query.model_dump(mode="json"),
        **hours_body(insertion_hours(query.hours_query()), changed),
        "notes": list(notes),
        "meta": {"method_versions": {"hours": METHODS["hours"]}, "limits": [LIMITS[0]]},
    }


def _batch(request: Request, query: BatchQuery, content: bytes, context: Context) -> Response:
    programme = read_lots(content, context.lexicon, MOST_BATCH, chosen_columns(query.column))
    found = (
        Within(programme.rows, ())
        if query.within is None
        else all_within(programme.rows, query.within, context.lexicon)
    )
    lines = [understand(row, context.lexicon) for row in found.rows]
    usual = usual_places(lines)
    counted: dict[str, int] = {state: sum(line.state == state for line in lines) for state in STATES}
    body: ProgrammeAnswer = {
        "total": len(lines),
        "columns": dict(programme.columns),
        "proposed_columns": list(programme.proposed),
        "ignored_columns": list(programme.ignored),
        "remarks": [*programme.remarks, *found.remarks],
        "states": counted,
        "results": [{**line_body(line), "repairs": repairs_body(line, usual)} for line in lines],
        "meta": {"method_versions": {"programme": METHODS["programme"]}},
    }
    return table_response(request, body)


__all__ = ["desk_of", "lines_of", "lots_body", "router"]
