"""``/v1/consortia``: which structures could answer a lot together."""

from __future__ import annotations

from search_api.asked import Published, answer_with
from search_api.context import Context
from search_api.contracts.lists import answered
from search_api.desk.routes.desk import AboutBody, about, generations_of
from search_api.routing import Request, Response, Routes
from vivier.desk.consortium import need as consortium
from vivier.desk.consortium.body import ConsortiumBody, consortium_body
from vivier.desk.consortium.query import ConsortiumQuery
from vivier.desk.consortium.read import names_of, study
from vivier.desk.method import supply
from vivier.law.articles import NOTICE
from vivier.law.parameters import ParameterBody, described
from vivier.search.query_url import url_of

PATH = "/v1/consortia"
METHODS = {"consortium": consortium.METHOD_VERSION, "supply": supply.METHOD_VERSION}


class ConsortiaAnswer(ConsortiumBody, AboutBody):
    """Groups that could do a lot together."""

    query: dict[str, object]
    parameters: list[ParameterBody]
    notice: str
    links: dict[str, str]


def router(context: Context) -> Routes:
    """The routes."""
    routes = Routes(tags=["consultation"])

    answer_with(
        routes,
        context,
        PATH,
        ConsortiumQuery,
        _consortia,
        Published(
            "consortia",
            "Groupements possibles : les plus petits ensembles de structures qui couvrent métiers, lieux et montant",
            ConsortiaAnswer,
            description="Cinq groupements au plus, ou ce qui bloque",
            errors=(406, 422, 503),
            posted="Les mêmes, le lot dans un corps JSON",
        ),
    )

    return routes


def _consortia(request: Request, query: ConsortiumQuery, context: Context) -> Response:
    generations = generations_of(context)

    def make() -> ConsortiaAnswer:
        need = query.need(context.lexicon, context.today())
        studied = study(need, query.territory, context.snapshot, context.lexicon)
        return {
            "query": {**query.model_dump(mode="json"), "as_of": need.as_of.isoformat()},
            **consortium_body(studied, names_of(context.lexicon)),
            "parameters": described(consortium.PARAMETERS, {"capacity_share": need.share}),
            "notice": NOTICE,
            "links": {"self": url_of(PATH, query)},
            **about(generations, need.as_of.isoformat(), METHODS),
        }

    return answered(request, context, query, query.as_of, make)
