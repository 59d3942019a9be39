"""``/pistes``: leads for a structure of the index, or for trades, a place and kinds given by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, get_args

from fastapi import APIRouter, Request

from search_api.asked import of_pages
from search_api.context import Context
from search_api.contracts.pages.leads import for_whom, lead_card
from search_api.contracts.pages.listing import Generations, common, requested_profile, serve, ways_out
from search_api.contracts.pages.lists import ListPage, feeds, files
from search_api.envelope import credited
from search_api.pages.state import PageState
from search_api.rates import client_key
from vivier.contracts.eligible import clauses_to_call
from vivier.contracts.find import last_notice
from vivier.contracts.leads import Leads, find_leads
from vivier.contracts.leads_query import MOST_LEADS, Also, BuyersQuery, LeadsQuery, ProfileQuery
from vivier.contracts.outlook import LISTED, act_first, best_question, next_best, volume
from vivier.contracts.profile import Profile
from vivier.contracts.query import ContractQuery
from vivier.contracts.relax import relaxed_profile
from vivier.contracts.to_confirm import ToConfirm, to_confirm
from vivier.errors import EngineUnavailable
from vivier.procurement import LEAD_NAMES
from vivier.search.operators import Search
from vivier.search.query import MAX_VALUES
from vivier.search.query_url import url_of

LEADS = ListPage(
    "/pistes",
    LeadsQuery,
    "opportunité",
    facets=("kind",),
    first=("supplier", "trade"),
    title="Pour qui ?",
    words=False,
    size=8,  # what is read in one look: 350 words
    needs=True,
)
HOLDERS = "/titulaires-a-appeler"
"""The page of the desk that names the holders to call."""
NOT_LOADED = {
    "notices": "Avis non chargés : ni avis ouverts ni projets d'achat dans cette installation.",
    "contracts": "Marchés non chargés : ni marchés à renouveler ni clauses en cours dans cette installation.",
}


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    serve(routes, LEADS, ("contracts", "notices", "suppliers"), _leads, context)


def _leads(
    request: Request, state: PageState, context: Context, generations: Generations
) -> tuple[str, dict[str, object]]:
    query: LeadsQuery = state.query
    profile = requested_profile(query, context)
    every = find_leads(
        query.model_copy(update={"lead": ()}), profile, context.snapshot, context.lexicon, context.today()
    )
    found = find_leads(query, profile, context.snapshot, context.lexicon, context.today()) if query.lead else every
    relaxed = relaxed_profile(query, found.total, context.snapshot, context.lexicon, context.today())
    farther = next_best(query, profile, found, context.snapshot, context.lexicon, context.today())
    week = volume(query, profile, context.snapshot, context.lexicon, context.today()) if found.total else None
    question = _question(query, profile, every, context, client_key(request))
    purchases = to_confirm(query, profile, every, context.snapshot, context.lexicon, context.today())
    shown = farther.leads if farther else found
    first = (query.page - 1) * query.per_page + 1
    kinds: list[tuple[str, int, str | None, bool]] = [
        ("Toutes", every.total, state.url(lead=()) if query.lead else None, not query.lead)
    ]
    kinds += [
        (LEAD_NAMES[kind], count, state.url(lead=(kind,)) if query.lead != (kind,) else None, query.lead == (kind,))
        for kind, count in every.totals.items()
    ]
    values = {
        **for_whom(common(LEADS, state, found.total, MOST_LEADS, context), profile, context),
        "own": profile.supplier is not None,
        "supplier": profile.supplier,
        "sets_aside": profile.supplier is not None and len(query.without) < MAX_VALUES and takes(context),
        "back": url_of("", query).lstrip("?"),
        "supposed": bool(profile.supposed),
        "kinds": kinds,
        "cards": [
            lead_card(lead, rank, found.as_of) for rank, lead in enumerate(act_first(shown.leads, found.as_of), first)
        ],
        "week": "" if week is None else week.text,
        "confirm": [
            (replace(lead_card(each.lead, rank, found.as_of), why=None), _ask(each, query, profile, state))
            for rank, each in enumerate(purchases, 1)
        ],
        "farther": "" if farther is None else farther.text,
        "question": None if purchases else question,
        "without": bool(query.without),
        "newest": None if found.total else last_notice(context.snapshot, found.as_of),
        "missing": [NOT_LOADED[collection] for collection in every.missing],
        "left_out": [(rule.text, _back(rule.code, query, state)) for rule in found.left_out],
        "relaxed": ways_out(relaxed, LEADS),
        "buyers": _buyers_url(query),
        "holders": url_of(HOLDERS, ProfileQuery(**query.whom)) if context.serves(HOLDERS) else None,
        "clauses": None if "contracts" in every.missing else _clauses(profile, found.as_of, context),
        "missed": None if profile.supplier is None else url_of("/marches", ContractQuery(missed=profile.supplier)),
        "exports": files(state, "/v1/leads"),
        "feeds": feeds(state, "leads"),
        "sources": credited((lead.record for lead in found.leads), generations),
    }
    return "leads.html", values


@dataclass(frozen=True)
class Ask:
    """The question of a purchase to confirm, and the addresses of the same list with each answer: the trade is then searched, or left out."""

    text: str
    yes: str | None
    no: str | None


def _ask(purchase: ToConfirm, query: LeadsQuery, profile: Profile, state: PageState) -> Ask:
    yes, no = (*query.also_trade, purchase.trade), (*query.not_trade, purchase.trade)
    return Ask(purchase.question(profile.lends), state.url(also_trade=yes), state.url(not_trade=no))


def _clauses(profile: Profile, as_of: date, context: Context) -> int:
    """How many contracts the page of the holders to call lists: every clause that runs, those about to end too."""
    where = clauses_to_call(profile, context.lexicon, as_of)
    return context.snapshot.contracts.search(Search(where=where, sort=(), limit=0)).total


def _question(query: LeadsQuery, profile: Profile, every: Leads, context: Context, client: str) -> Any:
    """The question of the week with its buttons; without what people give, or on a past day, the question alone; ``None`` once it is answered."""
    leads = every if query.page == 1 and query.per_page >= LISTED else None
    if profile.supplier is not None and query.as_of is None and takes(context) and context.doors.people is not None:
        try:
            found = context.doors.people.question_of(query, leads, context, client)
            return None if found is None or found.answer is not None else {"text": found.text, "trade": found.trade}
        except EngineUnavailable as error:
            context.troubles.begin("base", f"base : {error}")
    best = best_question(query, context.snapshot, context.lexicon, context.today(), leads=leads)
    return None if best is None else {"text": best.text, "trade": ""}


def takes(context: Context) -> bool:
    """Whether a lead may be set aside here."""
    return context.doors.people is not None and context.doors.people.takes(context)


def _back(code: str, query: LeadsQuery, state: PageState) -> str | None:
    """The address of the same page with what a rule leaves out; ``None`` for a rule that nothing lifts."""
    return state.url(also=(*query.also, code)) if code in get_args(Also) else None


def _buyers_url(query: LeadsQuery) -> str:
    """The page of the buyers worth a call for the same profile."""
    return url_of("/acheteurs", BuyersQuery(**query.whom, sort="call"))
