"""``/suivi/{id}/signer`` and ``/r/{token}/signer``: a structure signs what it sent, by a code that it receives at the mailbox that a register publishes for
it. Everything works without JavaScript; nothing here is cached."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from search_api.bodies import posted_items
from search_api.context import Context
from search_api.desk.dossiers import same_site
from search_api.given import kept
from search_api.given.declaring import check_form, single
from search_api.given.pages.rounds import reply_page
from search_api.given.rounds import PRIVATE
from search_api.given.routes.given_pages import FOLLOWED, followed_page, record_of
from search_api.given.routes.round_pages import lines_asked
from search_api.given.signing import SIGN, act, answers_by_link, signing_by_link
from search_api.parameters import NoParameters
from search_api.rates import client_key
from search_api.routing import Request, Response, Routes
from vivier.errors import InvalidRequest
from vivier.given.signing import request_to_sign
from vivier.given.tell import LINKS
from vivier.suppliers.find import get


def router(context: Context) -> Routes:
    """The routes. They are pages, not part of the API."""
    routes = Routes(include_in_schema=False)

    @routes.post(FOLLOWED + SIGN)
    async def request_signed(request: Request, id: str) -> Response:
        context.parse(request, NoParameters)
        same_site(request)
        fields = single(await posted_items(request))
        return await run_in_threadpool(_sign_request, id, fields, context, client_key(request))

    @routes.post(LINKS + "/{token}" + SIGN)
    async def answer_signed(request: Request, token: str) -> Response:
        context.parse(request, NoParameters)
        same_site(request)
        fields = single(await posted_items(request))
        return await run_in_threadpool(_sign_answer, token, fields, context, client_key(request))

    return routes


def _sign_request(id_: str, fields: Mapping[str, str], context: Context, client: str) -> Response:
    queue = kept.queue(context)
    found = queue.by_link(id_)
    try:
        check_form(list(fields.items()))
        what = request_to_sign(queue.database, found.number)
        act(what, record_of(found.subject, context), fields, context, client)
    except InvalidRequest as error:
        return followed_page(id_, context, error)
    return RedirectResponse(FOLLOWED.replace("{id}", id_), 303, PRIVATE)


def _sign_answer(token: str, fields: Mapping[str, str], context: Context, client: str) -> Response:
    today = context.today()
    every = kept.rounds(context).by_link(token, today)
    read, invited = every[0]
    try:
        check_form(list(fields.items()))
        record = get(invited.structure, context.snapshot)
        act(answers_by_link(token, every), record, fields, context, client)
    except InvalidRequest as error:
        signing = signing_by_link(token, every, context)
        return reply_page(read, invited, lines_asked(every, read, context), today, None, error.errors, signing)
    return RedirectResponse(f"{LINKS}/{token}", 303, PRIVATE)
