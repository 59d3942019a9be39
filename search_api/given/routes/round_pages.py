"""``/enquetes`` and ``/r/{token}``: open a round, follow it, answer it. Everything works without JavaScript; nothing here is cached."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from search_api.asked import of_pages
from search_api.bodies import posted_items, same_site
from search_api.context import Context
from search_api.desk import kept as desk_kept
from search_api.desk.consultations import form_of
from search_api.desk.dossiers import link_to
from search_api.desk.pages.consultation import settings_in
from search_api.desk.routes.consultation_pages import programme_of
from search_api.doors import Called
from search_api.given import kept
from search_api.given.pages.rounds import QUESTIONED, opening_page, reply_page, round_page
from search_api.given.rounds import PAGES, PRIVATE, answer_from, body_of, merge_file
from search_api.given.routes.rounds import issued
from search_api.parameters import MergeQuery, ReplyQuery
from search_api.rates import client_key
from search_api.responses import GOING_BACK
from vivier.desk.method.answers import Answer
from vivier.desk.read.line import Line
from vivier.desk.read.understanding import understand
from vivier.dossiers.question import Question, question_for
from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.given.asked import MOST_MERGED, OPEN_DAYS, Opening
from vivier.given.hours import LINK, HoursGone
from vivier.given.opening import open_round
from vivier.given.round import Invited, Round, RoundGone
from vivier.given.tell import LINKS, line_of
from vivier.search.messages import validated

PAGE: Final = PAGES + "/{id}"
MOST_OFFERED: Final = 40
"""Most lines of a programme offered to be asked together."""
REPLY: Final = LINKS + "/{token}"
_OPENING: Final = ("line", "closes_on", "size", "organisation")
_OTHERS: Final = "autre"
"""The field of another lot asked together: one a lot."""


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    """The routes. They are pages, not part of the API: ``/v1/rounds`` answers the same as JSON."""

    @routes.post(PAGES, dependencies=context.own_form)
    async def opening(request: Request) -> Response:
        form = await form_of(request)
        items = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        others = [value for name, value in items if name == _OTHERS and value.isdecimal()]
        fields = {name: value for name, value in items if name != _OTHERS}
        return await run_in_threadpool(_open, fields, others, context, client_key(request))

    @routes.get(PAGE, dependencies=context.no_parameter)
    def shown(request: Request, id: str) -> Response:
        return _page(request, id, context)

    @routes.get(PAGE + "/publipostage.csv")
    def merged(request: Request, id: str) -> Response:
        query = context.parse(request, MergeQuery)
        try:
            return merge_file(request, id, context, _ids_in(query.avec) if query.avec.strip() else ())
        except (InvalidRequest, NotFound, RoundGone) as error:
            if not query.avec.strip():
                raise
            return _page(request, id, context, {"avec": query.avec}, _of_others(error))

    @routes.post(PAGE, dependencies=context.own_form)
    async def noted(request: Request, id: str) -> Response:
        return await run_in_threadpool(_act, request, id, dict(await posted_items(request)), context)

    @routes.get(REPLY)
    def questioned(request: Request, token: str) -> Response:
        query = context.parse(request, ReplyQuery)
        every = _rounds_of(token, context)
        read, invited = _chosen(every, query.lot)
        return reply_page(read, invited, lines_asked(every, read, context), context.today())

    @routes.post(REPLY)
    async def replied(request: Request, token: str) -> Response:
        query = context.parse(request, ReplyQuery)
        same_site(request)
        return await run_in_threadpool(_reply, token, query.lot, dict(await posted_items(request)), context)


def _open(fields: Mapping[str, str], others: Sequence[str], context: Context, client: str) -> Response:
    """Shows the form of a round, or opens it. What is wrong is told beside its field."""
    rounds, today = kept.rounds(context), context.today()
    context.generation()
    last = today + timedelta(days=min(OPEN_DAYS, rounds.days))
    question: Question | None = None
    errors: tuple[FieldError, ...] = ()
    try:
        question = question_for(settings_in(fields), programme_of(fields, ()).rows, today)
        opening = _opening_of(fields, others)
        if fields.get("step") == "open":
            store, lexicon = context.snapshot, context.lexicon
            id_ = open_round(question, opening.line, opening, rounds, store, lexicon, today, client)
            return RedirectResponse(f"{PAGES}/{id_}", 303, PRIVATE)
    except InvalidRequest as error:
        errors = error.errors
    line = None if question is None else _line(question, fields.get("line", ""), context)
    offered = [] if question is None or line is None else _others_of(question, line, context)
    shown = opening_page(line, fields, rounds.days, last, errors, offered=offered, others=others)
    shown.headers["Cache-Control"] = GOING_BACK
    return shown


def _opening_of(fields: Mapping[str, str], others: Sequence[str]) -> Opening:
    given: dict[str, object] = {name: fields[name].strip() for name in _OPENING if fields.get(name, "").strip()}
    given["others"] = others
    if fields.get("step") == "open":
        given["tells_amount"] = fields.get("tells_amount") == "oui"
    return validated(Opening, given)


def _line(question: Question, number: str, context: Context) -> Line | None:
    """The line of a number typed in a form, as we read it; ``None`` when there is none."""
    row = next((row for row in question.rows if str(row.line) == number), None)
    return None if row is None else understand(row, context.lexicon, question.settings.place)


def _others_of(question: Question, line: Line, context: Context) -> list[Line]:
    """The other lines of a question that may be asked together with one: those that we read."""
    rows = [row for row in question.rows if row.line != line.row.line][:MOST_OFFERED]
    lines = (understand(row, context.lexicon, question.settings.place) for row in rows)
    return [other for other in lines if other.trades and not other.errors]


def _page(
    request: Request,
    id_: str,
    context: Context,
    fields: Mapping[str, str] | None = None,
    error: InvalidRequest | None = None,
) -> Response:
    read = kept.rounds(context).read(id_, context.today())
    return round_page(
        body_of(id_, context),
        Called(f"{PAGES}/{id_}", read.answers),
        context.address(request),
        context.snapshot,
        issues=desk_kept.dossiers.find(context) is not None,
        fields=fields,
        errors=() if error is None else error.errors,
    )


def _until(fields: Mapping[str, str]) -> date:
    """The day until which a round is extended. Raises ``InvalidRequest`` naming « closes_on »."""
    try:
        return date.fromisoformat(fields.get("closes_on", ""))
    except ValueError:
        message = "« closes_on » : une date est attendue, par exemple 2027-03-31."
        raise InvalidRequest((FieldError("closes_on", "invalid_value", message),)) from None


def _act(request: Request, id_: str, fields: Mapping[str, str], context: Context) -> Response:
    """Does what the button pressed asks: note an answer, withdraw one, extend the round, issue the dossier, delete the round."""
    rounds, today, action = kept.rounds(context), context.today(), fields.get("action", "")
    read = rounds.read(id_, today)
    if action == "dossier":
        return RedirectResponse(link_to(issued(id_, context)), 303)
    if action == "delete":
        rounds.delete(id_, today)
        return RedirectResponse("/consultation", 303, PRIVATE)
    if action == "extend":
        try:
            rounds.extend(read, _until(fields), today)
        except InvalidRequest as error:
            return _page(request, id_, context, fields, error)
        return RedirectResponse(f"{PAGES}/{id_}", 303, PRIVATE)
    structure = fields.get("structure", "")
    if action == "withdraw":
        rounds.withdraw(read, structure, "facilitator", today)
        return RedirectResponse(f"{PAGES}/{id_}#reponses", 303, PRIVATE)
    try:
        if not structure:
            raise InvalidRequest((FieldError("structure", "missing", "« structure » : choisissez qui a répondu."),))
        rounds.answer(read, [answer_from(_answer(fields), structure, read, context, own=False)], today)
    except InvalidRequest as error:
        return _page(request, id_, context, fields, error)
    return RedirectResponse(f"{PAGES}/{id_}#reponses", 303, PRIVATE)


def _ids_in(addresses: str) -> list[str]:
    """The ids of other rounds in their addresses. Raises ``InvalidRequest`` naming « avec »."""
    ids = list(dict.fromkeys(re.findall(r"[0-9a-f]{40}", addresses)))
    if not ids or len(ids) >= MOST_MERGED:
        message = f"« avec » : collez l'adresse d'une à {MOST_MERGED - 1} autres enquêtes."
        raise InvalidRequest((FieldError("avec", "invalid_value", message),))
    return ids


def _of_others(error: Exception) -> InvalidRequest:
    """What is wrong with the addresses of other rounds, beside their field."""
    if isinstance(error, InvalidRequest):
        return error
    return InvalidRequest((FieldError("avec", "unknown_value", f"« avec » : {error}"),))


def _chosen(every: Sequence[tuple[Round, Invited]], lot: int | None) -> tuple[Round, Invited]:
    """The round that a structure answers: the one of the lot named, else the first without its answer, else that of its link."""
    named = (each for each in every if each[0].line == lot)
    waiting = (each for each in every if each[0].answer_of(each[1].structure) is None)
    return next(named, None) or next(waiting, None) or every[0]


def lines_asked(
    every: Sequence[tuple[Round, Invited]], read: Round, context: Context
) -> list[tuple[Round, Line, Answer | None]]:
    """Each lot asked of a structure, as we read it, with its answer; the one of ``read`` first."""
    ordered = sorted(every, key=lambda each: (each[0] is not read, each[0].line))
    return [(each, line_of(each, context.lexicon), each.answer_of(who.structure)) for each, who in ordered]


def _rounds_of(token: str, context: Context) -> Sequence[tuple[Round, Invited]]:
    """The rounds that a link asks. Raises :class:`HoursGone` for a link by which former versions asked for hours, ``NotFound`` for no link."""
    if kept.hours(context).has_link(token):
        raise HoursGone(LINK)
    return kept.rounds(context).by_link(token, context.today())


def _reply(token: str, lot: int | None, fields: Mapping[str, str], context: Context) -> Response:
    """Keeps, corrects or withdraws the answer of the structure of a link."""
    rounds, today = kept.rounds(context), context.today()
    every = _rounds_of(token, context)
    read, invited = next((each for each in every if each[0].line == lot), every[0])
    try:
        if fields.get("action") == "withdraw":
            rounds.withdraw(read, invited.structure, "structure", today)
        else:
            answer = answer_from(_answer(fields), invited.structure, read, context, own=True)
            rounds.answer(read, [answer], today)
    except InvalidRequest as error:
        return reply_page(read, invited, lines_asked(every, read, context), today, fields, error.errors)
    return RedirectResponse(f"{LINKS}/{token}", 303, PRIVATE)


def _answer(fields: Mapping[str, str]) -> dict[str, str]:
    """The fields of an answer that a form gives. Any other field of the form is not read, so nothing else can be kept."""
    return {name: fields[name] for name in QUESTIONED if fields.get(name, "").strip()}
