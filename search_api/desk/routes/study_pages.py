"""``/consultation/etudes/{id}``: the board of a study, and each of its lots, at an address of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from search_api.asked import of_pages
from search_api.bodies import posted_items
from search_api.context import Context
from search_api.desk import kept
from search_api.desk.pages.consultation import FIRST_PAGE, programme_text, ranked, settings_in
from search_api.desk.pages.lot import faced
from search_api.doors import Called
from search_api.envelope import all_sources
from search_api.pages.render import page
from search_api.parameters import StudyQuery
from search_api.rates import client_key
from vivier.desk.method.lever import lever_title
from vivier.desk.tell.advice import ASK_FIRST, UNLISTED
from vivier.desk.tell.body import board_totals
from vivier.dossiers.compose import board, compose_lot
from vivier.dossiers.question import Question, question_for
from vivier.dossiers.studies import Draft
from vivier.errors import NotFound
from vivier.french import plural
from vivier.law.parameters import value as parameter

PATH: Final = "/consultation/etudes"
NAME: Final = "Votre consultation"


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    @routes.get(PATH + "/{id}")
    def whole(request: Request, id: str) -> Response:
        return private(_study(id, None, context.parse(request, StudyQuery), context))

    @routes.get(PATH + "/{id}/lots/{line}")
    def lot(request: Request, id: str, line: str) -> Response:
        return private(_study(id, _number(line), context.parse(request, StudyQuery), context))

    @routes.post(PATH + "/{id}/lots/{line}/appels", dependencies=context.own_form)
    async def called(request: Request, id: str, line: str) -> Response:
        fields = dict(await posted_items(request))
        return await run_in_threadpool(_note, id, _number(line), fields, context, client_key(request))

    @routes.get(PATH + "/{id}/lots/{line}/appels", dependencies=context.no_parameter)
    def sheet(request: Request, id: str, line: str) -> Response:
        return private(_sheet(id, _number(line), context))

    @routes.post(PATH + "/{id}/supprimer", dependencies=context.own_form)
    def forget(request: Request, id: str) -> Response:
        kept.studies(context).forget(id, context.today())
        return RedirectResponse("/consultation", 303)


def _number(text: str) -> int:
    """The line of a lot, as written in an address. Raises ``NotFound``."""
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        raise NotFound(f"Aucun lot à la ligne {text[:20]} de cette étude.")
    return int(text)


def link_to(id_: str) -> str:
    return f"{PATH}/{id_}"


def private(response: Response) -> Response:
    """The address is the only key: search engines are parts not to index it, and it is sent to no other site."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _note(id_: str, line: int, call: Mapping[str, str], context: Context, client: str) -> Response:
    """Notes what a structure answered by telephone, and comes back to the verdict of the lot."""
    draft, rounds = kept.studies(context).read(id_, context.today()), context.doors.rounds
    if rounds is None:
        raise NotFound("Ce service ne garde pas d'enquêtes.")
    question = question_for(settings_in(draft.fields), draft.rows, context.today())
    context.generation()
    rounds.note(id_, question, line, call, context, client)
    own = f"/lots/{line}" if len(draft.rows) > 1 else ""
    return private(RedirectResponse(f"{link_to(id_)}{own}#ligne-{line}", 303))


def _called(id_: str, lines: Sequence[int], context: Context) -> Mapping[int, Called]:
    """What was noted of the calls about some lots; nothing where no round is kept."""
    rounds = context.doors.rounds
    return {} if rounds is None else rounds.called(id_, lines, context)


def _sheet(id_: str, line: int, context: Context) -> Response:
    """The sheet of paper of who calls about a lot."""
    draft = kept.studies(context).read(id_, context.today())
    question = question_for(settings_in(draft.fields), draft.rows, context.today())
    called = _called(id_, [line], context)
    question = replace(question, answers={number: each.answers for number, each in called.items()})
    lot = compose_lot(question, line, context.snapshot, context.lexicon)
    body = {
        "lot": faced(lot, context.snapshot, called.get(line)),
        "address": link_to(id_),
        "as_of": question.as_of.isoformat(),
    }
    return page("calls.html", body | {"sources": all_sources(context.generation())})


def _study(id_: str, line: int | None, tried: StudyQuery, context: Context) -> Response:
    draft = kept.studies(context).read(id_, context.today())
    if tried.taux is not None:
        draft = draft.with_rate(tried.taux / 100)
    if tried.effort is not None:
        draft = draft.with_effort(tried.effort / 100)
    if tried.parties:
        draft = draft.by_part()
    question = question_for(settings_in(draft.fields), draft.rows, context.today())
    number = draft.rows[0].line if line is None and len(draft.rows) == 1 else line
    called = _called(id_, [row.line for row in draft.rows] if number is None else [number], context)
    question = replace(question, answers={number: each.answers for number, each in called.items()})
    rows = [] if number is not None else ranked(board(question, context.snapshot, context.lexicon))
    lot = None if number is None else compose_lot(question, number, context.snapshot, context.lexicon)
    name = question.settings.title or NAME
    body: dict[str, object] = {
        "name": name,
        "title": name if lot is None or len(draft.rows) == 1 else _title(lot),
        "address": link_to(id_),
        "number": number,
        "lot": None if lot is None else faced(lot, context.snapshot, called.get(number or 0)),
        "rows": rows or draft.rows,
        "sentence": board_sentence(rows) if rows else "",
        "rate": _rate(lot, question, tried),
        "effort": round((question.settings.effort or parameter("effort")) * 100),
        "tried": tried,
        "cut": _may_be_cut(lot),
        **_neighbours(draft, number),
        **_draft_values(draft, question, context),
    }
    return page("study.html", body)


def _rate(lot: Mapping[str, Any] | None, question: Question, tried: StudyQuery) -> dict[str, object]:
    """The response rate of the slider, in per cent, and where the one that holds without it comes from. ``query``: what keeps the one tried
    in a link."""
    used = None if lot is None or not lot["studied"] else lot["response_rate"]
    usual = None if used is None else used["usual"] or used
    own = question.settings.response_rate
    value = tried.taux or (used["value"] if used else own or parameter("response_central")) * 100
    return {
        "value": max(1, round(value)),
        "tried": tried.taux is not None,
        "usual": None if usual is None else round(usual["value"], 2),
        "text": "chaque lot a le sien, mesuré sur les marchés réservés de son métier"
        if usual is None
        else usual["text"],
        "query": _query(tried),
    }


def _query(tried: StudyQuery) -> str:
    """The end of an address that keeps what is tried."""
    given = {name: value for name in ("taux", "effort") if (value := getattr(tried, name)) is not None}
    shown = given | ({"parties": "true"} if tried.parties else {})
    return f"?{urlencode(shown)}" if shown else ""


def _may_be_cut(lot: Mapping[str, Any] | None) -> bool:
    """Whether the lot is over one département and not yet told by intercommunalité."""
    places = [] if lot is None or not lot["studied"] else lot["understood"]["territories"]
    return len(places) == 1 and places[0]["code"].startswith("departement:") and "parts" not in (lot or {})


def _title(lot: Mapping[str, Any]) -> str:
    understood = lot["understood"]
    return f"Lot {understood['lot']}" if understood["lot"] else f"Ligne {understood['line']}"


def _neighbours(draft: Draft, number: int | None) -> dict[str, int | None]:
    """The lots before and after one, in the order of the programme."""
    lines = [row.line for row in draft.rows]
    if number not in lines:
        return {"before": None, "after": None}
    at = lines.index(number)
    return {"before": lines[at - 1] if at else None, "after": lines[at + 1] if at + 1 < len(lines) else None}


def _draft_values(draft: Draft, question: Question, context: Context) -> dict[str, object]:
    return {
        "fields": draft.fields,
        "asked_again": FIRST_PAGE,
        "kept": programme_text(draft.rows),
        "until": draft.until.isoformat(),
        "as_of": question.as_of.isoformat(),
        "rounds": kept.opens_rounds(context),
        "keeps": kept.days(context),
        "sources": all_sources(context.generation()),
    }


def _lever_in_short(row: Mapping[str, Any]) -> str:
    """The lever of a lot in short, or that people are to be asked first where none holds."""
    title: str = row["lever_fr"]
    return next((first for first in (ASK_FIRST, UNLISTED) if title.startswith(first)), lever_title(row["lever"]))


def board_sentence(rows: Sequence[Mapping[str, Any]]) -> str:
    """What the board says, in one sentence: how many lots have each lever, wait for a correction, or are out of scope. The counts add up."""
    found = board_totals(rows)
    studied = (row for lever in found["levers"] for row in rows if row["studied"] and row["lever"] == lever)
    parts = [f"{count} « {title} »" for title, count in Counter(map(_lever_in_short, studied)).items()]
    parts += [f"{found['to_correct']} à corriger"] if found["to_correct"] else []
    outside = sum(row["state"] == "outside" for row in rows)
    parts += [f"{outside} hors du champ de l'annuaire"] if outside else []
    return f"{plural(len(rows), 'lot')} : {', '.join(parts)}."
