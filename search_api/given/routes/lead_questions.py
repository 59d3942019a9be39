"""``/v1/leads/question``, ``/pistes/question`` and ``/courriel/question``: the question of the week, and its answer."""

from __future__ import annotations

from typing import Annotated, Any, Final
from urllib.parse import parse_qsl

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import Field

from search_api.asked import of_api, posted_json
from search_api.bodies import posted_items
from search_api.context import Context
from search_api.given import additions, kept
from search_api.given.checked import texts_of
from search_api.given.mail import office, private
from search_api.given.rounds import PRIVATE
from search_api.given.routes.mail_pages import search_text
from search_api.openapi import posted, problems, typed
from search_api.parameters import openapi_parameters
from search_api.rates import client_key
from search_api.responses import JSON, negotiate
from vivier.bodies import Body
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.query_profile import profile_of
from vivier.errors import NotFound
from vivier.given.lead_questions import REPLIES, Reply, WeekQuestion, answer_question, with_answer
from vivier.mail.letters import QUESTION
from vivier.mail.news import search_of
from vivier.mail.subscriptions import NO_LINK, Followed
from vivier.model.base import Model
from vivier.search.query import parse_parameters
from vivier.search.query_url import url_of

API: Final = "/v1/leads/question"
PAGE: Final = "/pistes/question"


class QuestionQuery(Model):
    """Whom to ask."""

    supplier: Annotated[str, Field(min_length=2, max_length=120, description="identifiant de la structure")]


class QuestionReply(Model):
    """The answer of a structure to the question of the week."""

    supplier: Annotated[str, Field(min_length=1, max_length=80, description="identifiant de la structure")]
    trade: Annotated[str, Field(min_length=1, max_length=80, description="métier de la question")]
    answer: Annotated[Reply, Field(description="yes, no ou later (redemandé dans quatre semaines)")]


class AskedBody(Body):
    trade: str
    text_fr: str
    week: str
    answer: str | None


class QuestionBody(Body):
    """The question of the week; ``None``: nothing to ask. ``also_trade``, ``not_trade``: parameters by which a list takes the answer into account."""

    question: AskedBody | None
    also_trade: list[str]
    not_trade: list[str]


@of_api("sourcing inversé")
def router(routes: APIRouter, context: Context) -> None:

    @routes.get(
        API,
        summary="La question de la semaine : le métier dont la réponse changerait le plus les opportunités d'une structure",
        responses={200: {"model": typed(QuestionBody), "description": "La question"}, **problems(404, 406, 422, 503)},
        openapi_extra={"parameters": openapi_parameters(QuestionQuery, context.lexicon)},
    )
    def ask(request: Request) -> Response:
        negotiate(request, JSON)
        supplier = context.parse(request, QuestionQuery).supplier
        context.generation()
        return _body(additions.question_of(LeadsQuery(supplier=supplier), None, context, client_key(request)))

    @routes.post(
        API,
        summary="Répondre à la question de la semaine : oui, non ou plus tard",
        responses={
            200: {"model": typed(QuestionBody), "description": "Ce qui est gardé"},
            **problems(404, 406, 413, 415, 422, 503),
        },
        openapi_extra=posted(QuestionReply),
    )
    async def reply(request: Request) -> Response:
        fields = await posted_json(request, context)
        return _body(await run_in_threadpool(_answer, _checked(fields), context, client_key(request)))

    @routes.post(PAGE, include_in_schema=False, dependencies=context.own_form)
    async def page_reply(request: Request) -> Response:
        fields = dict(await posted_items(request))
        back = parse_qsl(fields.pop("back", ""))
        given = _checked(fields)
        await run_in_threadpool(_answer, given, context, client_key(request))
        query = parse_parameters(back, context.lexicon, LeadsQuery)
        return RedirectResponse(url_of("/pistes", with_answer(query, given.trade, given.answer)), 303)

    @routes.get(QUESTION + "/{token}", include_in_schema=False, dependencies=context.no_parameter)
    def mailed(request: Request, token: str) -> Response:
        followed, query = _subscription(token, context)
        return _page(followed, additions.question_of(query, None, context, ""), context)

    @routes.post(QUESTION + "/{token}", include_in_schema=False, dependencies=context.own_form)
    async def mailed_reply(request: Request, token: str) -> Response:
        """The link is its proof: it changes the subscription that it is of."""
        fields = dict(await posted_items(request))
        return await run_in_threadpool(_reply_by_mail, token, fields, context)


def _reply_by_mail(token: str, fields: dict[str, str], context: Context) -> Response:
    followed, query = _subscription(token, context)
    profile = profile_of(query, context.snapshot, context.lexicon, context.today())
    given = _checked({"supplier": profile.supplier, **fields})
    question = _answer(given, context, f"{int(followed.id, 16):x}")
    search = search_text(search_of(with_answer(query, given.trade, given.answer)))
    return _page(office(context).subscriptions.change(followed, search), question, context)


def _subscription(token: str, context: Context) -> tuple[Followed, LeadsQuery]:
    """The subscription to the leads of a supplier that a link is of. Raises ``NotFound``."""
    followed = office(context).subscriptions.by_stop(token)
    query = (
        parse_parameters(parse_qsl(followed.search), context.lexicon, LeadsQuery) if followed.of == "leads" else None
    )
    if query is None or query.supplier is None:
        raise NotFound(NO_LINK)
    return followed, query


def _page(followed: Followed, question: WeekQuestion | None, context: Context) -> Response:
    values = {"question": question, "replies": REPLIES, **office(context).letters.common(followed)}
    return private("mail_question.html", values)


def _checked(fields: Any) -> QuestionReply:
    return texts_of(QuestionReply, fields, "answer", REPLIES)


def _answer(given: QuestionReply, context: Context, client: str) -> WeekQuestion:
    database = kept.queue(context).database
    return answer_question(database, given.supplier, given.trade, given.answer, context.today(), client)


def _body(question: WeekQuestion | None) -> Response:
    body: dict[str, object] = {"question": None, "also_trade": [], "not_trade": []}
    if question is not None:
        week = question.week.isoformat()
        body["question"] = {"trade": question.trade, "text_fr": question.text, "week": week, "answer": question.answer}
        body["also_trade"] = [question.trade] if question.answer == "yes" else []
        body["not_trade"] = [question.trade] if question.answer == "no" else []
    return Response(orjson.dumps(body), 200, PRIVATE, JSON)
