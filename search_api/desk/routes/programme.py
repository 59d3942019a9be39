"""``/v1/programmes`` and ``/consultation/etudes/{id}/programme``: a whole programme decided at once, as JSON, a page, and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from search_api.asked import of_api
from search_api.bodies import json_body
from search_api.context import Context
from search_api.desk import kept
from search_api.desk.consultations import XLSX
from search_api.desk.pages.consultation import settings_in
from search_api.desk.routes.consultations import desk_of, lines_of, lots_body
from search_api.desk.routes.study_pages import NAME, link_to, private
from search_api.envelope import all_sources
from search_api.openapi import problems, typed
from search_api.pages.render import page
from search_api.parameters import NoParameters
from search_api.responses import JSON, NEVER, negotiate, table_response
from vivier.desk.programme.decide import METHOD_VERSION, decide
from vivier.desk.programme.plan import Targets
from vivier.desk.read.asked import ConsultationAsked, Settings, checked_as
from vivier.desk.read.line import Line
from vivier.desk.read.understanding import understand
from vivier.desk.tell.decision import decision_body, freed_sentence, mark
from vivier.desk.tell.decision_shapes import DecisionBody, MonthBody
from vivier.exports.decision_book import decision_csv, decision_workbook
from vivier.french import integer, month_name, plural
from vivier.model.base import Model

WIDTH: Final = 640
HEIGHT: Final = 200
_TOP: Final = 16
_FOOT: Final = 24
MOST_BARS: Final = 72
"""Months drawn; the table beside has them all."""


@dataclass(frozen=True)
class Bar:
    """One month: left, width, and the top and height of each part, in units of the drawing."""

    x: float
    width: float
    clause: tuple[float, float]
    reserved: tuple[float, float]
    title: str


@dataclass(frozen=True)
class Chart:
    """The bars, the months written below, the most hours of a month, and the same in words."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]
    most: int
    text: str
    width: int = WIDTH
    height: int = HEIGHT


def chart_of(months: Sequence[MonthBody]) -> Chart | None:
    """The drawing of hours by month; ``None`` when no line gives any."""
    if not months:
        return None
    drawn = months[:MOST_BARS]
    totals = [month["clause"] + month["reserved"] for month in drawn]
    most, step = max(*totals, 1), WIDTH / len(drawn)
    scale, floor = (HEIGHT - _TOP - _FOOT) / most, HEIGHT - _FOOT
    bars = []
    for rank, month in enumerate(drawn):
        high, low = month["reserved"] * scale, month["clause"] * scale
        title = f"{_name(month)} : {integer(month['clause'])} h de clauses, {integer(month['reserved'])} h confiées"
        bars.append(
            Bar(
                round(rank * step + step * 0.1, 2),
                round(step * 0.8, 2),
                (round(floor - low, 2), round(low, 2)),
                (round(floor - low - high, 2), round(high, 2)),
                title,
            )
        )
    years = [(round(rank * step, 2), month["month"][:4]) for rank, month in enumerate(drawn) if _begins(rank, month)]
    top = drawn[totals.index(most)] if most in totals else drawn[0]
    later = f" Les {len(months) - MOST_BARS} mois suivants sont dans le tableau." if len(months) > MOST_BARS else ""
    text = f"Le mois le plus chargé est {_name(top)}, avec {plural(most, 'heure')}.{later}"
    return Chart(tuple(bars), tuple(years), most, text)


def _begins(rank: int, month: MonthBody) -> bool:
    return rank == 0 or month["month"].endswith("-01")


def _name(month: MonthBody) -> str:
    return month_name(date.fromisoformat(f"{month['month']}-01"))


API: Final = "/v1/programmes"
PATH: Final = "/consultation/etudes/{id}/programme"
CSV: Final = "text/csv"
FILES: Final = {"csv": (CSV, decision_csv), "xlsx": (XLSX, decision_workbook)}


class ProgrammeAsked(ConsultationAsked):
    """Lots, settings, and what the programme must reach."""

    target_share: Annotated[
        float | None, Field(ge=0, le=1, description="part du montant à confier à des structures (0 à 1)")
    ] = None
    target_hours: Annotated[
        float | None, Field(ge=0, le=1e8, allow_inf_nan=False, description="heures d'insertion attendues, au moins")
    ] = None
    most_rounds: Annotated[
        int | None, Field(ge=0, le=300, description="lignes au plus à réserver sous confirmation (une enquête chacune)")
    ] = None

    def targets(self) -> Targets:
        """The targets in the form that the method takes."""
        return Targets(self.target_share, self.target_hours, self.most_rounds)


class ProgrammeQuery(Model):
    """What the programme of a study must reach."""

    part: Annotated[int | None, Field(ge=0, le=100, description="part du montant à confier, en pour cent")] = None
    heures: Annotated[int | None, Field(ge=0, le=100_000_000, description="heures attendues, au moins")] = None
    enquetes: Annotated[int | None, Field(ge=0, le=300, description="lignes au plus à faire confirmer")] = None

    def targets(self) -> Targets:
        """The targets in the form that the method takes."""
        return Targets(None if self.part is None else self.part / 100, self.heures, self.enquetes)


class ProgrammeDecision(DecisionBody):
    """The decision, and the method that made it."""

    meta: dict[str, str]


@of_api("consultation")
def router(routes: APIRouter, context: Context) -> None:
    @routes.post(
        API,
        summary="Décider d'un programme entier : un levier par ligne, chaque capacité comptée une fois, avec la preuve",
        responses={
            200: {"model": typed(ProgrammeDecision), "description": "La décision : JSON, CSV ou XLSX selon Accept"},
            **problems(404, 406, 413, 415, 422, 503),
        },
        openapi_extra=lots_body(ProgrammeAsked),
    )
    async def programme(request: Request) -> Response:
        media = negotiate(request, JSON, CSV, XLSX)
        context.parse(request, NoParameters)
        body = checked_as(await json_body(request), ProgrammeAsked)
        made = await run_in_threadpool(_decided, body, lines_of(body, context), body.targets(), context)
        if media == JSON:
            return table_response(request, made)
        return _file(made, "csv" if media == CSV else "xlsx")

    @routes.get(PATH, include_in_schema=False)
    def shown(request: Request, id: str) -> Response:
        query = context.parse(request, ProgrammeQuery)
        return private(_page(id, query, context))

    for extension in FILES:
        _file_route(routes, extension, context)


def _file_route(routes: APIRouter, extension: str, context: Context) -> None:
    @routes.get(f"{PATH}.{extension}", name=f"programme_{extension}", include_in_schema=False)
    def file(request: Request, id: str) -> Response:
        query = context.parse(request, ProgrammeQuery)
        made, _ = _of_study(id, query, context)
        return private(_file(made, extension))


def _decided(settings: Settings, lines: list[Line], targets: Targets, context: Context) -> ProgrammeDecision:
    desk = desk_of(settings, context)
    made = decide(desk, lines, targets)
    return {**decision_body(made, desk.settings.as_of), "meta": {"method_version": METHOD_VERSION}}


def _of_study(id_: str, query: ProgrammeQuery, context: Context) -> tuple[ProgrammeDecision, str]:
    """The decision on a study that is kept, and its title."""
    draft = kept.studies(context).read(id_, context.today())
    settings = settings_in(draft.fields)
    lines = [understand(row, context.lexicon, settings.place) for row in draft.rows]
    return _decided(settings, lines, query.targets(), context), settings.title or NAME


def _file(made: ProgrammeDecision, extension: str) -> Response:
    media, written = FILES[extension]
    headers = {"Content-Disposition": f'attachment; filename="programme.{extension}"', "Cache-Control": NEVER}
    return Response(
        written(made), headers=headers, media_type=f"{media}; charset=utf-8; header=present" if media == CSV else media
    )


def _page(id_: str, query: ProgrammeQuery, context: Context) -> Response:
    made, name = _of_study(id_, query, context)
    address = f"{link_to(id_)}/programme"
    given = {field: value for field, value in query.model_dump().items() if value is not None}
    body: dict[str, object] = {
        "title": "Le programme entier",
        "name": name,
        "study": link_to(id_),
        "address": address,
        "asked": query,
        "query": f"?{urlencode(given)}" if given else "",
        "made": made,
        "changed": [line for line in made["lines"] if line["changed"]],
        "same": [line for line in made["lines"] if not line["changed"]],
        "freed": [freed_sentence(freed) for freed in made["freed"]],
        "mark": mark(),
        "chart": chart_of(made["months"]),
        "sources": all_sources(context.generation()),
    }
    return page("programme.html", body)
