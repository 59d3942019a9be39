"""``/v1/support`` and ``/territoire``: who can help in a territory, and which of its buyers seem to owe a SPASER."""

from __future__ import annotations

from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field

from search_api.asked import Published, of_api
from search_api.context import Context, url_items
from search_api.contracts.lists import answered
from search_api.contracts.routes.lead_pages import HOLDERS
from search_api.desk.routes.desk import AboutBody, about, generations_of
from search_api.envelope import all_sources
from search_api.pages.places import is_typed, place_error, place_label, place_of
from search_api.pages.render import page, version
from search_api.resource_schemas import ResourceOut
from search_api.responses import etag_of, unchanged
from search_api.suppliers.pages.resources import resource_card
from search_api.suppliers.routes.resources import resource_body
from vivier.bodies import Body
from vivier.contracts import spaser
from vivier.contracts.eligible import clauses_to_call
from vivier.contracts.query_profile import profile_of
from vivier.contracts.spaser import LargeBuyer, SpaserList, spaser_list
from vivier.desk.facts.experience import indexed
from vivier.desk.facts.past import departements
from vivier.desk.read.holders import HoldersQuery
from vivier.errors import FieldError, InvalidRequest
from vivier.law.articles import NOTICE, ArticleBody, article_body, article_on
from vivier.model.base import Model
from vivier.resources import NOTICE as CATALOGUE
from vivier.search.operators import Search
from vivier.search.query import Codes, parse_parameters
from vivier.search.query_url import url_of
from vivier.support import Support, by_departement, support
from vivier.territory.phrases import in_place

API: Final = "/v1/support"
PATH: Final = "/territoire"
METHODS: Final = {"spaser": spaser.METHOD_VERSION}
COVERS: Final = (
    "D'après les marchés connus seulement : ceux publiés, au montant connu, notifiés dans l'année, accords-cadres à leur maximum. Un acheteur absent "
    "de la liste peut devoir un SPASER, et un acheteur de la liste n'en devoir aucun. Vérifiez ses achats de l'année."
)


class SupportAnswer(AboutBody):
    query: dict[str, object]
    territories: list[SupportBody]
    departements: list[CountsBody]
    spaser: SpaserBody | None
    article: ArticleBody | None
    notices: list[str]
    notice: str
    links: dict[str, str]


class SupportBody(Body):
    territory: str
    name: str
    facilitators: list[ResourceOut]
    networks: list[ResourceOut]
    national_facilitators: list[ResourceOut]
    national_networks: list[ResourceOut]
    gaps: list[str]


class CountsBody(Body):
    territory: str
    name: str
    facilitators: list[str]
    networks: list[str]


class SpaserBody(Body):
    threshold: float
    by_year: dict[str, dict[str, int]]
    covers: str
    buyers: list[BuyerBody]


class BuyerBody(Body):
    siren: str
    name: str | None
    seat: str | None
    year: int
    amount: float
    of_which_framework_maxima: float
    contracts: int
    without_frameworks: bool


class SupportQuery(Model):
    """The territory to look at; none: the whole country, by département."""

    territory: Annotated[
        Codes,
        Field(max_length=1, description="un territoire : departement:35, region:53, epci:243500139, commune:35238"),
    ] = ()


@of_api("ressources")
def router(routes: APIRouter, context: Context) -> None:
    Published(
        API,
        SupportQuery,
        "api",
        "Qui aide dans un territoire : facilitateurs, réseaux, acheteurs qui semblent devoir un SPASER",
        SupportAnswer,
        description="Le territoire, ou chaque département",
        errors=(406, 422, 503),
    ).answer_with(routes, context, _api)

    @routes.get(PATH, include_in_schema=False)
    async def shown(request: Request) -> Response:
        return await context.run(_page, request, context)


def _api(request: Request, query: SupportQuery, context: Context) -> Response:
    return answered(request, context, query, None, lambda: _body(query, context))


def _body(query: SupportQuery, context: Context) -> SupportAnswer:
    ids, notices = _places(query, context)
    day = context.today()
    found = [support(context.lexicon.gazetteer.get(id_), context.lexicon) for id_ in ids]
    owed = _spaser(ids, context)
    return {
        "query": query.model_dump(mode="json"),
        "territories": [_support_body(each) for each in found],
        "departements": [] if ids else [_counts(each) for each in by_departement(context.lexicon)],
        "spaser": None if owed is None else _spaser_body(owed),
        "article": article_body(article_on("L2111-3", day)),
        "notices": [CATALOGUE, *notices],
        "notice": NOTICE,
        "links": {"self": url_of(API, query)},
        **about(generations_of(context), day.isoformat(), METHODS),
    }


def _places(query: SupportQuery, context: Context) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids of the territory asked, and what was replaced. Raises ``InvalidRequest`` for an unknown one."""
    read = [context.lexicon.gazetteer.expand(text, "territory") for text in query.territory]
    ids = tuple(place.id for found, _ in read for place in found)
    return ids, tuple(notice for _, notice in read if notice is not None)


def _spaser(ids: tuple[str, ...], context: Context) -> SpaserList | None:
    """``None``: no contract is indexed, which is not « none »."""
    return spaser_list(ids, context.today(), context.snapshot) if indexed(context.snapshot) else None


def _to_call(ids: tuple[str, ...], context: Context) -> dict[str, object] | None:
    """The page of the holders to call in a territory: its places, its address, how many contracts it lists; ``None`` for the whole country, or
    where no contract is indexed."""
    if not ids or ids == ("FR",) or not indexed(context.snapshot):
        return None
    query = HoldersQuery(territory=departements(ids, context.lexicon))
    today, lexicon = context.today(), context.lexicon
    where = clauses_to_call(profile_of(query, context.snapshot, lexicon, today), lexicon, today)
    return {
        "where": ", ".join(place_label(id_, lexicon.gazetteer) for id_ in query.territory),
        "url": url_of(HOLDERS, query),
        "total": context.snapshot.contracts.search(Search(where=where, sort=(), limit=0)).total,
    }


def _support_body(found: Support) -> SupportBody:
    return {
        "territory": found.territory.id,
        "name": found.territory.name,
        "facilitators": [resource_body(entry) for entry in found.facilitators],
        "networks": [resource_body(entry) for entry in found.networks],
        "national_facilitators": [resource_body(entry) for entry in found.national_facilitators],
        "national_networks": [resource_body(entry) for entry in found.national_networks],
        "gaps": list(found.gaps),
    }


def _counts(found: Support) -> CountsBody:
    return {
        "territory": found.territory.id,
        "name": found.territory.name,
        "facilitators": [entry.code for entry in found.facilitators],
        "networks": [entry.code for entry in found.networks],
    }


def _spaser_body(owed: SpaserList) -> SpaserBody:
    return {
        "threshold": owed.threshold,
        "by_year": {str(year): {"buyers": n, "contracts": priced} for year, (n, priced) in owed.by_year.items()},
        "covers": COVERS,
        "buyers": [_buyer(buyer, owed) for buyer in owed.buyers],
    }


def _buyer(buyer: LargeBuyer, owed: SpaserList) -> BuyerBody:
    return {
        "siren": buyer.siren,
        "name": None if buyer.record is None else buyer.record.get("name"),
        "seat": None if buyer.record is None else buyer.record.get("seat"),
        "year": buyer.year,
        "amount": round(buyer.amount, 2),
        "of_which_framework_maxima": round(buyer.frameworks, 2),
        "contracts": buyer.contracts,
        "without_frameworks": buyer.without_frameworks >= owed.threshold,
    }


def _page(request: Request, context: Context) -> Response:
    items = [(name, value) for name, value in url_items(request) if value.strip()]
    given = dict(items).get("territory", "")
    try:
        if given and not is_typed(given):
            return RedirectResponse(f"{PATH}?{urlencode({'territory': _named(given, context)})}", 303)
        query = parse_parameters(items, context.lexicon, SupportQuery)
        ids, notices = _places(query, context)
    except InvalidRequest as error:
        return page("support.html", _values(given, error.errors, context), status=422)
    generations = generations_of(context)
    names = (generation.version for generation in generations)
    etag = etag_of("support", version(), context.today().isoformat(), *names, query.model_dump_json())
    not_modified = unchanged(request, etag)
    if not_modified is not None:
        return not_modified
    lexicon, owed = context.lexicon, _spaser(ids, context)
    values = _values(place_label(ids[0], lexicon.gazetteer) if ids else "", (), context) | {
        "found": [_cards(support(lexicon.gazetteer.get(id_), lexicon), context) for id_ in ids],
        "departements": [] if ids else by_departement(lexicon),
        "owed": None if owed is None else _spaser_body(owed),
        "notices": notices,
        "to_call": _to_call(ids, context),
        "api": url_of(API, query),
        "sources": [source for generation in generations for source in all_sources(generation)],
    }
    return page("support.html", values, etag=etag)


def _named(text: str, context: Context) -> str:
    """The id of a place by its name. Raises ``InvalidRequest`` for an uncertain one."""
    found = place_of(text, context.lexicon)
    if len(found.ids) != 1:
        raise InvalidRequest((place_error("territory", text, found),))
    return found.ids[0]


def _cards(found: Support, context: Context) -> dict[str, object]:
    lists = ("facilitators", "networks", "national_facilitators", "national_networks")
    cards = {name: [resource_card(entry, context.lexicon) for entry in getattr(found, name)] for name in lists}
    return {"name": found.territory.name, "within": in_place(found.territory), "gaps": found.gaps, **cards}


def _values(given: str, errors: tuple[FieldError, ...], context: Context) -> dict[str, object]:
    return {
        "given": given,
        "errors": [error.message for error in errors],
        "article": article_body(article_on("L2111-3", context.today())),
        "catalogue": CATALOGUE,
        "found": [],
        "departements": [],
        "owed": None,
        "market": None,
        "notices": (),
        "api": API,
        "sources": all_sources(context.generation()),
    }
