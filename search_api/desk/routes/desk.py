"""``/v1/feasibility`` and ``/v1/depth``: whether a lot can be reserved, and how many structures a territory has for a trade."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Request, Response

from search_api.asked import Published, of_api
from search_api.context import Context
from search_api.contracts.lists import answered
from search_api.desk.bodies import DEPTH_METHODS, STUDY_METHODS, DepthBody, FeasibilityOneBody, depth_body, study_body
from search_api.desk.depth_files import CSV, csv_of
from search_api.envelope import all_sources
from search_api.openapi import problems
from search_api.parameters import openapi_parameters
from search_api.responses import PUBLIC, etag_of, negotiate, unchanged
from search_api.suppliers.routes.exports import contents
from vivier.bodies import Body
from vivier.clausier.staff import staff_notes
from vivier.desk.facts.response import response
from vivier.desk.read.line import supposed_nature
from vivier.desk.read.queries import DepthQuery, FeasibilityQuery
from vivier.desk.study import Study, study
from vivier.desk.tell.depth_map import DepthMap, depth_map
from vivier.french import plural
from vivier.lexicon import Lexicon
from vivier.search.port import Generation
from vivier.search.query_url import url_of
from vivier.suppliers.sources import SourceOut

FEASIBILITY, DEPTH = "/v1/feasibility", "/v1/depth"


class AboutMetaBody(Body):
    as_of: str
    index_generations: list[str]
    method_versions: dict[str, str]
    contracts_indexed: bool


class AboutBody(Body):
    meta: AboutMetaBody
    sources: list[SourceOut]


class FeasibilityAnswer(FeasibilityOneBody, AboutBody):
    """The study of a lot."""

    query: dict[str, object]
    notes: list[str]
    links: dict[str, str]


class DepthAnswer(DepthBody, AboutBody):
    """A depth map, one row a territory."""

    query: dict[str, object]
    total: int
    links: dict[str, str]


@of_api("consultation")
def router(routes: APIRouter, context: Context) -> None:
    Published(
        FEASIBILITY,
        FeasibilityQuery,
        "feasible",
        "Un lot peut-il être réservé : par article, qui peut répondre, chances d'offres, avis, ce qui le changerait",
        FeasibilityAnswer,
        description="L'étude du lot",
        errors=(406, 422, 503),
        posted="Le même, le lot dans un corps JSON",
    ).answer_with(routes, context, _study)

    Published(
        DEPTH,
        DepthQuery,
        "depths",
        "Profondeur de l'offre d'un métier par département, région ou EPCI",
        DepthAnswer,
        description="Une ligne par territoire",
        errors=(406, 422, 503),
    ).answer_with(routes, context, _depth)

    @routes.get(
        f"{DEPTH}.csv",
        name="depth_csv",
        summary="La même carte en CSV",
        responses={200: contents("csv", CSV), **problems(406, 422, 503)},
        response_class=Response,
        openapi_extra={"parameters": openapi_parameters(DepthQuery, context.lexicon)},
    )
    async def depth_file(request: Request) -> Response:
        negotiate(request, CSV.partition(";")[0])
        return await context.run(_as_csv, request, context.parse(request, DepthQuery), context)


def generations_of(context: Context) -> tuple[Generation, ...]:
    """The generations that an answer reads: suppliers, and contracts when they are indexed."""
    contracts = context.snapshot.live("contracts")
    return (context.generation(), *contracts)


def make_study(query: FeasibilityQuery, context: Context) -> Study:
    """The study of a lot, with the response rate observed in the indexed contracts."""
    supply = query.supply_query(context.lexicon, context.today())
    seen = partial(response, supply.trades, supply.as_of, context.snapshot, context.lexicon)
    labour, where = query.hours_query(), (context.snapshot, context.lexicon)
    return study(query.lot(context.lexicon), supply, *where, query.options(), response=seen, labour=labour)


def _study(request: Request, query: FeasibilityQuery, context: Context) -> Response:
    generations = generations_of(context)

    def make() -> FeasibilityAnswer:
        made = make_study(query, context)
        return {
            "query": {
                **query.model_dump(mode="json"),
                "trade": list(made.query.trades),
                "territory": [territory.id for territory in made.territories],
                "category": made.feasibility.lot.category,
                "as_of": made.query.as_of.isoformat(),
            },
            **study_body(made),
            "notes": [
                *(() if query.category else supposed_nature(made.feasibility.lot.category)),
                *staff_notes(made.query.trades, query.taken_over),
            ],
            "links": {"self": url_of(FEASIBILITY, query)},
            **about(generations, made.query.as_of.isoformat(), STUDY_METHODS),
        }

    return answered(request, context, query, query.as_of, make)


def _depth(request: Request, query: DepthQuery, context: Context) -> Response:
    generations = generations_of(context)

    def make() -> DepthAnswer:
        found = map_of(query, context)
        return {
            "query": {**query.model_dump(mode="json"), "as_of": found.query.as_of.isoformat()},
            "total": len(found.rows),
            **depth_body(found),
            "links": {
                "self": url_of(DEPTH, query),
                "csv": url_of(f"{DEPTH}.csv", query),
            },
            **about(generations, found.query.as_of.isoformat(), DEPTH_METHODS),
        }

    return answered(request, context, query, query.as_of, make)


def map_of(query: DepthQuery, context: Context) -> DepthMap:
    return depth_map(query.depth_query(context.lexicon, context.today()), context.snapshot, context.lexicon)


def _as_csv(request: Request, query: DepthQuery, context: Context) -> Response:
    generations = generations_of(context)
    day = (query.as_of or context.today()).isoformat()
    etag = etag_of(
        "csv", str(DEPTH_METHODS), day, *(generation.version for generation in generations), query.model_dump_json()
    )
    not_modified = unchanged(request, etag)
    if not_modified is not None:
        return not_modified
    headers = {"ETag": etag, "Cache-Control": PUBLIC, "Vary": "Accept, Accept-Encoding"}
    headers["Content-Disposition"] = 'attachment; filename="vivier-profondeur.csv"'
    return Response(csv_of(map_of(query, context), generations[0].name), headers=headers, media_type=CSV)


def title_of_trades(found: DepthMap, lexicon: Lexicon) -> str:
    """The first trades of a map, by name, and how many others."""
    first, others = found.query.trades[:3], len(found.query.trades[3:])
    more = f" et {plural(others, 'autre métier', 'autres métiers')}" if others else ""
    return ", ".join(lexicon.trades.get(code).name for code in first) + more


def about(generations: tuple[Generation, ...], as_of: str, methods: dict[str, str]) -> AboutBody:
    """Members ``meta`` and ``sources`` of an answer of the desk."""
    return {
        "meta": {
            "as_of": as_of,
            "index_generations": [generation.name for generation in generations],
            "method_versions": methods,
            "contracts_indexed": len(generations) > 1,
        },
        "sources": [source for generation in generations for source in all_sources(generation)],
    }
