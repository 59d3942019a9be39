"""The pages of the supplier side: ``/marches``, ``/avis``, ``/acheteurs``, ``/pistes``, and one sheet of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response

from search_api.context import Context
from search_api.lists import credited
from search_api.pages.buyers import buyer_card, buyer_page
from search_api.pages.chips import chips
from search_api.pages.contracts import contract_card, contract_sheet, summaries
from search_api.pages.leads import lead_card, named, profile_text
from search_api.pages.lists import ListPage, feeds, files
from search_api.pages.notices import NOTICE_STATES, notice_card, notice_sheet
from search_api.pages.pager import pager
from search_api.pages.render import page, version
from search_api.pages.state import Asked, address, grouped
from search_api.pages.words import plural, title_of
from search_api.parameters import AsOfQuery
from search_api.responses import etag_of, unchanged
from vivier.engine.port import Generation
from vivier.errors import FieldError, InvalidRequest, NotFound
from vivier.operators import Collection
from vivier.procurement import NOTICE_NATURES
from vivier.query import MAX_DEPTH
from vivier.query_url import pairs
from vivier.reverse.asked import profile_of
from vivier.reverse.buyer_sheet import buyer_sheet
from vivier.reverse.costs import without_each
from vivier.reverse.find import ListFound, find_list
from vivier.reverse.leads import LEAD_NAMES, find_leads
from vivier.reverse.leads_query import MOST_LEADS, BuyersQuery, LeadsQuery, ProfileQuery
from vivier.reverse.plan import FACETS
from vivier.reverse.profile import Profile
from vivier.reverse.query import ContractQuery, NoticeQuery, parse_organisation
from vivier.reverse.ranking import rank_buyers
from vivier.reverse.reasons import contract_reasons, notice_reasons
from vivier.reverse.story import contract_story

_PROFILE = ("supplier", "trade")
CONTRACTS = ListPage("/marches", ContractQuery, "marché", facets=FACETS["contracts"])
NOTICES = ListPage("/avis", NoticeQuery, "avis", facets=FACETS["notices"])
LEADS = ListPage(
    "/pistes", LeadsQuery, "piste", facets=("kind",), first=_PROFILE, title="Pour qui ?", words=False, needs=True
)
BUYERS = ListPage(
    "/acheteurs",
    BuyersQuery,
    "acheteur",
    facets=("kind",),
    first=_PROFILE,
    title="Pour qui ?",
    words="Nom ou SIREN de l'acheteur",
)
NOT_LOADED = {
    "notices": "Avis non chargés : ni avis ouverts ni projets d'achat dans cette installation.",
    "contracts": "Marchés non chargés : ni marchés bientôt finis ni clauses en cours dans cette installation.",
}
UNKNOWN = {
    "amount": "le montant",
    "offers": "le nombre d'offres",
    "ends": "la date de fin",
    "published": "la publication",
}
Shown = Callable[[Request, Asked, Context, tuple[Generation, ...]], tuple[str, dict[str, Any]]]


def router(context: Context) -> APIRouter:
    """The routes. They are not part of the API: the OpenAPI document leaves them out."""
    routes = APIRouter(include_in_schema=False)
    _list(routes, CONTRACTS, ("contracts",), _contracts, context)
    _list(routes, NOTICES, ("notices",), _notices, context)
    _list(routes, LEADS, ("contracts", "notices", "suppliers"), _leads, context)
    _list(routes, BUYERS, ("contracts", "buyers"), _buyers, context)

    @routes.get(CONTRACTS.path + "/{id}")
    async def contract(request: Request, id: str) -> Response:
        return await context.run(_contract, request, id, context)

    @routes.get(NOTICES.path + "/{id}")
    async def notice(request: Request, id: str) -> Response:
        return await context.run(_notice, request, id, context)

    @routes.get(BUYERS.path + "/{siren}")
    async def buyer(request: Request, siren: str) -> Response:
        return await context.run(_buyer, request, siren, context)

    return routes


def _list(routes: APIRouter, of: ListPage, read: tuple[Collection, ...], shown: Shown, context: Context) -> None:
    @routes.get(of.path, name=f"page{of.path}")
    async def listing(request: Request) -> Response:
        return await context.run(_answer, request, of, read, shown, context)


def _answer(request: Request, of: ListPage, read: tuple[Collection, ...], shown: Shown, context: Context) -> Response:
    if of.needs and not any(value.strip() for _, value in request.query_params.multi_items()):
        return page("leads.html", _empty(of, context))
    asked = of.read(request, context)
    if isinstance(asked, Response):
        return asked
    generations = _live(read, of, context)
    day = (asked.query.as_of or context.today()).isoformat()
    names = "|".join(generation.name for generation in generations)
    etag = etag_of(of.path, version(), names, day, asked.query.model_dump_json())
    try:
        return unchanged(request, etag) or _page(*shown(request, asked, context, generations), etag)
    except InvalidRequest as error:
        return of.refusal(error, request, context)


def _page(template: str, values: dict[str, Any], etag: str) -> Response:
    return page(template, values, etag=etag)


def _live(read: tuple[Collection, ...], of: ListPage, context: Context) -> tuple[Generation, ...]:
    """The generations a page rests on; leads do with those that are there."""
    if not of.needs:
        return tuple(context.generation(collection) for collection in read)
    return tuple(one for collection in read for one in context.engine.generations(collection) if one.live)


def _empty(of: ListPage, context: Context) -> dict[str, Any]:
    return {
        "asked": False,
        "title": "Pistes",
        "total": 0,
        "form": of.form({}, context),
        "missing": (),
        "need": "",
        "sources": (),
    }


def _common(
    of: ListPage, asked: Asked, total: int, deepest: int, context: Context, counts: Any = None
) -> dict[str, Any]:
    query = asked.query
    return {
        "asked": True,
        "total": total,
        "as_of": query.as_of or context.today(),
        "chips": chips(asked, context.lexicon),
        "form": of.form(grouped(pairs(query)), context, counts),
        "pager": pager(total, asked, deepest),
        "start": (query.page - 1) * query.per_page + 1,
        "sort": getattr(query, "sort", None),
        "need": "",
    }


def _contracts(
    request: Request, asked: Asked, context: Context, generations: tuple[Generation, ...]
) -> tuple[str, dict[str, Any]]:
    found = find_list(asked.query, context.engine, context.lexicon, context.today(), generations[0])
    values = {
        **_common(CONTRACTS, asked, found.total, MAX_DEPTH, context, found.answer.facets),
        "title": _title(asked, context, "Marchés publics"),
        "cards": [contract_card(one.id, one.record, one.reasons, context.lexicon) for one in found.results],
        "notices": found.plan.notices,
        "left_out": _left_out(found),
        "relaxed": [] if found.total else _relaxed(found, asked, context),
        "exports": files(asked, "/v1/contracts"),
        "feeds": feeds(asked, "contracts"),
        "sources": credited((one.record for one in found.results), generations),
    }
    return "contracts.html", values


def _notices(
    request: Request, asked: Asked, context: Context, generations: tuple[Generation, ...]
) -> tuple[str, dict[str, Any]]:
    found = find_list(asked.query, context.engine, context.lexicon, context.today(), generations[0])
    natures = asked.query.nature or tuple(NOTICE_NATURES)  # without any, the API leaves projects to their own list
    every = Asked(asked.query.model_copy(update={"nature": natures}), path=asked.path)
    states = ((name, (code,) if code else ()) for code, name in NOTICE_STATES.items())
    values = {
        **_common(NOTICES, asked, found.total, MAX_DEPTH, context, found.answer.facets),
        "title": ("Avis : " + told) if (told := _title(asked, context, "")) else "Avis et projets d'achat",
        "cards": [notice_card(one.record, one.reasons) for one in found.results],
        "states": [(name, asked.url(status=codes), asked.query.status == codes) for name, codes in states],
        "notices": found.plan.notices,
        "exports": files(every, "/v1/notices"),
        "feeds": feeds(every, "notices"),
        "sources": credited((one.record for one in found.results), generations),
    }
    return "notices.html", values


def _title(asked: Asked, context: Context, otherwise: str) -> str:
    return ", ".join([chip.label for chip in chips(asked, context.lexicon)][:4]) or otherwise


def _left_out(found: ListFound) -> list[str]:
    return [
        f"{plural(count, 'marché')} dont on ignore {UNKNOWN.get(name, name)} : hors de ces résultats."
        for name, count in found.unknown_excluded.items()
        if count
    ]


def _relaxed(found: ListFound, asked: Asked, context: Context) -> list[tuple[str, str | None]]:
    """The conditions that alone stand in the way."""
    told = []
    for name, total in without_each(found.plan, context.engine, found.generation.name):
        if total:
            also = ("radius_km",) if name == "near" else ()
            left = [(key, value) for key, value in pairs(asked.query) if key not in (name, "page", *also)]
            title = title_of(name, type(asked.query))
            told.append((f"sans « {title} » : {plural(total, 'marché')}", address(asked.path, left)))
    return told


def _leads(
    request: Request, asked: Asked, context: Context, generations: tuple[Generation, ...]
) -> tuple[str, dict[str, Any]]:
    query: LeadsQuery = asked.query
    profile = _profile(query, context)
    every = find_leads(query.model_copy(update={"lead": ()}), profile, context.engine, context.lexicon, context.today())
    found = find_leads(query, profile, context.engine, context.lexicon, context.today()) if query.lead else every
    first = (query.page - 1) * query.per_page + 1
    kinds: list[tuple[str, int, str | None, bool]] = [
        ("Toutes", every.total, asked.url(lead=()) if query.lead else None, not query.lead)
    ]
    kinds += [
        (LEAD_NAMES[kind], count, asked.url(lead=(kind,)) if query.lead != (kind,) else None, query.lead == (kind,))
        for kind, count in every.totals.items()
    ]
    values = {
        **_common(LEADS, asked, found.total, MOST_LEADS, context),
        "chips": named(chips(asked, context.lexicon), profile),
        "title": f"Pistes pour {profile.name}" if profile.name else "Pistes",
        "profile": profile_text(profile, context.lexicon),
        "kinds": kinds,
        "cards": [lead_card(lead, rank) for rank, lead in enumerate(found.leads, first)],
        "missing": [NOT_LOADED[collection] for collection in every.missing],
        "anywhere": asked.url(territory=("FR",), near=None, radius_km=None),
        "exports": files(asked, "/v1/leads"),
        "feeds": feeds(asked, "leads"),
        "sources": credited((lead.record for lead in found.leads), generations),
    }
    return "leads.html", values


def _profile(query: ProfileQuery, context: Context) -> Profile:
    """The profile asked; a supplier that is not there is said beside its field."""
    try:
        return profile_of(query, context.engine, context.lexicon, context.today())
    except NotFound as error:
        raise InvalidRequest((FieldError("supplier", "not_found", str(error)),)) from error


def _buyers(
    request: Request, asked: Asked, context: Context, generations: tuple[Generation, ...]
) -> tuple[str, dict[str, Any]]:
    query: BuyersQuery = asked.query
    profile = _profile(query, context)
    found = rank_buyers(query, profile, context.engine, context.lexicon, context.today())
    values = {
        **_common(BUYERS, asked, found.total, MOST_LEADS, context),
        "chips": named(chips(asked, context.lexicon), profile),
        "profile": profile_text(profile, context.lexicon),
        "months": query.months,
        "cards": [buyer_card(buyer, context.lexicon) for buyer in found.buyers],
        "notices": found.notices,
        "exports": [("cette page en JSON", asked.url("/v1/buyers", page=query.page))],
        "sources": credited((buyer.record or {} for buyer in found.buyers), generations),
    }
    return "buyers.html", values


def _sheet_etag(request: Request, id_: str, asked: AsOfQuery, read: tuple[Generation, ...], context: Context) -> str:
    day = (asked.as_of or context.today()).isoformat()
    return etag_of(request.url.path, version(), "|".join(one.name for one in read), day, id_)


def _contract(request: Request, id_: str, context: Context) -> Response:
    asked = context.parse(request, AsOfQuery)
    generation, as_of = context.generation("contracts"), asked.as_of or context.today()
    record = context.engine.get("contracts", [id_]).get(id_)
    if record is None:
        raise NotFound(f"Aucun marché « {id_[:80]} » dans l'index en service.")
    etag = _sheet_etag(request, id_, asked, (generation,), context)
    held = unchanged(request, etag)
    if held is not None:
        return held
    told = contract_story(record, context.engine, context.lexicon, as_of)
    values = {
        "sheet": contract_sheet(record, contract_reasons(record, None, as_of, context.lexicon), context.lexicon),
        "story": {name: summaries(some, context.lexicon) for name, some in told.items()},
        "need": "",
        "sources": credited([record], (generation,)),
    }
    return page("contract.html", values, etag=etag)


def _notice(request: Request, id_: str, context: Context) -> Response:
    asked = context.parse(request, AsOfQuery)
    generation, as_of = context.generation("notices"), asked.as_of or context.today()
    record = context.engine.get("notices", [id_]).get(id_)
    if record is None:
        raise NotFound(f"Aucun avis « {id_[:80]} » dans l'index en service.")
    etag = _sheet_etag(request, id_, asked, (generation,), context)
    held = unchanged(request, etag)
    if held is not None:
        return held
    values = {
        "sheet": notice_sheet(record, notice_reasons(record, None, as_of, context.lexicon)),
        "need": "",
        "sources": credited([record], (generation,)),
    }
    return page("notice.html", values, etag=etag)


def _buyer(request: Request, siren: str, context: Context) -> Response:
    asked = context.parse(request, AsOfQuery)
    number = _siren(siren)
    generations = (context.generation("contracts"), context.generation("buyers"))
    etag = _sheet_etag(request, number, asked, generations, context)
    held = unchanged(request, etag)
    if held is not None:
        return held
    as_of = asked.as_of or context.today()
    sheet = buyer_sheet(number, context.engine, context.lexicon, as_of)
    own = Asked(ContractQuery(buyer=(number,)), path=CONTRACTS.path)
    values = {
        "buyer": buyer_page(sheet, context.lexicon),
        "holders": sheet.holders,
        "notices": sheet.notices,
        "as_of": as_of,
        "exports": files(own, "/v1/contracts"),
        "feeds": feeds(own, "contracts"),
        "need": "",
        "sources": credited([sheet.record], generations),
    }
    return page("buyer.html", values, etag=etag)


def _siren(text: str) -> str:
    """A number that is none names nobody: 404, as for an unknown one."""
    try:
        return parse_organisation(text)
    except InvalidRequest as error:
        raise NotFound(f"Aucun acheteur « {text[:20]} » parmi les marchés en service.") from error
