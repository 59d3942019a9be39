"""``/revue``: the operator decides on what people ask. Behind a password that the operator sets; without one, there is no such page."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from search_api.asked import of_pages
from search_api.bodies import posted_items
from search_api.context import Context
from search_api.given import kept
from search_api.given.declaring import check_form, single
from search_api.given.pages.given import decide_page, operated_page, review_page
from search_api.given.reviewers import REVIEW, TOKEN, check_form_of_operator, check_operator, form_token
from search_api.given.rounds import PRIVATE
from search_api.given.routes.given_pages import sheet_of
from search_api.parameters import NoParameters
from vivier.errors import InvalidRequest, NotFound
from vivier.given.requests import Request as Sent
from vivier.given.requests import beside_text

_LARGEST: Final = 2**31


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    @routes.get(REVIEW)
    def listed(request: Request) -> Response:
        check_operator(request, context)
        context.parse(request, NoParameters)
        queue = kept.queue(context)
        totals = (queue.count("pending"), queue.count("accepted"))
        watched = kept.watch.find(context) is not None
        return review_page(queue.waiting(), queue.waiting("accepted"), totals, watched=watched)

    @routes.get(REVIEW + "/service")
    def state(request: Request) -> Response:
        check_operator(request, context)
        context.parse(request, NoParameters)
        watch = kept.watch.find(context)
        if watch is None:
            raise HTTPException(404)
        return operated_page(watch.diagnose(), watch.night())

    @routes.get(REVIEW + "/{number}")
    def shown(request: Request, number: str) -> Response:
        check_operator(request, context)
        context.parse(request, NoParameters)
        return _page(kept.queue(context).read(number_of(number)), request, context)

    @routes.post(REVIEW + "/{number}")
    async def decided(request: Request, number: str) -> Response:
        check_operator(request, context)
        context.parse(request, NoParameters)
        items = await posted_items(request)
        check_form_of_operator(request, dict(items).get(TOKEN, ""), context)
        return await run_in_threadpool(_decide, request, number, items, context)


def number_of(text: str) -> int:
    """The number of a request, as written in an address. Raises ``NotFound``."""
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or int(text) >= _LARGEST:
        raise NotFound(f"Aucune demande n° {text[:20]}.")
    return int(text)


def _page(
    found: Sent, request: Request, context: Context, reason: str = "", error: InvalidRequest | None = None
) -> Response:
    errors = () if error is None else error.errors
    others = beside_text(kept.queue(context).waiting(beside=found))
    token = form_token(request, context)
    return decide_page(found, others, sheet_of(found.subject, context), context.lexicon, token, reason, errors)


def _decide(request: Request, text: str, items: list[tuple[str, str]], context: Context) -> Response:
    queue, number, fields = kept.queue(context), number_of(text), single(items)
    action, reason = fields.get("action", ""), fields.get("reason", "")
    try:
        check_form(items)
        if action == "accept":
            queue.accept(number, context.today(), reason)
        elif action == "refuse":
            queue.refuse(number, context.today(), reason)
        elif action == "withdraw":
            queue.withdraw(number, context.today(), by_operator=True)
    except InvalidRequest as error:
        return _page(queue.read(number), request, context, reason, error)
    return RedirectResponse(f"{REVIEW}/{number}", 303, PRIVATE)
