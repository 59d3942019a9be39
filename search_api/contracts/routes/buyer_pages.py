"""``/acheteurs`` and ``/acheteurs/{siren}``: buyers ranked for a profile, and the sheet of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from search_api.asked import of_pages
from search_api.context import Context
from search_api.contracts.pages import listing
from search_api.contracts.pages.agenda import Item, Month, agenda
from search_api.contracts.pages.buyers import against, buyer_card, buyer_page, percent, quartiles
from search_api.contracts.pages.contracts import ContractCard
from search_api.contracts.pages.indicators import DIMENSIONS, WIDTH, Chart, chart_of, listed
from search_api.contracts.pages.leads import for_whom, ics_of, page_of
from search_api.contracts.pages.lists import GLANCED, ListPage, feeds, files
from search_api.contracts.routes.contract_pages import CONTRACTS
from search_api.envelope import credited
from search_api.pages.render import page
from search_api.pages.state import PageState
from search_api.pages.words import VALUES
from search_api.parameters import AsOfPageQuery
from search_api.responses import unchanged
from vivier.contracts.announced import period_of, period_text
from vivier.contracts.buyer_sheet import ENDING_MONTHS, BuyerSheet, Peers, buyer_sheet
from vivier.contracts.calls import calls_of
from vivier.contracts.indicators import TARGETS
from vivier.contracts.leads_query import MOST_LEADS, BuyersQuery
from vivier.contracts.objects import object_title
from vivier.contracts.query import ContractQuery, parse_organisation
from vivier.contracts.ranking import rank_buyers
from vivier.contracts.relax import relaxed_profile
from vivier.contracts.shares import Share
from vivier.errors import InvalidRequest, NotFound
from vivier.french import number, plural
from vivier.search.operators import Search, Terms
from vivier.search.snapshot import Snapshot

STRIP: Final = 640.0
_LEFT, _SPAN = 20.0, 600.0
END: Final = "Fin de marché"
ANNOUNCED: Final = "Avis annoncé"


@dataclass(frozen=True)
class Bars:
    """One consideration by year. ``code`` names it in the page."""

    code: str
    name: str
    target: str
    chart: Chart


@dataclass(frozen=True)
class Strip:
    """The peers of a buyer on a line from 0 to 100 %. ``own`` is ``None`` when the buyer records too few contracts to stand on it."""

    ticks: tuple[float, ...]
    lower: float
    median: float
    upper: float
    own: float | None
    text: str
    width = STRIP


@dataclass(frozen=True)
class Part:
    """How many contracts say something, out of all: ``share`` in [0, 1]."""

    name: str
    text: str
    share: float


@dataclass(frozen=True)
class Pictures:
    """What stands above the tables of a buyer. ``peers`` is ``None`` when too few compare; ``announced``: title, page and period of the calls
    that the buyer announces."""

    sentence: str
    bars: tuple[Bars, ...]
    peers: Strip | None
    known: tuple[Part, ...]
    ends: tuple[Month, ...]
    announced: tuple[tuple[str, str, str], ...]


def pictures(sheet: BuyerSheet, ending: Sequence[ContractCard], as_of: date) -> Pictures:
    return Pictures(
        sentence=_sentence(sheet),
        bars=tuple(
            Bars(code, name, percent(TARGETS[code]), chart_of(listed(sheet.by_year), code, name, "year"))
            for code, name in DIMENSIONS
        ),
        peers=_strip(sheet.peers),
        known=tuple(_known(sheet)),
        ends=agenda(_due(sheet, ending, as_of), as_of),
        announced=tuple(
            (object_title(notice), page_of(notice["key"], contract=False), period_text(*period_of(notice)))
            for notice in sheet.announced
        ),
    )


def _due(sheet: BuyerSheet, ending: Sequence[ContractCard], as_of: date) -> Iterator[Item]:
    """What ends, and the calls that the buyer announces, from the first month of their period to come."""
    yield from (_item(card) for card in ending if card.ends is not None)
    for notice in sheet.announced:
        first, last = period_of(notice)
        page = page_of(notice["key"], contract=False)
        when = period_text(first, last)
        yield Item(max(first, as_of), ANNOUNCED, object_title(notice), page, "nouvel avis annoncé", when=when)


def _item(card: ContractCard) -> Item:
    holders = ", ".join(holder.name for holder in card.holders) or "titulaire inconnu"
    page = page_of(card.id, contract=True)
    beside = " ; ".join(reason.text for reason in card.reasons if reason.code != "ends")  # the line says it
    return Item(
        date.fromisoformat(str(card.ends)), END, card.object, page, holders, ics_of("contracts", card.id), beside
    )


def _sentence(sheet: BuyerSheet) -> str:
    """What the buyer does with social considerations since three years, and what ends soon."""
    recent = sheet.peers.own
    share, when = (recent, "notifiés depuis trois ans") if recent.n else (sheet.by_year.total.social.share, "connus")
    ending = (
        f" {plural(sheet.ends, 'marché finit', 'marchés finissent')} dans les {number(ENDING_MONTHS)} mois."
        if sheet.ends
        else ""
    )
    return f"{_social(share, when)}{ending}"


def _social(share: Share, when: str) -> str:
    if not share.n:
        return "Aucun marché connu à cette date."
    if not share.recorded:
        return f"Aucun de ses {plural(share.n, 'marché')} {when} ne dit s’il comporte une considération sociale."
    if not share.conclusive:
        enough = f"{number(share.recorded)} {'disent' if share.recorded > 1 else 'dit'}"
        return f"Sur ses {plural(share.n, 'marché')} {when}, {enough} s’ils comportent une considération sociale : trop peu pour conclure."
    return (
        f"{percent(share.of_recorded)} de ses marchés {when} et renseignés comportent une considération sociale : "
        f"{against(share, TARGETS['social'])}."
    )


def _x(share: float) -> float:
    return round(_LEFT + share * _SPAN, 1)


def _strip(peers: Peers) -> Strip | None:
    if peers.lower is None or peers.median is None or peers.upper is None:
        return None
    own = peers.own.of_recorded if peers.own.conclusive else None
    where = (
        ""
        if own is None
        else f" Cet acheteur : {percent(own)}, {number(peers.own.yes)} sur {plural(peers.own.recorded, 'renseigné')}."
    )
    text = f"{plural(peers.n, 'acheteur comparable', 'acheteurs comparables')}, un trait chacun : {quartiles(peers)}.{where}"
    ticks = tuple(dict.fromkeys(_x(share) for share in peers.shares))
    return Strip(ticks, _x(peers.lower), _x(peers.median), _x(peers.upper), None if own is None else _x(own), text)


def _known(sheet: BuyerSheet) -> list[Part]:
    total, gives = sheet.by_year.total, sheet.gives
    counted = (
        ("Considération sociale : oui ou non", total.social.share.recorded, total.social.share.n),
        (
            "Considération environnementale : oui ou non",
            total.environmental.share.recorded,
            total.environmental.share.n,
        ),
        ("Montant", gives.amounts, gives.n),
        ("Date de fin", gives.ends, gives.n),
        ("Nombre d’offres reçues", gives.offers, gives.n),
    )
    return [Part(name, f"{number(n)} sur {number(of)}", n / of) for name, n, of in counted if of]


BUYERS = ListPage(
    "/acheteurs",
    BuyersQuery,
    "acheteur",
    facets=("kind",),
    first=("supplier", "trade"),
    title="Pour qui ?",
    words="Nom ou SIREN de l'acheteur",
    button="Classer",
    size=GLANCED,
)


@of_pages
def router(routes: APIRouter, context: Context) -> None:
    """The list and the sheet. They are not part of the API."""
    listing.serve(routes, BUYERS, ("contracts", "buyers"), _buyers, context)

    @routes.get(BUYERS.path + "/{siren}")
    async def buyer(request: Request, siren: str) -> Response:
        return await context.run(_buyer, request, siren, context)


def _buyers(
    request: Request, state: PageState, context: Context, generations: listing.Generations
) -> tuple[str, dict[str, object]]:
    query: BuyersQuery = state.query
    profile = listing.requested_profile(query, context)
    found = rank_buyers(query, profile, context.snapshot, context.lexicon, context.today())
    relaxed = relaxed_profile(query, found.total, context.snapshot, context.lexicon, context.today())
    as_of = query.as_of or context.today()
    known = calls_of(query, found, context.snapshot, context.today())
    values = {
        **for_whom(listing.common(BUYERS, state, found.total, MOST_LEADS, context), profile, context),
        "counted_as": ("acheteur à appeler", "acheteurs à appeler") if query.sort == "call" else ("acheteur",),
        "months": query.months,
        "order": _order(query),
        "cards": [
            buyer_card(buyer, context.lexicon, found.record, as_of, known.get(buyer.siren)) for buyer in found.buyers
        ],
        "notices": found.notices,
        "left_out": [f"{number(rule.count)} {rule.text}" for rule in found.left_out],
        "empty": "Aucun de ces acheteurs n'est classé."
        if found.left_out
        else "Aucun acheteur connu pour ce profil et cette période.",
        "hint": "Montants par an, hors taxes.",
        "feeds": (),
        "relaxed": listing.ways_out(relaxed, BUYERS),
        "exports": files(state, "/v1/buyers"),
        "sources": credited((buyer.record or {} for buyer in found.buyers), generations),
    }
    return "buyers.html", values


def _order(query: BuyersQuery) -> str:
    """How the list is ordered."""
    by = VALUES["sort"][query.sort]
    return (
        "D'abord ceux qui achètent le plus, le plus près et depuis peu." if query.sort == "call" else f"Ordre : {by}."
    )


def _buyer(request: Request, siren: str, context: Context) -> Response:
    query = context.parse(request, AsOfPageQuery)
    number = _siren(siren)
    if _announces_only(number, context.snapshot):
        return RedirectResponse(f"/avis?buyer={number}", 303)
    generations = (context.generation("contracts"), context.generation("buyers"))
    etag = listing.sheet_etag(request, number, query, generations, context)
    not_modified = unchanged(request, etag)
    if not_modified is not None:
        return not_modified
    as_of = query.as_of or context.today()
    sheet = buyer_sheet(number, context.snapshot, context.lexicon, as_of)
    own = PageState(ContractQuery(buyer=(number,), as_of=query.as_of), path=CONTRACTS.path)
    shown = buyer_page(sheet, context.lexicon, as_of)
    values = {
        "buyer": shown,
        "pictures": pictures(sheet, shown.ending, as_of),
        "width": WIDTH,
        "holders": sheet.holders,
        "notices": sheet.notices,
        "as_of": as_of,
        "dated": listing.dated(query.as_of),
        "carried": listing.carried(query.as_of),
        "exports": files(own, "/v1/contracts"),
        "feeds": [*feeds(own, "contracts"), ("Ses avis par courriel", f"/courriel/notices?buyer={number}")],
        "sources": credited([sheet.record], generations),
    }
    return page("buyer.html", values, etag=etag)


def _announces_only(siren: str, snapshot: Snapshot) -> bool:
    """Whether notices alone know a buyer: it has no sheet, and its notices are its page."""
    if snapshot.buyers.get([siren]) or not snapshot.live("notices"):
        return False
    return snapshot.notices.search(Search(where=Terms("buyer", (siren,)), limit=0)).total > 0


def _siren(text: str) -> str:
    """The SIREN in a text. Raises 404 for an invalid number, as for an unknown buyer."""
    try:
        return parse_organisation(text)
    except InvalidRequest as error:
        raise NotFound(f"Aucun acheteur « {text[:20]} » parmi les marchés en service.") from error
