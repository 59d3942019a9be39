"""``/v1/indicators``: shares of contracts with a social or environmental consideration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from search_api.asked import Published, answer_with
from search_api.context import Context
from search_api.contracts.lists import answered, file_links
from search_api.envelope import all_sources
from search_api.routing import Request, Response, Routes
from vivier.bodies import Body
from vivier.contracts.figures import RowBody, row_body
from vivier.contracts.indicators import METHOD_VERSION, TARGETS, WITHOUT_MEANING, IndicatorsQuery, indicators
from vivier.suppliers.sources import SourceOut

INDICATORS: Final = "/v1/indicators"


class IndicatorsMeta(Body):
    as_of: str
    index_generation: str
    method_versions: dict[str, str]
    notices: list[str]
    groups: int
    subsequent_counted: bool


class IndicatorsAnswer(Body):
    """Shares of a set of contracts, group by group."""

    query: dict[str, object]
    by: str
    rows: list[RowBody]
    total: RowBody
    targets: Mapping[str, float]
    links: dict[str, str | None]
    meta: IndicatorsMeta
    sources: list[SourceOut]


def router(context: Context) -> Routes:
    """Indicators of a set of contracts."""
    routes = Routes(tags=["sourcing inversé"])

    answer_with(
        routes,
        context,
        INDICATORS,
        IndicatorsQuery,
        _indicators,
        Published(
            "shares",
            "Part des marchés à considération sociale ou environnementale",
            IndicatorsAnswer,
            description="Les indicateurs",
            hidden=WITHOUT_MEANING,
        ),
    )

    return routes


def _indicators(request: Request, query: IndicatorsQuery, context: Context) -> Response:
    generation = context.generation("contracts")

    def make() -> IndicatorsAnswer:
        found = indicators(query, context.snapshot, context.lexicon, context.today())
        return {
            "query": query.model_dump(mode="json"),
            "by": found.by,
            "rows": [row_body(row) for row in found.rows],
            "total": row_body(found.total),
            "targets": TARGETS,
            "links": file_links(INDICATORS, query),
            "meta": {
                "as_of": (query.as_of or context.today()).isoformat(),
                "index_generation": generation.name,
                "method_versions": {"indicators": METHOD_VERSION},
                "notices": list(found.notices),
                "groups": found.groups,
                "subsequent_counted": query.subsequent,
            },
            "sources": all_sources(generation),
        }

    return answered(request, context, query, query.as_of, make)
