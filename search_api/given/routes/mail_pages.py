"""``/courriel``: follow a list by mail, confirm by a link, stop by a link. Everything works without JavaScript."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from search_api.asked import of_pages
from search_api.bodies import posted_items, same_site
from search_api.context import Context, url_items
from search_api.contracts.pages.leads import named
from search_api.contracts.pages.lists import feeds
from search_api.contracts.routes.contract_pages import CONTRACTS
from search_api.contracts.routes.lead_pages import LEADS
from search_api.contracts.routes.notice_pages import NOTICES
from search_api.given import kept
from search_api.given.mail import OFF, TRAP, office, private
from search_api.pages.chips import Chip, chips
from search_api.pages.state import Elsewhere, PageState, Refused, grouped, read
from search_api.rates import client_key
from search_api.suppliers.routes.pages import refused_page
from vivier.contracts.query_profile import profile_of
from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.mail.letter import mail_address
from vivier.mail.letters import CONFIRMING, EVERY, STOPPING
from vivier.mail.news import NAMES, NOT_FOLLOWED, Of, items_of, query_of, search_of
from vivier.mail.refusals import REFUSING
from vivier.mail.subscriptions import CONFIRM_DAYS, DAYS, NO_LINK, Followed
from vivier.mail.weblinks import masked
from vivier.search.query_url import quoted

MOST_WORDS: Final = 200


def title_text(of: Of, state: PageState, context: Context) -> str:
    """A search in words: « Avis et projets d'achat » has no criterion, else « Entretien des espaces verts, Ille-et-Vilaine »."""
    labels = [chip.label for chip in _chips(of, state, context) if chip.name not in NOT_FOLLOWED]
    text = masked(", ".join(labels)) or "toute la liste"  # whoever asks chooses these words
    return text if len(text) <= MOST_WORDS else f"{text[: MOST_WORDS - 1]}…"


def _chips(of: Of, state: PageState, context: Context) -> list[Chip]:
    made = chips(state, context.lexicon)
    if of != "leads":
        return made
    return named(made, profile_of(state.query, context.snapshot, context.lexicon, context.today()))


def search_text(pairs: list[tuple[str, str]]) -> str:
    """The parameters of a followed search, as the query string of its page."""
    return "&".join(f"{name}={quoted(value)}" for name, value in pairs)


def form_values(of: Of, state: PageState, context: Context) -> dict[str, Any]:
    """What the form of a subscription shows."""
    return {
        "of": of,
        "name": NAMES[of],
        "title": title_text(of, state, context),
        "every": EVERY,
        "back": state.url(),
    }


PAGE: Final = "/courriel/{of}"
_LISTS: Final = {"contracts": CONTRACTS, "notices": NOTICES, "leads": LEADS}
_LONGEST: Final = 2_000
"""Characters of a followed search."""
_FIELDS: Final = ("address", "every")


@of_pages
def router(routes: APIRouter, context: Context) -> None:

    @routes.get(PAGE)
    def form(request: Request, of: str) -> Response:
        return _form(request, of, context)

    @routes.post(PAGE)
    async def requested(request: Request, of: str) -> Response:
        same_site(request)
        return await run_in_threadpool(_form, request, of, context, dict(await posted_items(request)))

    @routes.get(CONFIRMING + "/{token}", dependencies=context.no_parameter)
    def waiting(request: Request, token: str) -> Response:
        return _followed("confirm", office(context).subscriptions.waiting(token, context.today()), context)

    @routes.post(CONFIRMING + "/{token}", dependencies=context.own_form)
    def confirmed(request: Request, token: str) -> Response:
        return _followed("confirmed", office(context).subscriptions.confirm(token, context.today()), context)

    @routes.get(REFUSING + "/{token}", dependencies=context.no_parameter)
    def refusing(request: Request, token: str) -> Response:
        if not office(context).post.outbox.refusals.is_link(token):
            raise NotFound(NO_LINK)
        return private("mail_refuse.html", {"done": False})

    @routes.post(REFUSING + "/{token}")
    def refused(token: str) -> Response:
        """As :func:`stopped`: the link is its proof."""
        office(context).post.outbox.refusals.refuse(token, context.today())
        return private("mail_refuse.html", {"done": True})

    @routes.get(STOPPING + "/{token}", dependencies=context.no_parameter)
    def stopping(request: Request, token: str) -> Response:
        return _followed("stop", office(context).subscriptions.by_stop(token), context)

    @routes.post(STOPPING + "/{token}")
    def stopped(token: str) -> Response:
        """From the page, or from a mail program by its own button (RFC 8058): it comes from another site, and the link is its proof."""
        office(context).subscriptions.stop(token)
        return private("mail_link.html", {"step": "stopped", "followed": None})


def _followed(step: str, followed: Followed, context: Context) -> Response:
    values = {
        "step": step,
        "followed": followed,
        **office(context).letters.common(followed),
    }
    return private("mail_link.html", values)


def _form(request: Request, of: str, context: Context, fields: Mapping[str, str] | None = None) -> Response:
    """The form of a subscription, with what is wrong in it; once it is right, a letter leaves."""
    listed = next((name for name in NAMES if name == of), None)
    if listed is None:
        raise HTTPException(404)
    state = _state(request, listed, context)
    if isinstance(state, Response):
        return state
    try:
        return _shown(listed, state, context) if fields is None else _ask(request, listed, state, context, fields)
    except InvalidRequest as error:
        if fields is None or any(each.field not in _FIELDS for each in error.errors):
            return _refusal(request, listed, error, context)
        return _shown(listed, state, context, fields, error.errors)


def _state(request: Request, of: Of, context: Context) -> PageState | Response:
    """The search of the URL, or the answer to one that cannot be read."""
    if of != "suppliers":
        return (
            RedirectResponse(LEADS.path, 303)
            if of == "leads" and not request.query_params
            else _LISTS[of].read(request, context)
        )
    state = read(url_items(request), context.lexicon)
    if isinstance(state, Elsewhere):
        return RedirectResponse(state.url, 303)
    return refused_page(state, context) if isinstance(state, Refused) else state


def _refusal(request: Request, of: str, error: InvalidRequest, context: Context) -> Response:
    if of == "suppliers":
        return refused_page(Refused(grouped(url_items(request)), error.errors), context)
    return _LISTS[of].refusal(error, request, context)


def _shown(
    of: Of,
    state: PageState,
    context: Context,
    fields: Mapping[str, str] | None = None,
    errors: tuple[FieldError, ...] = (),
) -> Response:
    by_field: dict[str, list[str]] = {}
    for error in errors:
        by_field.setdefault(error.field, []).append(_plain(error))
    values = {
        **form_values(of, state, context),
        "fields": fields or {},
        "errors": by_field,
        "trap": TRAP,
        "off": OFF if kept.mail.find(context) is None else None,
        "days": CONFIRM_DAYS,
        "feeds": [] if of == "suppliers" else feeds(state, of)[1:],
        "sent": False,
    }
    return private("mail_subscribe.html", values, 422 if errors else 200)


def _plain(error: FieldError) -> str:
    text = error.message.partition(f"« {error.field} » : ")[2]
    return text[:1].upper() + text[1:] if text else error.message


def _ask(request: Request, of: Of, state: PageState, context: Context, fields: Mapping[str, str]) -> Response:
    """Writes to the address to confirm. Whatever is known of it, the page says the same."""
    at_hand, today = office(context), context.today()
    errors: list[FieldError] = []
    every = next((code for code in DAYS if code == fields.get("every", "daily")), None)
    if every is None:
        errors.append(FieldError("every", "unknown_value", "« every » : choisissez chaque jour ou chaque semaine."))
    try:
        address = mail_address(fields.get("address", "")[:_LONGEST])
    except InvalidRequest as error:
        errors += error.errors
    if errors or every is None:
        raise InvalidRequest(tuple(errors))
    search = search_text(search_of(state.query))
    if len(search) > _LONGEST:
        message = "« address » : cette recherche a trop de critères pour être suivie par courriel. Retirez-en."
        raise InvalidRequest((FieldError("address", "too_long", message),))
    items_of(of, query_of(of, search, context.lexicon), context.snapshot, context.lexicon, today, today)
    values = form_values(of, state, context)
    if not fields.get(TRAP):
        stop = at_hand.post.outbox.refusals.link(at_hand.letters.base, address)
        at_hand.subscriptions.ask(
            address,
            of,
            search,
            values["title"],
            every,
            today,
            lambda token, followed: at_hand.letters.confirm(token, followed, stop, time.time()),
            client_key(request),
        )
        kept.wake(context)
    return private("mail_subscribe.html", {**values, "days": CONFIRM_DAYS, "sent": True})
