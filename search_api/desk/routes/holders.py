"""``/v1/holders-to-call`` and ``/titulaires-a-appeler``: who owes insertion hours near a place, and who subcontracts in a trade."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from fastapi import APIRouter, Request, Response

from search_api.asked import Published, of_api, of_pages
from search_api.context import Context
from search_api.contracts.lists import answered
from search_api.contracts.pages.contracts import Party, buyer_party, holders, subcontractors
from search_api.contracts.pages.leads import for_whom, page_of
from search_api.contracts.pages.listing import Generations, common, requested_profile, serve
from search_api.contracts.pages.lists import ListPage
from search_api.contracts.routes.leads import ProfileBody, profile_body
from search_api.envelope import credited
from search_api.links import page_links
from search_api.pages.places import place_label
from search_api.pages.state import PageState
from search_api.pages.words import VALUES, credit
from vivier.bodies import Body
from vivier.contracts.leads_query import MOST_LEADS, LeadsQuery
from vivier.contracts.objects import object_title
from vivier.contracts.query_profile import profile_of
from vivier.desk.facts.holders_to_call import Facilitating, ToCall, facilitators, holders_to_call
from vivier.desk.method.hours_left import METHOD_VERSION
from vivier.desk.read.holders import HoldersQuery, Work
from vivier.desk.tell.holders_to_call import ToCallBody, acts_text, hours_text, to_call_body
from vivier.french import euros_ht, kilometres
from vivier.lexicon import Lexicon
from vivier.model.views import SubcontractView
from vivier.resources import NOTICE
from vivier.search.query_url import url_of
from vivier.suppliers.sources import SourceOut

MOST_NAMED = 5
"""Subcontractors named on a card."""
UNDATED = "Fin inconnue : à appeler dès maintenant"


@dataclass(frozen=True)
class HolderCard:
    """One contract whose holders are worth a call. ``help``: title and address of those who facilitate there; ``local``: whether they name the place;
    ``shares``: the first subcontractors, each with what is declared of its acts; ``others``: how many more."""

    title: str
    page: str
    holders: tuple[Party, ...]
    buyer: Party
    where: str
    amount: str
    hours: str
    when: str
    help: tuple[tuple[str, str], ...]
    local: bool
    shares: tuple[tuple[Party, str], ...]
    others: int
    sources: tuple[str, ...]


def holder_card(row: ToCall, facilitating: Facilitating, as_of: date, lexicon: Lexicon) -> HolderCard:
    """The card of one contract on a day."""
    record, clause = row.record, not row.acts
    shares = _shares(row)
    amount, place = record.get("amount"), record.get("place")
    found = facilitating.of(record) if clause else None
    far = None if row.distance_km is None else f"à {kilometres(max(1, round(row.distance_km)))}"
    return HolderCard(
        title=object_title(record),
        page=page_of(row.id, True),
        holders=tuple(holders(record)),
        buyer=buyer_party(record["buyer"]),
        where=", ".join(filter(None, (place and place_label(place, lexicon.gazetteer), far))) or "lieu non reconnu",
        amount="montant inconnu" if amount is None else euros_ht(amount),
        hours=hours_text(row) if clause else "",
        when="" if not clause else UNDATED if row.calls is None else row.calls.text(as_of),
        help=tuple((entry.title, entry.url) for entry in facilitators(found)),
        local=found is not None and bool(found.facilitators),
        shares=tuple(shares[:MOST_NAMED]),
        others=max(0, len(shares) - MOST_NAMED),
        sources=tuple(dict.fromkeys(credit(source) for source in record.get("sources", ()))),
    )


def _shares(row: ToCall) -> list[tuple[Party, str]]:
    """Each subcontractor with its acts."""
    acts: dict[Party, list[SubcontractView]] = {}
    for act in row.acts:
        (party,) = subcontractors({**row.record, "subcontracts": [act]})
        acts.setdefault(party, []).append(act)
    return [(party, acts_text(own)) for party, own in acts.items()]


API: Final = "/v1/holders-to-call"
PAGE: Final = ListPage(
    "/titulaires-a-appeler",
    HoldersQuery,
    "titulaire",
    first=("supplier", "trade"),
    title="Pour qui ?",
    words=False,
    needs=True,
    name="Titulaires à appeler",
    template="holders.html",
)


class HoldersMeta(Body):
    as_of: str
    index_generations: list[str]
    method_versions: dict[str, str]


class HoldersAnswer(Body):
    """A page of holders to call."""

    query: dict[str, object]
    profile: ProfileBody
    total: int
    totals: dict[Work, int]
    lends: bool
    page: int
    per_page: int
    results: list[ToCallBody]
    links: dict[str, str | None]
    notice: str
    meta: HoldersMeta
    sources: list[SourceOut]


@of_api("sourcing inversé")
def router(routes: APIRouter, context: Context) -> None:
    Published(
        API,
        HoldersQuery,
        "holders_to_call",
        "Titulaires à appeler : heures d'insertion dues et restantes, facilitateurs, moments d'appel ; sous-traitance déclarée",
        HoldersAnswer,
        description="Les titulaires, les plus d'heures restantes d'abord",
    ).answer_with(routes, context, _api)


@of_pages
def page_router(routes: APIRouter, context: Context) -> None:
    serve(routes, PAGE, ("contracts",), _page, context)


def _api(request: Request, query: HoldersQuery, context: Context) -> Response:
    generations = context.living("contracts")

    def make() -> HoldersAnswer:
        profile = profile_of(query, context.snapshot, context.lexicon, context.today())
        found = holders_to_call(query, profile, context.snapshot, context.lexicon, context.today())
        facilitating, day = Facilitating(context.lexicon), found.as_of
        total = found.totals[query.work]
        return {
            "query": {**query.model_dump(mode="json"), "as_of": day.isoformat()},
            "profile": profile_body(profile, context),
            "total": total,
            "totals": found.totals,
            "lends": found.lends,
            "page": query.page,
            "per_page": query.per_page,
            "results": [
                to_call_body(row, facilitating, None if row.calls is None else row.calls.text(day))
                for row in found.found
            ],
            "links": page_links(API, query, min(total, MOST_LEADS), MOST_LEADS),
            "notice": NOTICE,
            "meta": {
                "as_of": day.isoformat(),
                "index_generations": [generation.name for generation in generations],
                "method_versions": {"hours_left": METHOD_VERSION},
            },
            "sources": credited((row.record for row in found.found), generations),
        }

    return answered(request, context, query, query.as_of, make)


def _page(
    request: Request, state: PageState, context: Context, generations: Generations
) -> tuple[str, dict[str, object]]:
    query: HoldersQuery = state.query
    profile = requested_profile(query, context)
    found = holders_to_call(query, profile, context.snapshot, context.lexicon, context.today())
    facilitating = Facilitating(context.lexicon)
    return PAGE.template, {
        **for_whom(common(PAGE, state, found.totals[query.work], MOST_LEADS, context), profile, context),
        "ordinary": profile.ordinary,
        "lends": found.lends,
        "partner": bool(profile.families) and not found.lends,
        "known": bool(profile.trades),
        "supposed": bool(profile.supposed),
        "work": query.work,
        "works": [
            (VALUES["work"][work], total, state.url(work=work) if work != query.work else None)
            for work, total in found.totals.items()
        ],
        "cards": [holder_card(row, facilitating, found.as_of, context.lexicon) for row in found.found],
        "catalogue": NOTICE,
        "leads": url_of("/pistes", LeadsQuery(**query.whom)),
        "api": state.url(API),
        "sources": credited((row.record for row in found.found), generations),
    }
