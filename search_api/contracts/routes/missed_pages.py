"""``/pourquoi-pas-moi``: what a structure did not win, by the one fact that would have opened it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, cast

from fastapi import APIRouter, Request

from search_api.asked import of_pages
from search_api.context import Context
from search_api.contracts.pages.contracts import Party, buyer_party, holders
from search_api.contracts.pages.leads import for_whom, page_of
from search_api.contracts.pages.listing import Generations, common, requested_profile, serve
from search_api.contracts.pages.lists import ListPage
from search_api.contracts.routes.lead_pages import NOT_LOADED
from search_api.envelope import credited
from search_api.pages.state import PageState
from search_api.pages.words import credit
from vivier.contracts.leads_query import LeadsQuery
from vivier.contracts.missed import FACTS, OF_EACH, Missed, find_missed
from vivier.contracts.missed_query import MissedQuery
from vivier.contracts.objects import object_title
from vivier.contracts.reasons import reserved_text
from vivier.french import euros_ht, kilometres, long_day
from vivier.model.views import ContractView
from vivier.names import readable_name
from vivier.search.query_url import url_of


@dataclass(frozen=True)
class MissedCard:
    """One purchase. ``again``: the opportunities of today with the same fact, ``None`` when a page cannot ask it; ``what``: reserved, with a
    social clause, or with an environmental provision."""

    title: str
    page: str
    buyer: Party
    holders: tuple[Party, ...]
    what: str
    when: str
    amount: str
    distance: str
    text: str
    again: str | None
    lots: int
    sources: tuple[str, ...]


def missed_card(missed: Missed) -> MissedCard:
    record = missed.record
    contract = missed.collection == "contracts"
    day = record.get("notified") if contract else record.get("published")
    amount = record.get("amount") if contract else record.get("amount_max")
    return MissedCard(
        title=object_title(record),
        page=page_of(missed.id, contract),
        buyer=buyer_party(record["buyer"]),
        holders=tuple(holders(cast(ContractView, record))) if contract else (),
        what=_what(missed),
        when=f"{'notifié' if contract else 'paru'} le {long_day(str(day))}" if day else "date inconnue",
        amount=euros_ht(float(str(amount))) if amount is not None else "montant inconnu",
        distance="" if missed.distance_km is None else f"à {kilometres(missed.distance_km)}",
        text=missed.text,
        again=_again(missed),
        lots=missed.lots,
        sources=tuple(dict.fromkeys(credit(source) for source in record.get("sources", ()))),
    )


def _what(missed: Missed) -> str:
    evidence = missed.record.get("evidence", ())
    if any(piece["provision"] == "reserved" for piece in evidence):
        text = reserved_text(missed.record.get("reserved_for", ()))
        return text[:1].upper() + text[1:]
    if any(piece["provision"] == "clause" for piece in evidence):
        return "Clause sociale"
    return "Considération environnementale"


def _again(missed: Missed) -> str | None:
    """The opportunities that the same fact gives today."""
    return None if missed.query is None else url_of("/pistes", LeadsQuery(**missed.query.whom))


PATH: Final = "/pourquoi-pas-moi"
PAGE: Final = ListPage(
    PATH,
    MissedQuery,
    "marché",
    facets=("kind",),
    first=("supplier", "trade"),
    title="Pour qui ?",
    words=False,
    needs=True,
    name="Pourquoi pas moi ?",
    template="missed.html",
)


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    serve(routes, PAGE, ("contracts", "notices", "suppliers"), _missed, context)


def _missed(
    request: Request, state: PageState, context: Context, generations: Generations
) -> tuple[str, dict[str, object]]:
    query: MissedQuery = state.query
    requested_profile(query, context)
    of_each = None if query.fact else OF_EACH
    found = find_missed(query, context.snapshot, context.lexicon, context.today(), of_each)
    shown: dict[str, list[Any]] = {}
    for missed in found.found:
        shown.setdefault(missed.fact, []).append(missed_card(missed))
    total = found.total if query.fact else 0
    groups = [
        (fact, FACTS[fact], count, shown.get(fact, []), state.url(fact=(fact,), page=1))
        for fact, count in found.totals.items()
        if count and (not query.fact or fact in query.fact)
    ]
    values = {
        **for_whom(common(PAGE, state, total, total, context), found.profile, context),
        "title": f"Pourquoi pas {readable_name(found.profile.name)} ?" if found.profile.name else PAGE.name,
        "total": found.total,
        "found": found,
        "groups": groups,
        "all_facts": state.url(fact=(), page=1) if query.fact else None,
        "months": query.months,
        "farther": state.url(more_km=200) if query.more_km < 200 else None,
        "missing": [NOT_LOADED[collection] for collection in found.missing],
        "leads": url_of("/pistes", LeadsQuery(**query.whom)),
        "sources": credited((missed.record for missed in found.found), generations),
    }
    return "missed.html", values
